import type { RecordedRequest } from "../emulator/record.ts";
import { check } from "./checker.ts";
import { seenContent } from "./contents.ts";
import type { History } from "./drive.ts";
import { scheduleId } from "./schedule.ts";
import type { Call } from "./world.ts";

function requestLine(record: RecordedRequest, startedAt: number): string {
  const { sequence, time, caller, call, status, fault, landedAt } = record;
  const answer = status === null ? "no answer" : String(status);
  const notes = [
    ...(fault === null ? [] : [`<- ${fault}`]),
    ...(landedAt === null ? [] : [`landed at ${seconds(landedAt - startedAt)}`]),
  ];
  const columns = [
    String(sequence - 1).padStart(4),
    seconds(time - startedAt),
    caller.padEnd(3),
    call.padEnd(16),
    answer,
  ];
  return [...columns, ...notes].join("  ");
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(3).padStart(9)} s`;
}

function endLine({ process, event, end, endedAt, startedAt }: Call, start: number): string {
  const asked = JSON.stringify(event).replace(/"secretId":"[^"]*",?/, "");
  const text =
    end?.kind === "answered"
      ? `${end.answer.responseCode} ${end.answer.returnMessage} versionNo ${end.answer.versionNo}`
      : (end?.kind ?? "never ended");
  return `      ${seconds(endedAt - start)}  ${process}   ${asked} (${Math.round(endedAt - startedAt)} ms): ${text}`;
}

function versionLines({ world }: History): string[] {
  const app = world.emulator.admin.app(world.setup.clientId);
  return world.emulator.admin.secret(world.setup.secretId).versions.map((version) => {
    const { clientSecret, isClaim } = seenContent(version.content);
    const verdict = clientSecret === app.secret ? "accepted" : "rejected";
    const gone = version.deleted ? " deleted" : version.deletionAt === null ? "" : " awaits deletion";
    return `version ${version.number} ${version.name ?? "-"} ${version.stage}${gone}: ${isClaim ? "claim" : "credential"}, ${verdict}`;
  });
}

/** One schedule for a reader: requests in order, faults, answers, versions, what the checker says. It shows no secret. */
export function traceText(history: History): string {
  const { world, schedule } = history;
  const start = world.calls[0]?.startedAt ?? 0;
  const events = [
    ...world.emulator.requests.map((record) => ({ at: record.time, order: 0, text: requestLine(record, start) })),
    ...world.calls.map((call) => ({ at: call.endedAt, order: 1, text: endLine(call, start) })),
  ].sort((a, b) => a.at - b.at || a.order - b.order);
  const { problems, ...rest } = check(history);
  return [
    scheduleId(schedule),
    ...events.map(({ text }) => text),
    `quiet from request ${history.requestsBeforeQuiet} on`,
    ...versionLines(history),
    JSON.stringify(rest),
    ...(problems.length === 0 ? ["no violation"] : problems),
  ].join("\n");
}
