import "../../../src/base/silence.ts";
import { commandProblems } from "../command-kills.ts";
import { serveProblems } from "./serve.ts";

serveProblems(commandProblems);
