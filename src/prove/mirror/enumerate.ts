import type { CallName } from "../../emulator/call-names.ts";
import { type FaultKind, faultKinds } from "../../emulator/faults.ts";
import { type MirrorFault, type MirrorSchedule, type MirrorStart, mirrorStarts, runMirror } from "./schedule.ts";

/** Every call of a run without faults, with its number among those of its name. */
export function placesOf(calls: readonly CallName[]): readonly Pick<MirrorFault, "call" | "occurrence">[] {
  const seen = new Map<CallName, number>();
  return calls.map((call) => {
    const occurrence = (seen.get(call) ?? 0) + 1;
    seen.set(call, occurrence);
    return { call, occurrence };
  });
}

/** Every kind of fault at every call, from every start. */
export async function* singles(kinds: readonly FaultKind[] = faultKinds): AsyncGenerator<MirrorSchedule> {
  for (const start of mirrorStarts) {
    const { calls } = await runMirror({ start, faults: [] });
    for (const place of placesOf(calls)) {
      for (const kind of kinds) yield { start, faults: [{ ...place, kind }] };
    }
  }
}

/**
 * Every two faults, the second at any call that follows the first in the run that the first one leaves behind. One wallet's files are alike,
 * so the second fault strikes the first, second and last call of each name.
 */
export async function* pairs(start: MirrorStart, first: MirrorFault): AsyncGenerator<MirrorSchedule> {
  const { calls } = await runMirror({ start, faults: [first] });
  const places = placesOf(calls);
  const at = places.findIndex(({ call, occurrence }) => call === first.call && occurrence === first.occurrence);
  const later = places.slice(at + 1);
  const lastOf = new Map(places.map(({ call, occurrence }) => [call, occurrence]));
  for (const place of later.filter(({ call, occurrence }) => occurrence <= 2 || lastOf.get(call) === occurrence)) {
    for (const kind of faultKinds) yield { start, faults: [first, { ...place, kind }] };
  }
}
