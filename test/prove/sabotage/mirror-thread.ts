import "../../../src/base/silence.ts";
import { runMirror } from "../mirror/schedule.ts";
import { parseMirrorSchedule } from "../mirror/schedule-id.ts";
import { serveProblems } from "./serve.ts";

serveProblems(async (unit, seed) => (await runMirror(parseMirrorSchedule(unit), seed)).problems);
