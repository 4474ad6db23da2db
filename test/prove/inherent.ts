import type { CallName } from "../../src/emulator/core/call-names.ts";
import type { FaultKind } from "../../src/emulator/core/faults.ts";
import type { RecordedRequest } from "../../src/emulator/core/record.ts";
import { hasWayBack } from "./combinations.ts";
import { seenContent } from "./contents.ts";
import type { Effect } from "./effects.ts";
import type { History } from "./history.ts";
import { provenIssuers } from "./issuers/index.ts";
import type { Call, World } from "./world.ts";

/** The issuer has obeyed, and the value never came. */
const answerless: ReadonlySet<FaultKind | null> = new Set<FaultKind | null>([
  ...(["answer-lost", "lands-late", "killed-after", "server-error-after", "truncated", "too-slow"] as const),
]);
/** Between the last try to store or to log in, and the platform's deadline. */
const MAX_BEFORE_DEADLINE_MS = 30_000;
/** Between two of them: as much, and ten seconds since the emulator notes a stalled request when half of its time is over. */
const MAX_PAUSE_MS = 40_000;

/** A version that was deleted holds what the issuer accepts: it was stored, and then thrown away. */
function isThrownAway({ emulator, setup }: World): boolean {
  const issuer = provenIssuers[setup.combination.issuer];
  return emulator.admin.secret(setup.secretId).versions.some(({ content, deleted }) => {
    const { clientSecret } = seenContent(content);
    return deleted && clientSecret !== null && issuer.accepts(emulator, setup.clientId, clientSecret);
  });
}

/** The process hears no more answers from this request on. */
function isStalled({ world, schedule: { run } }: History, { caller, sequence }: RecordedRequest): boolean {
  if (run?.kind !== "stalls-from" || caller !== "p1") return false;
  return world.emulator.requests.slice(0, sequence - 1).filter((one) => one.caller === caller).length >= run.at;
}

/** The value did not come to the process that asked for it: by what fault. */
function lostOnTheWay(history: History, mint: Effect): string | null {
  const { call, fault } = mint.record;
  if (answerless.has(fault)) return `${call}:${fault}`;
  return isStalled(history, mint.record) ? "stalls-from" : null;
}

/** No pause between the requests that follow the mint is longer than one between two tries. */
function isSteady(requests: readonly RecordedRequest[], mintAt: number): boolean {
  let before = mintAt;
  return requests.every(({ time }) => {
    const pause = time - before;
    before = time;
    return pause <= MAX_PAUSE_MS;
  });
}

/** The process had it in hand, and was killed before Vault's answer to the store. */
function killedInHand(after: readonly RecordedRequest[], mintAt: number): string | null {
  const at = after.findIndex(({ fault }) => fault?.startsWith("killed") === true);
  const struck = after[at];
  return struck === undefined || !isSteady(after.slice(0, at + 1), mintAt) ? null : `${struck.call}:${struck.fault}`;
}

/**
 * The requests that store a value: the write, and the looks that show whether it landed and what to write upon. If
 * Vault keeps no second PENDING version, the value must log in before it is written as CURRENT.
 */
const storing: ReadonlySet<CallName> = new Set(["write-pending", "get-secret", "list-versions", "token-pending"]);

/**
 * The value had to log in before it was written: Vault keeps no second PENDING version, or the lists showed before the mint that a second one
 * would not be the only one.
 */
function hadToLogIn({ world, schedule: { combination } }: History, mintAt: number): boolean {
  if (combination.secondPending === "deprecates") return false;
  if (combination.secondPending !== "keeps-both") return true;
  const claims = world.emulator.admin.secret(world.setup.secretId).versions.filter(({ content, createdAt, stage }) => {
    const isInTheWay = stage === "PENDING" || stage === "CURRENT";
    return isInTheWay && createdAt < mintAt && seenContent(content).isClaim;
  });
  return claims.length > 1;
}

/** Storing was tried again and again, and the last try, which was struck, was as late as the platform's deadline allows. */
function triedToTheEnd(history: History, after: readonly RecordedRequest[], call: Call, mintAt: number): string | null {
  const last = after.at(-1);
  const isToTheEnd =
    last !== undefined && last.time >= call.deadlineAt - MAX_BEFORE_DEADLINE_MS && isSteady(after, mintAt);
  const isWritten = hadToLogIn(history, mintAt) || after.some(({ call: name }) => name === "write-pending");
  if (!isToTheEnd || !isWritten || !after.every((one) => storing.has(one.call))) return null;
  if (isStalled(history, last)) return "stalls-while-storing";
  if (last.fault === null) return null;
  return history.schedule.run?.kind ?? `${last.call}:${last.fault}`;
}

/**
 * Why the product could not prevent that no version holds a value that the issuer accepts; null: it could. The
 * conditions: no way back exists, and a fault lies between the mint's effect and Vault's answer to the store. The store
 * must have been retried until the platform ended the process.
 */
export function inherentReason(history: History): string | null {
  const { world, schedule } = history;
  if (hasWayBack(schedule.combination)) return null;
  const mint = world.effects.list.findLast(({ kind }) => kind === "issuer");
  if (mint === undefined || isThrownAway(world)) return null;
  const lost = lostOnTheWay(history, mint);
  if (lost !== null) return lost;
  const { caller, sequence } = mint.record;
  const call = world.calls.findLast((one) => one.process === caller && one.firstRequest < sequence);
  if (call === undefined) return null;
  const after = world.emulator.requests.filter(
    (record) => record.caller === caller && record.sequence > sequence && record.time <= call.endedAt,
  );
  return killedInHand(after, mint.at) ?? triedToTheEnd(history, after, call, mint.at);
}
