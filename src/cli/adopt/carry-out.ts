import { mapConcurrent } from "../../base/map-concurrent.ts";
import { notStarted, type Pacer } from "../../rotation/pace/pacer.ts";
import { adopt, giveValue } from "./adopt-one.ts";
import type { Adoption } from "./adoption.ts";
import { placeKey } from "./places.ts";
import type { Planned } from "./plan.ts";
import { type Line, lineOf } from "./report.ts";
import type { AdoptionParts, Task } from "./task.ts";

/** Parallel adoptions. Each waits for Vault most of the time, so fewer would not use up what an identity domain takes. */
const AT_ONCE = 12;

const INTERRUPTED: Adoption = {
  ...{ outcome: "skipped", secretId: null, isProven: false },
  ...{ why: "the run was interrupted", next: "run it again: it goes on here" },
};

/** A client that a placeholder names, so that its first value is next. */
export interface Waiting {
  readonly task: Task;
  readonly secretId: string;
}

export interface Carrying {
  readonly signal: AbortSignal;
  /** Begins work as soon as its issuer has room for all of its requests. */
  readonly whenRoom: Pacer["run"];
  /** Told as each client is done. */
  onDone(clientId: string, outcome: Adoption["outcome"]): void;
  /** Between the two halves: every secret exists, and no value has been made. Called after an interruption too, since the report names what is not bound. */
  bind(secrets: readonly Waiting[]): Promise<void>;
}

type Doing = Extract<Planned, { readonly task: Task }>;

function resultLine(planned: Planned, { outcome, secretId, isProven, why, next }: Adoption): Line {
  return { ...lineOf(planned), outcome, secretId, isProven, why, next };
}

/**
 * First every secret, with a value that works or as a placeholder, then the binding, then the values that have to be made: nothing changes at
 * an issuer before the authority that changes it is bound to a secret that can hold the result.
 */
export async function carryOut(
  planned: readonly Planned[],
  parts: AdoptionParts,
  { signal, whenRoom, onDone, bind }: Carrying,
): Promise<readonly Line[]> {
  const results = new Map<Planned, Adoption>();
  const inTurn = async (work: () => Promise<Adoption>) => {
    const result = signal.aborted ? notStarted : await whenRoom(work);
    return result === notStarted ? INTERRUPTED : result;
  };
  const begin = async (one: Doing): Promise<Adoption> => {
    const result = await inTurn(() => adopt(one.task, parts));
    results.set(one, result);
    if (!isWaiting(one, result)) onDone(one.task.client.clientId, result.outcome);
    return result;
  };
  // A right that is missing in a place shows at the first creation there, before there are many of them.
  const tasks = planned.filter((one): one is Doing => "task" in one);
  const firsts = new Map(tasks.toReversed().map((one) => [placeKey(one.task.place), one]));
  const refusals = new Map<string, Adoption>();
  for (const [place, one] of firsts) {
    const result = await begin(one);
    if (result.outcome === "failed" && result.isRefused === true) refusals.set(place, result);
  }
  const others = tasks.filter((one) => !results.has(one));
  await mapConcurrent(others, AT_ONCE, async (one) => {
    const refusal = refusals.get(placeKey(one.task.place));
    if (refusal === undefined) await begin(one);
    else results.set(one, { ...refusal, outcome: "skipped" });
  });
  const held = planned.flatMap((one) => heldBy(one, results.get(one)));
  const waiting = planned.flatMap((one) => (isWaiting(one, results.get(one)) ? heldBy(one, results.get(one)) : []));
  await bind(held);
  if (!signal.aborted) {
    await mapConcurrent(waiting, AT_ONCE, async ({ task, secretId }) => {
      const one = planned.find((candidate) => "task" in candidate && candidate.task === task);
      if (one === undefined || signal.aborted) return;
      const result = await inTurn(() => giveValue(task, secretId, parts));
      // It stays what the first half has found: a placeholder, whose secret the report names.
      if (result === INTERRUPTED) return;
      results.set(one, result);
      onDone(task.client.clientId, result.outcome);
    });
  }
  return planned.map((one) => {
    const result = results.get(one);
    return result === undefined ? lineOf(one) : resultLine(one, result);
  });
}

const isWaiting = (one: Planned, result: Adoption | undefined): boolean =>
  "task" in one && one.task.newValue !== "none" && one.task.given === null && result?.outcome === "unfinished";

function heldBy(one: Planned, result: Adoption | undefined): readonly Waiting[] {
  if (!("task" in one) || result === undefined || result.secretId === null) return [];
  return ["adopted", "already", "unfinished"].includes(result.outcome)
    ? [{ task: one.task, secretId: result.secretId }]
    : [];
}
