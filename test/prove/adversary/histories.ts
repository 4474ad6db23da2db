import { HOUR_MS, MINUTE_MS } from "../../../src/base/durations.ts";
import type { CallName } from "../../../src/emulator/core/call-names.ts";
import { createHandler } from "../../../src/rotation/handler.ts";
import { OPERATOR } from "../operator.ts";
import { SUBSCRIBERS } from "../setup.ts";
import type { Subject, World } from "../world.ts";
import { createWorld } from "../world.ts";
import { type Asked, askVault } from "./ask-vault.ts";
import { type Beginning, contentOf, type Prepared, prepareWorld, setupOf, signerOf } from "./prepare.ts";
import { LEAST_GRACE_MS, switchesFor, type WorldKind } from "./worlds.ts";

type Play = (world: World, prepared: Prepared) => Promise<void>;

/**
 * What has become of S before the event: fresh; rotated (twice: the claim's token is alive, the overlap runs); killed after the mint, its
 * answer lost; stored, not installed; installed or stored, not promoted; reset at the console, so that no stored value works; moved to
 * another address by its owner.
 * Or an adoption was under way: its placeholder is there, and no authority is bound to it yet, or one is; killed after the claim or the
 * store of the first value; after the value was made or installed; after it was stored; and done: the value before lives on where it can.
 * Or it was rotated once, and nobody has acknowledged that before the shortest grace is over, or one of two has, and the grace is over.
 */
export const historyNames = [
  ...(["H1", "H2", "H3", "H4", "H5", "H6", "H7"] as const),
  ...(["H8", "H9", "H10", "H11", "H12", "H13"] as const),
  ...(["H14", "H15"] as const),
] as const;
export type HistoryName = (typeof historyNames)[number];

const adoptions: readonly HistoryName[] = ["H8", "H9", "H10", "H11", "H12", "H13"];
export const isAdoption = (history: HistoryName): boolean => adoptions.includes(history);
const waiting: readonly HistoryName[] = ["H14", "H15"];

/** Nothing is under way any more, and every claim has expired. */
const SETTLED_MS = 10 * MINUTE_MS;
const SOON_MS = 5 * MINUTE_MS;
const HISTORY_SEED = 1_000;

/** Only an issuer that makes the value can lose it with its answer; only a value of ours is stored before it is installed. */
export function hasHistory(kind: WorldKind, isIssuerChosen: boolean, history: HistoryName): boolean {
  if (kind.acknowledges) return history === "H1" || waiting.includes(history);
  if (waiting.includes(history)) return false;
  // Only an authority of its own can give a client its first value, and only a list of secrets binds one later.
  if (isAdoption(history) && kind.speaker === "alone") return false;
  if (history === "H8") return kind.speaker === "secret-id";
  // A value that the issuer shows is read back, and none is made.
  if (kind.readBack === "clear" && (history === "H10" || history === "H11")) return false;
  if (history === "H3" || history === "H12") return isIssuerChosen;
  if (history === "H4") return !isIssuerChosen;
  return history !== "H6" || kind.speaker !== "alone";
}

async function succeed(world: World, event: object = {}): Promise<void> {
  const { end } = await world.startProcess().call({ secretId: world.setup.secretId, ...event });
  if (end?.kind === "answered" && end.answer.responseCode === 200) return;
  const why = end?.kind === "answered" ? end.answer.returnMessage : (end?.kind ?? "no end");
  throw new Error(`a call before the attack failed: ${why}`);
}

const rotate = (world: World): Promise<void> => succeed(world);

async function killedAfter(world: World, call: CallName, event: object = {}): Promise<void> {
  world.emulator.faults.add({ call, kind: "killed-after" });
  const { end } = await world.startProcess().call({ secretId: world.setup.secretId, ...event });
  if (end?.kind !== "killed") throw new Error(`${call} was not reached before the attack`);
  await world.clock.sleep(SETTLED_MS);
}

