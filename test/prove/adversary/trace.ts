import { requestLine } from "../trace.ts";
import type { Call } from "../world.ts";
import { named, versionsOf, works } from "./condition.ts";
import type { Run } from "./finished.ts";
import type { Judgement } from "./judge/judge.ts";
import { adversaryScheduleId } from "./schedule.ts";

function endLine({ process, event, end, endedAt }: Call, start: number): string {
  const text =
    end?.kind === "answered" ? `${end.answer.responseCode} ${end.answer.returnMessage}` : (end?.kind ?? "never ended");
  return `      ${((endedAt - start) / 1000).toFixed(3).padStart(9)} s  ${process}   ${JSON.stringify(event)}: ${text}`;
}

function versionLines(run: Run): string[] {
  return versionsOf(run).map((version) => {
    const { isOfS, isMarked } = named(run.prepared, version.content);
    const gone = version.deleted ? " deleted" : version.deletionAt === null ? "" : " awaits deletion";
    const words = [
      run.attacker.written.has(version.number) ? "the attacker's" : "ours",
      isOfS ? "of S's client" : "of another client",
      ...(isMarked ? ["marked"] : []),
      works(run, version) ? "accepted" : "refused",
    ];
    return `version ${version.number} ${version.name ?? "-"} ${version.stage}${gone}: ${words.join(", ")}`;
  });
}

/** One schedule: its requests, answers and versions, what went elsewhere, and what the judge says. It shows no secret. */
export function adversaryTraceText(run: Run, { problems }: Judgement): string {
  const { world, sent, prepared } = run;
  const start = world.calls[0]?.startedAt ?? 0;
  const events = [
    ...world.emulator.requests.map((record) => ({ at: record.time, order: 0, text: requestLine(record, start) })),
    ...world.calls.map((call) => ({ at: call.endedAt, order: 1, text: endLine(call, start) })),
  ].sort((a, b) => a.at - b.at || a.order - b.order);
  const elsewhere = sent
    .filter((one) => !one.isVault && !prepared.ground.home.serves(one.request, one.url))
    .map((one) => `before request ${one.before}: ${one.request.method} ${one.url.origin}${one.url.pathname}`);
  return [
    adversaryScheduleId(run.schedule),
    ...events.map(({ text }) => text),
    ...elsewhere,
    ...versionLines(run),
    ...(problems.length === 0 ? ["no violation"] : problems),
  ].join("\n");
}
