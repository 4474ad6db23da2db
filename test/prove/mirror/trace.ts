import { requestLine } from "../trace.ts";
import type { MirrorRun, MirrorSchedule } from "./schedule.ts";
import { mirrorScheduleId } from "./schedule-id.ts";

/** One schedule of the mirror: its requests in order with what struck them, its answers, and what the checker says. It shows no secret. */
export function mirrorTraceText(schedule: MirrorSchedule, { world, ends, lastEnds, problems }: MirrorRun): string {
  const { requests } = world.emulator;
  const startedAt = requests[0]?.time ?? 0;
  const answers = [...ends, ...lastEnds].map(
    (end) => `answer: ${end?.returnMessage ?? "none, the process was killed"}`,
  );
  return [
    mirrorScheduleId(schedule),
    ...requests.map((record) => requestLine(record, startedAt)),
    ...answers,
    ...(problems.length === 0 ? ["no violation"] : problems),
  ].join("\n");
}
