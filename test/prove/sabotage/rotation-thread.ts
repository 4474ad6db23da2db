import "../../../src/base/silence.ts";
import { WALK_ID } from "../walk-commands.ts";
import { rotationProblems } from "./rotation-unit.ts";
import { serveProblems } from "./serve.ts";
import { walkProblems } from "./walk-unit.ts";

serveProblems((unit, seed) => (unit.startsWith(WALK_ID) ? walkProblems : rotationProblems)(unit, seed));
