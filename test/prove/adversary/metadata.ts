import { type JsonObject, parseObject } from "../../../src/emulator/core/wire.ts";
import type { Attacker } from "./attacker.ts";
import { EVIL_HOST } from "./grounds/ground.ts";

const FAR = "9999-12-31T00:00:00.000Z";
const LONG_AGO = "1970-01-01T00:00:00.000Z";
export const BEYOND = 1_000_000_000;
const MANY = 10_000;

/** The one key of the metadata that is the rotator's. */
export function own(attacker: Attacker): JsonObject {
  const text = attacker.metadata()["orot"];
  return (typeof text === "string" ? parseObject(text) : undefined) ?? {};
}

export function highest(attacker: Attacker): number {
  return Math.max(...attacker.versions().map(({ number }) => number));
}

export function current(attacker: Attacker): number {
  return attacker.versions().find(({ stage }) => stage === "CURRENT")?.number ?? 1;
}

/** What the attacker writes into the one key of the metadata that is the rotator's. */
const forgeries = {
  "lease-9999": () => ({ lease: { callId: "rogue", until: FAR } }),
  "lease-gone": () => ({ lease: undefined }),
  "since-1970": (attacker) => ({ currentSince: { version: current(attacker), at: LONG_AGO } }),
  "since-9999": (attacker) => ({ currentSince: { version: current(attacker), at: FAR } }),
  "no-grace-beyond": () => ({ noGrace: BEYOND }),
  "no-grace-all": (attacker) => ({ noGrace: highest(attacker) }),
  survives: () => ({ tokenSurvives: { yes: true, askedAt: FAR } }),
  "second-pending-forgotten": () => ({ secondPending: undefined }),
  "second-pending-refused": () => ({ secondPending: "refused" }),
  "second-pending-endless": () => ({ secondPending: "taken".repeat(MANY) }),
  told: (attacker) => ({ told: { version: highest(attacker) + BEYOND, seq: BEYOND } }),
  subscribers: () => ({
    subscribers: Array.from({ length: MANY }, (_, at) => ({ endpoint: `https://${EVIL_HOST}/hook/${at}` })),
  }),
} as const satisfies Record<string, (attacker: Attacker) => JsonObject>;

type ForgeryName = keyof typeof forgeries;
export type MetadataMove = ForgeryName | "metadata-broken";
export const metadataMoves: readonly MetadataMove[] = [...(Object.keys(forgeries) as ForgeryName[]), "metadata-broken"];

export function forgeMetadata(attacker: Attacker, move: MetadataMove): void {
  if (move === "metadata-broken") {
    attacker.setMetadata({ ...attacker.metadata(), orot: "{" });
    return;
  }
  const text = JSON.stringify({ ...own(attacker), ...forgeries[move](attacker) });
  attacker.setMetadata({ ...attacker.metadata(), orot: text });
}
