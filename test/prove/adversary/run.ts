import { HOUR_MS } from "../../../src/base/durations.ts";
import type { HttpRequest, HttpResponse, Transport } from "../../../src/clients/http/transport.ts";
import { runRotation } from "../rotation.ts";
import { createWorld, type Process, type Subject, type World } from "../world.ts";
import { type Attacker, createAttacker } from "./attacker.ts";
import { hasConverged } from "./condition.ts";
import { answerAsEvil, givenByEvil, isEvil } from "./evil.ts";
import type { Made, Run } from "./finished.ts";
import { hostileAnswer, hostileValue, isStruck } from "./hostile.ts";
import { play } from "./moves.ts";
import { bind, letGo, restore } from "./owner.ts";
import { type Prepared, setupOf, signerOf } from "./prepare.ts";
import type { AdversarySchedule, EventName } from "./schedule.ts";
import { isVault, type Sent, secretIdIn } from "./sent.ts";
import { watchClients } from "./watch.ts";
import { switchesFor } from "./worlds.ts";

const PAUSE_MS = 3 * HOUR_MS;
const BETWEEN_MS = 15 * 60_000;
const MAX_ROTATIONS = 2;
const EVENT_SEED = 2_000;
const SETTLED_MS = 2 * 60_000;
const HEALS = 20;
const HEAL_MS = 15_000;
const PASSES = 503;

/** As an adoption does once the authority is bound: a heal that another run keeps from its work is sent again. */
async function healUntilDone(process: Process, { clock, setup }: World): Promise<void> {
  for (let left = HEALS; left > 0; left--) {
    const { end } = await process.call({ secretId: setup.secretId, action: "heal" });
    if (end?.kind !== "answered" || end.answer.responseCode !== PASSES) return;
    await clock.sleep(HEAL_MS);
  }
}

async function runEvent(world: World, { secretIds }: Prepared, event: EventName): Promise<void> {
  const process = world.startProcess();
  const { S, O } = secretIds;
  switch (event) {
    case "four-steps":
    case "whole":
    case "compromised":
      await runRotation(process, world, event, null);
      return;
    case "heal-many":
      await process.call({ action: "heal" });
      return;
    case "adopt":
      await healUntilDone(process, world);
      return;
    case "own-whole":
      await process.call({ secretId: O });
      return;
    case "own-compromised":
      await process.call({ secretId: O, reason: "compromised" });
      return;
    case "own-heal":
      await process.call({ secretId: O, action: "heal" });
      return;
    default:
      await process.call({ secretId: S, action: event });
  }
}

/** What stands between the function and the emulator: the attacker's moments, his servers, a hostile issuer; and a record of all. */
function createCarrier(schedule: AdversarySchedule, prepared: Prepared) {
  const sent: Sent[] = [];
  const made: Made[] = [];
  const counts = { vault: 0, all: 0, isOn: true, isHostile: schedule.hostile !== null };
  const bound: { world: World | null; attacker: Attacker | null } = { world: null, attacker: null };

  const moveAt = (at: number) => {
    const { world, attacker } = bound;
    if (world === null || attacker === null) return;
    for (const timed of schedule.moves) {
      if (timed.at !== at) continue;
      made.push({ move: timed.move, after: world.emulator.requests.length });
      play(attacker, timed.move);
    }
  };
  const hostile = async (request: HttpRequest, send: Transport): Promise<HttpResponse> => {
    const { hostile: how } = schedule;
    const { world } = bound;
    const response = await send(request);
    const record = world?.emulator.requests.at(-1);
    if (how === null || world === null || record === undefined || !isStruck(how.call, record.call)) return response;
    counts.isHostile = false;
    const value = record.call === "regenerate" ? hostileValue(how.body) : null;
    if (value !== null && response.status < 300) {
      prepared.ground.reset(world.emulator, prepared.clients.S.clientId, value);
      world.emulator.core.changed();
    }
    return hostileAnswer(how.body, request, response);
  };
  const carry = async (process: string, request: HttpRequest, send: Transport): Promise<HttpResponse> => {
    const { world } = bound;
    const url = new URL(request.url);
    const toVault = isVault(url);
    if (counts.isOn) {
      counts.all += 1;
      if (toVault) {
        counts.vault += 1;
        moveAt(counts.vault);
      }
    }
    const record: Sent = {
      ...{ process, request, url, isVault: toVault, secretId: secretIdIn(url), response: null },
      call: (world?.calls.length ?? 0) - 1,
      before: world?.emulator.requests.length ?? 0,
    };
    sent.push(record);
    if (isEvil(prepared.ground, request, url)) record.response = answerAsEvil(schedule.evil, request, url);
    else if (counts.isHostile && !toVault) record.response = await hostile(request, send);
    else record.response = await send(request);
    return record.response;
  };
  return { sent, made, counts, bound, moveAt, carry };
}

/** One fault at a request of the event; people's requests are not struck. */
function armFault(world: World, { fault }: AdversarySchedule): void {
  const { faults } = world.emulator;
  let at = 0;
  faults.next = (_, caller) => {
    if (!/^p\d/.test(caller)) return undefined;
    at += 1;
    return fault !== null && at - 1 === fault.at ? fault.kind : undefined;
  };
}

/** The attack is removed, an adoption is resumed, and what is left to do is done. */
async function finish(run: Pick<Run, "world" | "prepared" | "attacker" | "schedule">): Promise<number> {
  const { world } = run;
  const { secretId } = world.setup;
  restore(run);
  if (run.schedule.event !== "adopt") bind(run);
  await world.clock.sleep(PAUSE_MS);
  await world.startProcess().call({ secretId, action: "heal" });
  let rotations = 0;
  for (; rotations < MAX_ROTATIONS && !hasConverged(run); rotations++) {
    await world.clock.sleep(BETWEEN_MS);
    await letGo(run);
    await world.startProcess().call({ secretId });
  }
  world.effects.finish();
  return rotations;
}

/** Runs one schedule to its end. */
export async function runSchedule(schedule: AdversarySchedule, prepared: Prepared, subject: Subject): Promise<Run> {
  const carrier = createCarrier(schedule, prepared);
  const { sent, made, counts } = carrier;
  const surroundings = { startedAt: prepared.startedAt, signer: signerOf(prepared), carry: carrier.carry };
  const world = createWorld(setupOf(prepared, EVENT_SEED), subject, surroundings);
  Object.assign(world.emulator.switches, switchesFor(prepared.kind));
  armFault(world, schedule);
  const attacker = createAttacker(prepared, world.emulator, givenByEvil);
  const watch = watchClients(world.emulator, prepared);
  Object.assign(carrier.bound, { world, attacker });
  carrier.moveAt(0);
  // Long enough for what he wrote to count as settled, and shorter than a claim belongs to its writer.
  if (made.length > 0) await world.clock.sleep(SETTLED_MS);
  const isUnbound = prepared.binding !== null && schedule.event !== "adopt";
  if (schedule.event === "adopt") bind({ world, prepared });
  await runEvent(world, prepared, schedule.event);
  const [vaultRequests, requests, eventCalls] = [counts.vault, counts.all, world.calls.length];
  counts.isOn = false;
  counts.isHostile = false;
  attacker.ownValue();
  const boundAfter = isUnbound ? world.emulator.requests.length : 0;
  const event = { vaultRequests, requests, eventCalls, boundAfter };
  const common = { schedule, prepared, world, attacker, watch, sent, made, ...event };
  const rotations = await finish(common);
  return { ...common, rotations, isConverged: hasConverged(common) };
}
