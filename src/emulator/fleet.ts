import type { Admin } from "./admin.ts";
import { DAY_MS } from "./core/wire.ts";
import { ROTATED_ONCE } from "./rotated-once.ts";

export interface FleetOptions {
  readonly count: number;
  /** URL of the identity domain, as the secrets name it. */
  readonly domainUrl: string;
  /** The function that rotates them. */
  readonly functionId: string;
  readonly compartmentId?: string;
  readonly vaultId?: string;
  /** Days between rotations, default 30. */
  readonly intervalDays?: number;
  /** The rotations fall due one by one, evenly, from now until then; default: one interval. 0: all now. */
  readonly dueWithinDays?: number;
}

export interface Fleet {
  readonly secretIds: readonly string[];
  readonly clientIds: readonly string[];
}

/**
 * Creates many secrets, each for its own application in the default domain, named `fleet-00001` and so on. They are created directly: no
 * request is recorded. Each carries the note that its first rotation would write.
 */
export function createFleet(admin: Admin, now: number, options: FleetOptions): Fleet {
  const { count, domainUrl, functionId, intervalDays = 30, dueWithinDays = intervalDays } = options;
  const { compartmentId, vaultId } = options;
  const secretIds: string[] = [];
  const clientIds: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const { appId, clientId, secret } = admin.createApp();
    const secretId = admin.createSecret({
      name: `fleet-${String(index + 1).padStart(5, "0")}`,
      content: JSON.stringify({ domainUrl, appId, clientId, appSecret: secret }),
      functionId,
      rotationIntervalDays: intervalDays,
      metadata: ROTATED_ONCE,
      ...(compartmentId === undefined ? {} : { compartmentId }),
      ...(vaultId === undefined ? {} : { vaultId }),
    });
    admin.secret(secretId).nextRotationAt = now + Math.round((dueWithinDays * DAY_MS * index) / Math.max(1, count - 1));
    secretIds.push(secretId);
    clientIds.push(clientId);
  }
  return { secretIds, clientIds };
}
