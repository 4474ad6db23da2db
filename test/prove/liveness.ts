import { versionAt } from "../../src/emulator/vault/state.ts";
import { conditionOf } from "./condition.ts";
import { seenContent } from "./contents.ts";
import type { History } from "./history.ts";
import { provenIssuers } from "./issuers/index.ts";
import { endingFlows } from "./schedule.ts";
import type { Flow } from "./types.ts";
import type { Call, World } from "./world.ts";

/** Rotations that had nothing in their way, and how many of them rotated. */
export interface Liveness {
  readonly units: number;
  readonly rotations: number;
}

/** Remote calls that a rotation by the protocol cannot do without, by who makes the value. */
const LEAST_CALLS = {
  issuer: { "four-steps": 21, whole: 14, compromised: 14, retire: 14, acknowledged: 14 },
  caller: { "four-steps": 21, whole: 12, compromised: 12, retire: 12, acknowledged: 12 },
} as const satisfies Readonly<Record<string, Readonly<Record<Flow, number>>>>;

export function leastCalls({ combination }: Pick<World["setup"], "combination">, flow: Flow): number {
  return LEAST_CALLS[provenIssuers[combination.issuer].valueBy][flow];
}

/** CURRENT's client secret; null: there is none. */
export function currentValue({
  emulator,
  setup,
}: Pick<World, "emulator"> & { readonly setup: Pick<World["setup"], "secretId"> }): string | null {
  const version = versionAt(emulator.admin.secret(setup.secretId), "CURRENT");
  return version === undefined ? null : seenContent(version.content).clientSecret;
}

const codeOf = ({ end }: Call) => (end?.kind === "answered" ? end.answer.responseCode : (end?.kind ?? "no answer"));

/** If no way back exists and one is required, the answer says so, and nothing was begun. */
function judgeRefusal({ world }: History): string[] {
  const isTold = world.calls.some(
    ({ end }) => end?.kind === "answered" && end.answer.returnMessage.startsWith("NO_WAY_BACK: "),
  );
  return isTold && world.effects.list.length === 0 ? [] : ["it did not refuse a rotation without a way back"];
}

/** The value with which the run began still works alongside the new one, and has no grace. */
function isOldLeft({ world, schedule }: History, old: string | null): boolean {
  const { emulator, setup } = world;
  const issuer = provenIssuers[setup.combination.issuer];
  const hasGrace = issuer.hasGrace && !endingFlows.includes(schedule.flow);
  return old !== null && !hasGrace && issuer.accepts(emulator, setup.clientId, old);
}

/**
 * A rotation without any fault must rotate. What is wrong with it, if anything: it must end with 200, leave a new value in CURRENT that the
 * issuer accepts, and the old one gone or in its grace.
 */
export function judgeLiveness(base: History): string[] {
  const { world, schedule, isEndedWell, requestsBeforeQuiet } = base;
  if (schedule.combination.requireWayBack) return judgeRefusal(base);
  const [first] = world.emulator.admin.secret(world.setup.secretId).versions;
  const old = first === undefined ? null : seenContent(first.content).clientSecret;
  const change = world.effects.list.findLast(
    (one) => one.kind === "promote" || (one.kind === "write" && one.asCurrent),
  );
  const isInTime = change !== undefined && change.record.sequence <= requestsBeforeQuiet;
  const least = leastCalls(schedule, schedule.flow);
  const problems = [
    ...(isEndedWell ? [] : [`it ended with ${world.calls.map(codeOf).join(", ")}`]),
    ...(isInTime && currentValue(world) !== old && conditionOf(world).isCurrentGood
      ? []
      : ["CURRENT has no new value"]),
    ...(isOldLeft(base, old) ? ["the old value still works"] : []),
    ...(requestsBeforeQuiet >= least ? [] : [`it took ${requestsBeforeQuiet} remote calls, and needs ${least}`]),
  ];
  return problems.map((problem) => `without any fault: ${problem}`);
}
