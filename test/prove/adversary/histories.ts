import { HOUR_MS, MINUTE_MS } from "../../../src/base/durations.ts";
import { createHandler } from "../../../src/rotation/handler.ts";
import { OPERATOR } from "../operator.ts";
import type { Subject, World } from "../world.ts";
import { createWorld } from "../world.ts";
import { type Asked, askVault } from "./ask-vault.ts";
import { contentOf, type Prepared, prepareWorld, setupOf } from "./prepare.ts";
import { switchesFor, type WorldKind } from "./worlds.ts";

/**
 * What has become of S before the event: fresh; rotated (twice: the claim's token is alive, the overlap runs); killed after the mint, its
 * answer lost; stored, not installed; installed or stored, not promoted; reset at the console, so that no stored value works; moved to
 * another address by its owner.
 */
export const historyNames = ["H1", "H2", "H3", "H4", "H5", "H6", "H7"] as const;
export type HistoryName = (typeof historyNames)[number];

/** Nothing is under way any more, and every claim has expired. */
const SETTLED_MS = 10 * MINUTE_MS;
const SOON_MS = 5 * MINUTE_MS;
const HISTORY_SEED = 1_000;

/** Only an issuer that makes the value can lose it with its answer; only a value of ours is stored before it is installed. */
export function hasHistory(kind: WorldKind, isIssuerChosen: boolean, history: HistoryName): boolean {
  if (history === "H3") return isIssuerChosen;
  if (history === "H4") return !isIssuerChosen;
  return history !== "H6" || kind.speaker !== "alone";
}

async function rotate(world: World): Promise<void> {
  const { end } = await world.startProcess().call({ secretId: world.setup.secretId });
  if (end?.kind === "answered" && end.answer.responseCode === 200) return;
  const why = end?.kind === "answered" ? end.answer.returnMessage : (end?.kind ?? "no end");
  throw new Error(`a rotation before the attack failed: ${why}`);
}

async function killAt(world: World, call: "regenerate" | "install" | "write-pending"): Promise<void> {
  await rotate(world);
  await world.clock.sleep(HOUR_MS);
  world.emulator.faults.add({ call, kind: "killed-after" });
  const { end } = await world.startProcess().call({ secretId: world.setup.secretId });
  if (end?.kind !== "killed") throw new Error(`${call} was not reached before the attack`);
  await world.clock.sleep(SETTLED_MS);
}

const plays: Readonly<Record<HistoryName, (world: World, prepared: Prepared) => Promise<void>>> = {
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
};

/** A world at the end of a history, without any attacker. */
export async function prepareHistory(
  kind: WorldKind,
  history: HistoryName,
  seed: number,
  subject: Subject = createHandler,
): Promise<Prepared> {
  const prepared = prepareWorld(kind, seed, history === "H7");
  const world = createWorld(setupOf(prepared, HISTORY_SEED), subject, { startedAt: prepared.startedAt });
  Object.assign(world.emulator.switches, switchesFor(kind));
  await plays[history](world, prepared);
  world.emulator.onKill = undefined;
  return { ...prepared, state: world.emulator.state, startedAt: world.clock.now() };
}
