import "../../../src/base/silence.ts";
import { parseAdversarySchedule } from "../adversary/schedule.ts";
import { replaySchedule } from "../adversary/unit.ts";
import { serveProblems } from "./serve.ts";

serveProblems(async (unit, seed) => (await replaySchedule(parseAdversarySchedule(unit), seed)).judgement.problems);
