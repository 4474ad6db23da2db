/** What an operator, an attacker or another writer does to Vault and the issuer, outside the function. */

import { applyRotationConfig } from "../../src/emulator/vault/rotation.ts";
import { addVersion } from "../../src/emulator/vault/stages.ts";
import type { StoredVersion } from "../../src/emulator/vault/state.ts";
import type { World } from "./world.ts";

/** The content of version 1 with another client secret. */
export function contentWith(world: World, appSecret: string): Record<string, unknown> {
  return { ...JSON.parse(world.emulator.admin.content(world.secretId, 1) ?? "{}"), appSecret };
}

/** The content of a claim that another call has written; `mark` changes members of `_rotation`. */
export function claimWith(world: World, mark: Record<string, unknown> = {}): Record<string, unknown> {
  const _rotation = { v: 1, kind: "claim", callId: "01OTHER", ttlSeconds: 90, base: 1, takeovers: 0, ...mark };
  return { ...contentWith(world, world.app.secret), _rotation };
}

/**
 * Writes a version as someone else would have, some time ago.
 * @param content text, or a value that is written as JSON
 */
export async function writeVersion(
  world: Pick<World, "emulator" | "clock" | "secretId">,
  content: unknown,
  { stage = "PENDING" as "PENDING" | "CURRENT", ageSeconds = 3600, name = null as string | null } = {},
): Promise<StoredVersion> {
  const version = storeVersion(world, content, { stage, name });
  await world.clock.sleep(ageSeconds * 1000);
  return version;
}

/** The same in no time, as between two requests of a call. */
export function storeVersion(
  { emulator, clock, secretId }: Pick<World, "emulator" | "clock" | "secretId">,
  content: unknown,
  { stage = "PENDING" as "PENDING" | "CURRENT", name = null as string | null } = {},
): StoredVersion {
  const text = typeof content === "string" ? content : JSON.stringify(content);
  const secret = emulator.admin.secret(secretId);
  const version = addVersion(secret, {
    name,
    content: Buffer.from(text).toString("base64"),
    stage,
    now: clock.now(),
    keepPending: emulator.switches["second-pending"] === "keeps-both",
  });
  secret.etag += 1;
  return version;
}

/** The issuer gets another secret, as in its console; what Vault holds is dead then. */
export function regenerateByHand({ emulator, app: { clientId } }: World, value: string): void {
  const app = emulator.admin.app(clientId);
  app.secret = value;
  app.accepted = [{ value, acceptedFrom: 0, acceptedUntil: null, refusalsLeft: 0 }];
}

/** The secret is between two states, for a time or for a number of requests to the control plane. */
export function keepUpdating({ emulator, clock, secretId }: World, { ms = 0, polls = 0 }): void {
  const secret = emulator.admin.secret(secretId);
  secret.updatingUntil = clock.now() + ms;
  secret.updatingPolls = polls;
  secret.lifecycle = "UPDATING";
}

/** Has Vault rotate the secret by this function every n days. */
export function scheduleRotation({ emulator, clock, secretId }: World, functionId: string, days: number): void {
  const config = {
    targetSystemDetails: { targetSystemType: "FUNCTION", functionId },
    isScheduledRotationEnabled: true,
    rotationInterval: `P${days}D`,
  };
  applyRotationConfig(emulator.admin.secret(secretId), config, clock.now());
}
