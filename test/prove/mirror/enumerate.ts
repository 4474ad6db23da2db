import type { CallName } from "../../../src/emulator/core/call-names.ts";
import { faultKinds } from "../../../src/emulator/core/faults.ts";
import { type MirrorFault, type MirrorSchedule, type MirrorStart, runMirror } from "./schedule.ts";

/** Every call of a run without faults, with its number among those of its name. */
export function placesOf(calls: readonly CallName[]): readonly Pick<MirrorFault, "call" | "occurrence">[] {
  const seen = new Map<CallName, number>();
  return calls.map((call) => {
    const occurrence = (seen.get(call) ?? 0) + 1;
    seen.set(call, occurrence);
    return { call, occurrence };
  });
}

/** Every kind of fault at every call of a run from this start. */
export async function singles(
  start: MirrorStart,
): Promise<(MirrorSchedule & { readonly faults: readonly [MirrorFault] })[]> {
  const { calls } = await runMirror({ start, faults: [] });
  return placesOf(calls).flatMap((place) =>
    faultKinds.map((kind) => ({ start, faults: [{ ...place, kind }] as const })),
  );
}

/**
 * A first fault with a second one at any request that follows it, in the same call or in the next one, which is to make good what the first
 * left. One wallet's files are alike, so the second fault strikes the first, second and last request of each name.
 */
export async function pairs({
  start,
  faults: [first],
}: {
  readonly start: MirrorStart;
  readonly faults: readonly [MirrorFault];
}): Promise<MirrorSchedule[]> {
  const { calls, recoveryCalls } = await runMirror({ start, faults: [first] });
  const places = placesOf([...calls, ...recoveryCalls]);
  const at = places.findIndex(({ call, occurrence }) => call === first.call && occurrence === first.occurrence);
  const lastOf = new Map(places.map(({ call, occurrence }) => [call, occurrence]));
  const struck = places
    .slice(at + 1)
    .filter(({ call, occurrence }) => occurrence <= 2 || lastOf.get(call) === occurrence);
  return struck.flatMap((place) => faultKinds.map((kind) => ({ start, faults: [first, { ...place, kind }] })));
}
