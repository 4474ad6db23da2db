import { leaseIn } from "../../clients/vault/rotation-metadata.ts";
import type { WaitReason } from "../decide/decide.ts";
import type { Rotation } from "../rotation.ts";
import type { Observed } from "./observe.ts";
import { claimEndsAt, isLiveClaim, type Snapshot } from "./observe.ts";
import { isCallerChosen } from "./overlap.ts";
import { type Dated, storedSince } from "./values.ts";

/**
 * Time from now, in ms, until OCI's clock has certainly passed `at`. OCI's `Date` header has no fractions, so the clock
 * there may be almost a second later than it says. A header past `at` therefore shows the next whole second.
 * @param asOf OCI's clock when the look's answer came
 */
function untilVault({ context, attempt }: Rotation, asOf: number, at: number): number {
  const { clock } = context;
  return Math.ceil(at / 1000) * 1000 - asOf - (clock.monotonic() - (attempt.read.lookedAt ?? clock.monotonic()));
}

/** The same until the landing bound after an instant of this process. */
function untilLanded({ context: { clock, settings } }: Rotation, at: number | null): number {
  return at === null ? 0 : at + settings.landingBoundSeconds * 1000 - clock.monotonic();
}

/**
 * When refused values reach the age from which a refusal counts, and when the issuer may be asked again after a 429.
 */
function untilTold(rotation: Rotation, asOf: number, versions: readonly Dated[]): number[] {
  const { context, attempt } = rotation;
  const boundMs = context.settings.landingBoundSeconds * 1000;
  const client = attempt.read.served?.client ?? null;
  const refused = versions.filter(({ versionNo }) => attempt.read.logins.get(versionNo)?.login.verdict === "rejected");
  return [
    client === null ? 0 : context.clients.issuers.pauseMs(client),
    ...refused.map((version) => untilVault(rotation, asOf, storedSince(attempt.read, version) + boundMs)),
  ];
}

/** When another run's turn is over: its claim, its lease, or its stored value that it may still install. */
function untilMine(rotation: Observed): number[] {
  const { context, attempt, snapshot } = rotation;
  const { claimTtlSeconds, landingBoundSeconds } = context.settings;
  const { claim, pending, list } = snapshot;
  const lease = leaseIn(attempt.read.metadata, list.asOf);
  const ends: (number | null)[] = [
    claim !== null && isLiveClaim(rotation) ? claimEndsAt(rotation, claim) : null,
    pending !== null && isCallerChosen(attempt.read, snapshot)
      ? pending.createdAt + (claimTtlSeconds + landingBoundSeconds) * 1000
      : null,
    lease === null ? null : lease.until + landingBoundSeconds * 1000,
  ];
  return ends.flatMap((at) => (at === null ? [] : untilVault(rotation, list.asOf, at)));
}

function soonest(ends: readonly number[]): number | null {
  const left = ends.filter((ms) => ms > 0);
  // A timer may fire early by less than a millisecond.
  return left.length === 0 ? null : Math.ceil(Math.min(...left));
}

/**
 * When the wait may be over, in ms from now, as far as known: the first possible end, so that none is slept past. Null:
 * not known.
 */
export function endsIn(rotation: Observed<Snapshot | null>, until: WaitReason): number | null {
  const { attempt, snapshot } = rotation;
  if (snapshot === null || until === "active") return null;
  const { list } = snapshot;
  if (until === "claim") return soonest(untilMine({ ...rotation, snapshot }));
  if (until === "landed") {
    const { openMint, occupiedSince, retiredAt } = attempt.requests;
    return soonest([openMint?.at ?? null, occupiedSince, retiredAt].map((at) => untilLanded(rotation, at)));
  }
  const { install } = attempt.requests;
  const { currentRefusal } = attempt.read;
  const { unsaved } = attempt;
  const isChosen = isCallerChosen(attempt.read, snapshot);
  const sent = isChosen ? [install?.at ?? null, currentRefusal?.since ?? null] : [unsaved?.receivedAt ?? null];
  return soonest([...untilTold(rotation, list.asOf, list.versions), ...sent.map((at) => untilLanded(rotation, at))]);
}

/** The same after a look at a single version. */
export function verdictEndsIn(rotation: Rotation, version: Dated, asOf: number): number | null {
  return soonest(untilTold(rotation, asOf, [version]));
}
