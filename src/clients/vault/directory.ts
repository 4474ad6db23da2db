import { CircuitBreaker, NoRetryConfigurationDetails } from "oci-common";
import { type models, VaultsClient } from "oci-vault";
import * as z from "zod/mini";
import type { Budget } from "../../base/budget.ts";
import type { Clock } from "../../base/clock.ts";
import type { Entropy } from "../../base/entropy.ts";
import { RotationError } from "../../base/errors.ts";
import { onFirstUse } from "../../base/on-first-use.ts";
import { createOciHttpClient } from "../http/oci-http-client.ts";
import { readPolicy, repeatRead } from "../http/retry.ts";
import { isRepeatable, vaultError } from "./oci-errors.ts";
import { instant, readTags, tagsMember } from "./oci-responses.ts";
import type { VaultAccess } from "./oci-store.ts";
import { rotationMembers, rotationScheduleOf } from "./rotation-responses.ts";
import type { RotationSchedule } from "./schedule.ts";
import type { Tags } from "./store.ts";

/** A secret as a list shows it: nothing of its content, its versions or its metadata. Instants are milliseconds since the epoch. */
export interface ListedSecret {
  readonly secretId: string;
  readonly name: string;
  readonly compartmentId: string;
  readonly vaultId: string;
  readonly lifecycle: string;
  readonly createdAt: number;
  readonly isReplica: boolean;
  /** Free-form tags; null: unreadable. Defined tags are left out. */
  readonly tags: Tags | null;
  /** When an expiry rule of the secret ends its current version; null: none does. */
  readonly expiresAt: number | null;
  readonly rotation: RotationSchedule;
}

/** Of one compartment, which is not searched in depth; every further member narrows it. */
export interface SecretFilter {
  readonly compartmentId: string;
  readonly vaultId?: string;
  readonly name?: string;
  readonly lifecycle?: `${models.SecretSummary.LifecycleState}`;
}

/** Finds secrets. Throws RotationError as SecretStore's reads do. */
export interface SecretDirectory {
  /** Read page by page as they are asked for, so that memory holds one page; a page that fails ends it with an error. */
  secrets(filter: SecretFilter): AsyncIterable<ListedSecret>;
  /** All of a compartment at once. */
  list(compartmentId: string): Promise<readonly ListedSecret[]>;
}

const PAGE_SIZE = 500;
/** A tenancy holds at most 5000 secrets, and a page at least one. */
const MAX_PAGES = 5_000;

const summaries = onFirstUse(() =>
  z.array(
    z.object({
      id: z.string(),
      secretName: z.string(),
      compartmentId: z.string(),
      vaultId: z.string(),
      lifecycleState: z.string(),
      timeCreated: instant(),
      isReplica: z.optional(z.nullable(z.boolean())),
      freeformTags: tagsMember(),
      timeOfCurrentVersionExpiry: z.optional(z.nullable(instant())),
      ...rotationMembers(),
    }),
  ),
);

function readPage(items: unknown): ListedSecret[] {
  const parsed = summaries().safeParse(items);
  if (!parsed.success) throw new RotationError("VAULT_UNAVAILABLE", "the answer to ListSecrets could not be read");
  return parsed.data.map((summary) => ({
    secretId: summary.id,
    name: summary.secretName,
    compartmentId: summary.compartmentId,
    vaultId: summary.vaultId,
    lifecycle: summary.lifecycleState,
    createdAt: summary.timeCreated,
    isReplica: summary.isReplica ?? false,
    tags: readTags(summary.freeformTags),
    expiresAt: summary.timeOfCurrentVersionExpiry ?? null,
    rotation: rotationScheduleOf(summary),
  }));
}

export function createDirectory(
  access: VaultAccess,
  seams: { readonly clock: Clock; readonly entropy: Entropy; readonly budget: Budget },
): SecretDirectory {
  const httpClient = createOciHttpClient(access.transport, access.signer, seams.budget, () => undefined);
  const vaults = new VaultsClient(
    { httpClient },
    { circuitBreaker: new CircuitBreaker({ disableClientCircuitBreaker: true }) },
  );
  vaults.endpoint = access.vaultEndpoint;

  const ask = async ({ lifecycle, ...filter }: SecretFilter, page: string | undefined) => {
    const request = {
      ...filter,
      // The SDK's enum is its own values.
      ...(lifecycle === undefined ? {} : { lifecycleState: lifecycle as models.SecretSummary.LifecycleState }),
      limit: PAGE_SIZE,
      ...(page === undefined ? {} : { page }),
    };
    try {
      return await repeatRead(
        () => vaults.listSecrets({ ...request, retryConfiguration: NoRetryConfigurationDetails }),
        isRepeatable,
        readPolicy,
        seams,
      );
    } catch (thrown) {
      throw vaultError("ListSecrets", thrown);
    }
  };

  async function* secrets(filter: SecretFilter): AsyncGenerator<ListedSecret> {
    let page: string | undefined;
    for (let pages = 0; pages < MAX_PAGES; pages++) {
      const answer = await ask(filter, page);
      yield* readPage(answer.items);
      page = answer.opcNextPage;
      if (page === undefined || page === null || page === "") return;
    }
    throw new RotationError("VAULT_UNAVAILABLE", `the list of secrets did not end after ${MAX_PAGES} pages`);
  }

  return {
    secrets,
    list: async (compartmentId) => {
      const found: ListedSecret[] = [];
      for await (const secret of secrets({ compartmentId })) found.push(secret);
      return found;
    },
  };
}
