import type { JsonObject } from "../../../src/emulator/core/wire.ts";
import type { Attacker } from "./attacker.ts";
import { EVIL_HOST } from "./grounds/ground.ts";
import { BEYOND, current, highest, own } from "./metadata.ts";

/** The attacker's own subscriber. */
const EVIL_HOOK = `https://${EVIL_HOST}/hook`;

function subscribers(attacker: Attacker): readonly JsonObject[] {
  const known = own(attacker)["subscribers"];
  return Array.isArray(known) ? (known as JsonObject[]) : [];
}

/** Every subscriber, or those chosen, are said to have a version. */
const saying =
  (hasOf: (attacker: Attacker, at: number) => unknown) =>
  (attacker: Attacker): JsonObject => ({
    subscribers: subscribers(attacker).map((one, at) => {
      const has = hasOf(attacker, at);
      return has === undefined ? one : { ...one, has };
    }),
  });

/** No acknowledgement of ours looks so. */
const garbled: readonly ((attacker: Attacker) => unknown)[] = [
  (attacker) => ({ version: current(attacker) }),
  (attacker) => String(current(attacker)),
];

/** What the attacker writes where the rotator notes which version a subscriber has. */
const forgeries = {
  "ack-one": saying((attacker, at) => (at === 0 ? current(attacker) : undefined)),
  "ack-all": saying(current),
  "ack-before": saying((attacker) => current(attacker) - 1),
  "ack-next": saying((attacker) => highest(attacker) + 1),
  "ack-later": saying((attacker) => highest(attacker) + BEYOND),
  "ack-garbled": saying((attacker, at) => garbled[at % garbled.length]?.(attacker)),
  "ack-twice": (attacker) => ({
    subscribers: subscribers(attacker).flatMap((one) => [{ ...one, has: current(attacker) }, one]),
  }),
  "ack-alone": (attacker) => ({ subscribers: [{ endpoint: EVIL_HOOK, has: current(attacker) }] }),
  "ack-beside": (attacker) => ({ subscribers: [...subscribers(attacker), { endpoint: EVIL_HOOK }] }),
  "ack-nobody": () => ({ subscribers: [] }),
  "ack-elsewhere": (attacker) => ({ acknowledged: { version: current(attacker) }, has: current(attacker) }),
} as const satisfies Record<string, (attacker: Attacker) => JsonObject>;

type ForgeryName = keyof typeof forgeries;
export type AcknowledgementMove = ForgeryName | "ack-cut" | "ack-tags";
export const acknowledgementMoves: readonly AcknowledgementMove[] = [
  ...(Object.keys(forgeries) as ForgeryName[]),
  ...(["ack-cut", "ack-tags"] as const),
];

export function forgeAcknowledgements(attacker: Attacker, move: AcknowledgementMove): void {
  if (move === "ack-tags") {
    const has = String(current(attacker));
    attacker.setTags({ ...attacker.tags(), "orot-acknowledged": `v${has}`, acknowledged: has });
    return;
  }
  const forged = move === "ack-cut" ? forgeries["ack-all"](attacker) : forgeries[move](attacker);
  const text = JSON.stringify({ ...own(attacker), ...forged });
  attacker.setMetadata({ ...attacker.metadata(), orot: move === "ack-cut" ? text.slice(0, -1) : text });
}
