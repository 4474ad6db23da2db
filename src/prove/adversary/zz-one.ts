import "../../silence.ts";
import { replaySchedule } from "./unit.ts";
import { parseAdversarySchedule } from "./schedule.ts";
import { adversaryTraceText } from "./trace.ts";
const { run, judgement } = await replaySchedule(parseAdversarySchedule(process.argv[2]!), 1);
console.log(adversaryTraceText(run, judgement));
if (process.argv[3]) console.log(run.world.log.join(""));
