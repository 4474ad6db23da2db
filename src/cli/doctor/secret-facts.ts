import { CircuitBreaker, NoRetryConfigurationDetails } from "oci-common";
import { VaultsClient } from "oci-vault";
import * as z from "zod/mini";
import type { Budget } from "../../base/budget.ts";
import type { Clock } from "../../base/clock.ts";
import type { Entropy } from "../../base/entropy.ts";
import { RotationError } from "../../base/errors.ts";
import type { DefinedTags } from "../../base/place.ts";
import { OCI_STATES, shownCode } from "../../base/server-codes.ts";
import { createOciHttpClient } from "../../clients/http/oci-http-client.ts";
import { readPolicy, repeatRead } from "../../clients/http/retry.ts";
import { isRepeatable, vaultError } from "../../clients/vault/oci-errors.ts";
import { definedTagsMember, instant, readTags, tagsMember } from "../../clients/vault/oci-responses.ts";
import type { VaultAccess } from "../../clients/vault/oci-store.ts";
import { rotationMembers, rotationScheduleOf } from "../../clients/vault/rotation-responses.ts";
import type { RotationSchedule } from "../../clients/vault/schedule.ts";
import type { Tags } from "../../clients/vault/store.ts";

/** The members of GetSecret that bear on rotation. Times are milliseconds since the epoch. */
export interface SecretFacts {
  readonly name: string;
  readonly compartmentId: string;
  readonly lifecycle: string;
  readonly isReplica: boolean;
  readonly metadata: Readonly<Record<string, unknown>>;
  /** Null: unreadable. */
  readonly tags: Tags | null;
  /** Empty if unreadable. */
  readonly definedTags: DefinedTags;
  readonly rotation: RotationSchedule;
  /** Whether an expiry rule blocks reads of expired versions, also for the rotator. */
  readonly isBlockedOnExpiry: boolean;
  /** When the current version expires; null: never. */
  readonly expiresAt: number | null;
}

const optional = <T extends z.ZodMiniType>(schema: T) => z.optional(z.nullable(schema));
const schema = z.object({
  secretName: z.string(),
  compartmentId: z.string(),
  lifecycleState: z.string(),
  isReplica: optional(z.boolean()),
  metadata: optional(z.record(z.string(), z.unknown())),
  freeformTags: tagsMember(),
  definedTags: definedTagsMember(),
  secretRules: optional(
    z.array(z.object({ ruleType: z.string(), isSecretContentRetrievalBlockedOnExpiry: optional(z.boolean()) })),
  ),
  timeOfCurrentVersionExpiry: optional(instant()),
  ...rotationMembers(),
});

/** @throws RotationError as SecretStore's reads do */
export async function readSecretFacts(
  access: VaultAccess,
  secretId: string,
  seams: { readonly clock: Clock; readonly entropy: Entropy; readonly budget: Budget },
): Promise<SecretFacts> {
  const httpClient = createOciHttpClient(access.transport, access.signer, seams.budget, () => undefined);
  const circuitBreaker = new CircuitBreaker({ disableClientCircuitBreaker: true });
  const vaults = new VaultsClient({ httpClient }, { circuitBreaker });
  vaults.endpoint = access.vaultEndpoint;
  const ask = () => vaults.getSecret({ secretId, retryConfiguration: NoRetryConfigurationDetails });
  let answered: unknown;
  try {
    answered = (await repeatRead(ask, isRepeatable, readPolicy, seams)).secret;
  } catch (thrown) {
    throw vaultError("GetSecret", thrown);
  }
  const parsed = schema.safeParse(answered);
  if (!parsed.success) throw new RotationError("VAULT_UNAVAILABLE", "the answer to GetSecret could not be read");
  const { data } = parsed;
  return {
    name: data.secretName,
    compartmentId: data.compartmentId,
    lifecycle: shownCode(data.lifecycleState, OCI_STATES, "in a state"),
    isReplica: data.isReplica ?? false,
    metadata: data.metadata ?? {},
    tags: readTags(data.freeformTags),
    definedTags: data.definedTags ?? {},
    rotation: rotationScheduleOf(data),
    isBlockedOnExpiry: (data.secretRules ?? []).some((rule) => rule.isSecretContentRetrievalBlockedOnExpiry === true),
    expiresAt: data.timeOfCurrentVersionExpiry ?? null,
  };
}
