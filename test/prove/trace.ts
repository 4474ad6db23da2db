import type { RecordedRequest } from "../../src/emulator/core/record.ts";
import { check } from "./checker.ts";
import { seenContent } from "./contents.ts";
import type { History } from "./history.ts";
import { provenIssuers } from "./issuers/index.ts";
import { scheduleId } from "./schedule.ts";
import type { WalkHistory } from "./walk.ts";
import { judgeWalk } from "./walks.ts";
import type { Call } from "./world.ts";

/** One request for a reader: its number, time, caller, call, answer, and what struck it. */
export function requestLine(record: RecordedRequest, startedAt: number): string {
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
  const { emulator, setup } = world;
  const issuer = provenIssuers[setup.combination.issuer];
  return emulator.admin.secret(setup.secretId).versions.map((version) => {
    const { clientSecret, isClaim } = seenContent(version.content);
    const isAccepted = clientSecret !== null && issuer.accepts(emulator, setup.clientId, clientSecret);
    const verdict = isAccepted ? "accepted" : "rejected";
    const gone = version.deleted ? " deleted" : version.deletionAt === null ? "" : " awaits deletion";
    return `version ${version.number} ${version.name ?? "-"} ${version.stage}${gone}: ${isClaim ? "claim" : "credential"}, ${verdict}`;
  });
}

/** Requests in order, faults, answers, versions; for a reader. It shows no secret. */
function storyLines(history: History): string[] {
  const { world } = history;
  const start = world.calls[0]?.startedAt ?? 0;
  const events = [
    ...world.emulator.requests.map((record) => ({ at: record.time, order: 0, text: requestLine(record, start) })),
    ...world.calls.map((call) => ({ at: call.endedAt, order: 1, text: endLine(call, start) })),
  ].sort((a, b) => a.at - b.at || a.order - b.order);
  const quiet = `quiet from request ${history.requestsBeforeQuiet} on`;
  return [...events.map(({ text }) => text), quiet, ...versionLines(history)];
}

const verdictLines = (problems: readonly string[]) => (problems.length === 0 ? ["no violation"] : problems);

/** One schedule: what happened, and what the checker says. */
export function traceText(history: History): string {
  const { problems, ...rest } = check(history);
  const id = scheduleId(history.schedule);
  return [id, ...storyLines(history), JSON.stringify(rest), ...verdictLines(problems)].join("\n");
}

/** One walk: its commands, what happened, and what the checker says. */
export function walkTraceText(history: WalkHistory): string {
  const { problems, isLockedOut } = judgeWalk(history);
  const { walk } = history;
  const commands = walk.commands.map((command) => JSON.stringify(command));
  const end = isLockedOut ? ["locked out: no way back was there"] : [];
  return [
    `${walk.combination} ${walk.flow}`,
    ...commands,
    ...storyLines(history),
    ...end,
    ...verdictLines(problems),
  ].join("\n");
}
