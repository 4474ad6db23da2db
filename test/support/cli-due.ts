import type { Fault } from "../../src/emulator/core/faults.ts";
import { createScheduler, type Scheduler } from "../../src/emulator/vault/scheduler.ts";
import type { RotationConfig } from "../../src/emulator/vault/state.ts";
import type { CliRun, CliWorld } from "./cli.ts";
import { DAY_MS } from "./cli-fleet.ts";
import { type ClientKind, keycloakClient, ociIamClient } from "./clients.ts";
import { outcomeOf } from "./worlds.ts";

/**
 * What says when the world's secret is due. `absolute`: a rule whose date stands still whatever is rotated. `age`: nothing
 * but the command, by `ageWords`.
 */
export type DueKind = "schedule" | "issuer" | "rule" | "absolute" | "age";

const LIFE_DAYS = 30;
/** How long before its date the world begins, so that a week ahead finds it. */
const AHEAD_DAYS = 5;
const SOON_MS = 10_000;

/** What the command has to be told besides. */
export const ageWords = (kind: DueKind): readonly string[] => (kind === "age" ? ["--max-age", `${LIFE_DAYS}d`] : []);

/** Where a secret of this kind is: only a Keycloak ends client secrets by itself. */
export function clientOf(kind: DueKind): ClientKind {
  const policy = { expirationSeconds: LIFE_DAYS * 86_400, rotatedSeconds: 2 * 86_400 };
  return kind === "issuer" ? keycloakClient(policy) : ociIamClient;
}

/** The world's secret, targeting a deployed function, with its date five days ahead. */
export async function makeDue(w: CliWorld, kind: DueKind): Promise<void> {
  const functionId = w.deploy();
  const secret = w.emulator.admin.secret(w.secretId);
  const config: RotationConfig = {
    targetSystemDetails: { targetSystemType: "FUNCTION", functionId },
    isScheduledRotationEnabled: kind === "schedule",
    ...(kind === "schedule" && { rotationInterval: `P${LIFE_DAYS}D` }),
  };
  secret.rotationConfig = config;
  await noted(w);
  await w.clock.sleep((LIFE_DAYS - AHEAD_DAYS) * DAY_MS);
  const date = w.clock.now() + AHEAD_DAYS * DAY_MS;
  if (kind === "schedule") secret.nextRotationAt = date;
  if (kind === "rule") {
    secret.rules = [{ ruleType: "SECRET_EXPIRY_RULE", secretVersionExpiryInterval: `P${LIFE_DAYS}D` }];
  }
  if (kind === "absolute") {
    secret.rules = [{ ruleType: "SECRET_EXPIRY_RULE", timeOfAbsoluteExpiry: new Date(date).toISOString() }];
  }
}

/** A heal, which keeps its tags. */
export async function noted(w: CliWorld): Promise<void> {
  const outcome = outcomeOf(await w.call({ secretId: w.secretId, action: "heal" }));
  if (!outcome.endsWith(" 200")) throw new Error(`the heal ended with ${outcome}`);
}

function allDue(w: CliWorld, more: readonly string[]): readonly string[] {
  const { compartmentId } = w.emulator.admin.secret(w.secretId);
  return ["rotate", "--all-due", "--compartment", compartmentId, "--yes", "--json", ...more];
}

/** `rotate --all-due` where the world's secret is. */
export function rotateDue(w: CliWorld, ...more: readonly string[]): Promise<CliRun> {
  return w.run(...allDue(w, more));
}

/** The same, as a process that is killed with this fault. */
export async function rotateKilled(w: CliWorld, fault: Fault, ...more: readonly string[]): Promise<void> {
  const { emulator } = w;
  const { transport } = emulator.startCaller("killed");
  const killed = new Promise<null>((resolve) => {
    emulator.onKill = () => resolve(null);
  });
  emulator.faults.add(fault);
  const run = await Promise.race([w.runWith({ transport }, ...allDue(w, more)), killed]);
  if (run !== null) throw new Error(`the command came to its end: ${run.exitCode}`);
}

/** What the secret's tag says of the issuer's expiry. */
export function expiryTag(w: CliWorld): string {
  return String(w.emulator.admin.secret(w.secretId).freeformTags["orot-expires-on"]);
}

/** As any writer of the secret can. */
export function setExpiryTag(w: CliWorld, text: string): void {
  const secret = w.emulator.admin.secret(w.secretId);
  secret.freeformTags = { ...secret.freeformTags, "orot-expires-on": text };
}

/** How many client secrets were made for the world's secret since it began. */
export function rotations(w: CliWorld): number {
  const { versions } = w.emulator.admin.secret(w.secretId);
  return new Set(versions.map(({ number }) => w.valueOf(number))).size - 1;
}

/** Vault at work: it runs the rotations that are requested of it. */
export function vaultAtWork({ emulator }: CliWorld): Scheduler {
  const { invoke } = emulator;
  if (invoke === undefined) throw new Error("no function is deployed");
  const scheduler = createScheduler({ emulator, invoke });
  scheduler.start();
  return scheduler;
}

/** The command so often, some seconds apart, and what is done between two runs. */
export async function rotateOften(
  w: CliWorld,
  words: readonly string[],
  between: (w: CliWorld) => Promise<unknown> = async () => undefined,
): Promise<readonly CliRun[]> {
  const runs: CliRun[] = [];
  for (let times = 0; times < 5; times++) {
    runs.push(await rotateDue(w, ...words));
    await between(w);
    await w.clock.sleep(SOON_MS);
  }
  return runs;
}