async function killAt(world: World, call: CallName): Promise<void> {
  await rotate(world);
  await world.clock.sleep(HOUR_MS);
  await killedAfter(world, call);
}

/** The heal by which an adoption has the first value made. */
const heal = { action: "heal" };

/** The adoption's heal is killed after its first, or its second write that a value hangs on. */
const adoptUntil =
  (issuerMakes: CallName, weMake: CallName): Play =>
  (world, { ground }) =>
    killedAfter(world, ground.isIssuerChosen ? issuerMakes : weMake, heal);

const plays: Readonly<Record<HistoryName, Play>> = {
  H1: ({ clock }) => clock.sleep(HOUR_MS),
  H2: async (world) => {
    await rotate(world);
    await world.clock.sleep(HOUR_MS);
    await rotate(world);
    await world.clock.sleep(SOON_MS);
  },
  H3: (world) => killAt(world, "regenerate"),
  H4: (world) => killAt(world, "write-pending"),
  H5: (world, { ground }) => killAt(world, ground.isIssuerChosen ? "write-pending" : "install"),
  H6: async (world, { ground, clients, consoleValue }) => {
    await rotate(world);
    await world.clock.sleep(HOUR_MS);
    // No version holds it.
    ground.reset(world.emulator, clients.S.clientId, consoleValue);
    world.emulator.core.changed();
    await world.clock.sleep(SETTLED_MS);
  },
  H7: async ({ clock, emulator, setup }, { ground, clients }) => {
    await clock.sleep(HOUR_MS);
    const [value = ""] = ground.accepted(emulator, clients.S.clientId);
    const text = contentOf(ground, ground.home, clients.S.members, value);
    const secretContent = { contentType: "BASE64", content: Buffer.from(text).toString("base64"), stage: "CURRENT" };
    const written: Asked = { method: "PUT", path: `/20180608/secrets/${setup.secretId}`, body: { secretContent } };
    if (askVault(emulator, OPERATOR, written).status >= 300) throw new Error("the owner could not move its secret");
    await clock.sleep(HOUR_MS);
  },
  H8: ({ clock }) => clock.sleep(SOON_MS),
  H9: ({ clock }) => clock.sleep(SOON_MS),
  H10: adoptUntil("write-claim", "write-pending"),
  H11: adoptUntil("regenerate", "install"),
  H12: adoptUntil("write-pending", "promote"),
  H13: async (world) => {
    await succeed(world, heal);
    await world.clock.sleep(HOUR_MS);
  },
  H14: async (world) => {
    await rotate(world);
    await world.clock.sleep(SOON_MS);
  },
  H15: async (world) => {
    await rotate(world);
    const [endpoint] = SUBSCRIBERS;
    await succeed(world, { action: "acknowledge", endpoint, versionNo: 2 });
    await world.clock.sleep(2 * LEAST_GRACE_MS);
  },
};

function beginningOf(history: HistoryName): Beginning {
  if (history === "H7") return "moved";
  if (history === "H8") return "unbound";
  return isAdoption(history) ? "placeholder" : "value";
}

/** A world at the end of a history, without any attacker. */
export async function prepareHistory(
  kind: WorldKind,
  history: HistoryName,
  seed: number,
  subject: Subject = createHandler,
): Promise<Prepared> {
  const prepared = prepareWorld(kind, seed, beginningOf(history));
  const world = createWorld(setupOf(prepared, HISTORY_SEED), subject, {
    startedAt: prepared.startedAt,
    signer: signerOf(prepared),
  });
  Object.assign(world.emulator.switches, switchesFor(kind));
  await plays[history](world, prepared);
  world.emulator.onKill = undefined;
  const promotion = world.emulator.requests.findLast(({ call }) => call === "promote");
  const currentAt = promotion?.time ?? prepared.startedAt;
  return { ...prepared, state: world.emulator.state, startedAt: world.clock.now(), currentAt };
}
