import "../../silence.ts";
import { rotationProblems } from "./rotation-unit.ts";
import { serveProblems } from "./serve.ts";

serveProblems(rotationProblems);
