import "../../../src/base/silence.ts";
import { adoptionProblems } from "../adoption-kills.ts";
import { serveProblems } from "./serve.ts";

serveProblems(adoptionProblems);
