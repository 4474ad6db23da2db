import { parseObject } from "../../../../src/emulator/core/wire.ts";
import { named, versionsOf } from "../condition.ts";
import type { Run } from "../finished.ts";
import { firstCurrent, type Read, readsOf } from "./reads.ts";

/** What a heal of many gives a secret before it goes on with the others. */
const FIRST_TURN_MS = 20_000;

/** Lines of one call, and its answer: whether they name a version. */
function isNamed({ world }: Run, call: number, number: number): boolean {
  const { process, end } = world.calls[call] ?? {};
  const callId = `"callId":"${process}-${call + 1}"`;
  const has = new RegExp(`(?<![0-9])${number}(?![0-9])`);
  const lines = world.log.filter((line) => line.includes(callId));
  const isInLine = lines.some((line) => {
    const fields = parseObject(line) ?? {};
    const isOfKind = ["version-of-another-client", "version-not-made-by-rotator"].includes(String(fields["event"]));
    return isOfKind && has.test(JSON.stringify(fields["versions"] ?? fields["versionNo"] ?? ""));
  });
  if (isInLine || end?.kind !== "answered") return isInLine;
  return /version/.test(end.answer.returnMessage) && has.test(end.answer.returnMessage);
}

/** Codes of answers which say that CURRENT, or the requested version, is of another client or not understood. */
const SAYING = [
  ...["CONTENT_INVALID", "ORIGIN_NOT_ALLOWED", "ISSUER_UNKNOWN", "CLIENT_CHANGED", "CLIENT_NOT_BOUND"],
  ...["VAULT_", "SETTINGS_", "ROLLBACK_REFUSED: PREVIOUS is of another client"],
];

/** The calls of S that ended by themselves and were not turned away so. */
function isJudged({ world }: Run, call: number): boolean {
  const end = world.calls[call]?.end;
  return end?.kind === "answered" && !SAYING.some((beginning) => end.answer.returnMessage.startsWith(beginning));
}

/** A mark whose remaining content is that of a lower version: he may mark his own content as truly as the rotator does. */
function isAuthentic(run: Run, { content, number }: Read): boolean {
  const bare = (base64: string) => {
    const { _rotation: _, ...others } = parseObject(Buffer.from(base64, "base64").toString("utf8")) ?? {};
    return JSON.stringify(others);
  };
  return versionsOf(run).some((other) => other.number < number && bare(other.content) === bare(content));
}

/**
 * What a call on S met and had to report: versions of another client than CURRENT's, and PENDING values without proof
 * that the rotator made them.
 */
function unsaid(run: Run, call: number, reads: readonly Read[]): number[] {
  const { prepared, attacker } = run;
  const current = firstCurrent(run, call);
  if (current === undefined || !named(prepared, current.content).isOfS) return [];
  const served = named(prepared, current.content).place;
  const isStrange = (read: Read) => {
    const { place, isMarked } = named(prepared, read.content);
    return place !== served || (isMarked && attacker.written.has(read.number) && !isAuthentic(run, read));
  };
  // What he himself has put another one in the place of, before the call was done with it, is pending no more.
  const startedAt = run.world.calls[call]?.startedAt ?? 0;
  const since = versionsOf(run).filter((other) => attacker.written.has(other.number) && other.createdAt >= startedAt);
  // A heal of many comes back to a secret once the first turn is over, and serves whatever is CURRENT by then.
  const isOfLaterTurn = ({ stages, number }: Read) =>
    run.schedule.event === "heal-many" &&
    stages.includes("CURRENT") &&
    since.some((other) => other.number === number && other.createdAt >= startedAt + FIRST_TURN_MS);
  const isPassing = (number: number) => since.some((other) => other.number > number);
  const isUnproven = ({ stages, content, number }: Read) =>
    !prepared.ground.isIssuerChosen &&
    stages.includes("PENDING") &&
    attacker.written.has(number) &&
    !isPassing(number) &&
    !named(prepared, content).isMarked;
  const met = reads
    .filter((read) => !isOfLaterTurn(read) && read.number !== current.number && (isStrange(read) || isUnproven(read)))
    .map(({ number }) => number);
  // The steps of a rotation are one rotation's, and a later look says it as well.
  const later = run.world.calls.map((_, index) => index).filter((index) => index >= call || index < run.eventCalls);
  return [...new Set(met)].filter((number) => !later.some((index) => isNamed(run, index, number)));
}

/** A stranger or an unproven version was met, and neither an answer nor a line names it. */
export function judgeSilent(run: Run): string[] {
  return run.world.calls.flatMap((_, call) =>
    isJudged(run, call)
      ? unsaid(run, call, readsOf(run, call)).map(
          (number) => `silent: call ${call} met version ${number} and nothing names it`,
        )
      : [],
  );
}
