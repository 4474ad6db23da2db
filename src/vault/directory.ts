import { CircuitBreaker, NoRetryConfigurationDetails } from "oci-common";
import { VaultsClient } from "oci-vault";
import * as z from "zod/mini";
import type { Budget } from "../budget.ts";
import type { Clock } from "../clock.ts";
import type { Entropy } from "../entropy.ts";
import { RotationError } from "../errors.ts";
import { createOciHttpClient } from "../http/oci-http-client.ts";
import { readPolicy, repeatRead } from "../http/retry.ts";
import { isRepeatable, vaultError } from "./oci-errors.ts";
import type { VaultAccess } from "./oci-store.ts";

export interface ListedSecret {
  readonly secretId: string;
  readonly lifecycle: string;
  /** The function that its rotation targets; null: none. */
  readonly functionId: string | null;
}

/** Finds secrets. Throws RotationError as SecretStore's reads do. */
export interface SecretDirectory {
  list(compartmentId: string): Promise<readonly ListedSecret[]>;
}

const PAGE_SIZE = 500;
/** A tenancy holds at most 5000 secrets, and a page at least one. */
const MAX_PAGES = 5_000;

const summaries = z.array(
  z.object({
    id: z.string(),
    lifecycleState: z.string(),
    rotationConfig: z.optional(
      z.nullable(
        z.object({ targetSystemDetails: z.optional(z.nullable(z.object({ functionId: z.optional(z.string()) }))) }),
      ),
    ),
  }),
);

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

  const readPage = async (compartmentId: string, page: string | undefined) => {
    const request = { compartmentId, limit: PAGE_SIZE, ...(page === undefined ? {} : { page }) };
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

  return {
    async list(compartmentId) {
      const found: ListedSecret[] = [];
      let page: string | undefined;
      for (let pages = 0; pages < MAX_PAGES; pages++) {
        const answer = await readPage(compartmentId, page);
        const parsed = summaries.safeParse(answer.items);
        if (!parsed.success)
          throw new RotationError("VAULT_UNAVAILABLE", "the answer to ListSecrets could not be read");
        for (const { id, lifecycleState, rotationConfig } of parsed.data) {
          const functionId = rotationConfig?.targetSystemDetails?.functionId ?? null;
          found.push({ secretId: id, lifecycle: lifecycleState, functionId });
        }
        page = answer.opcNextPage;
        if (page === undefined || page === null || page === "") return found;
      }
      throw new RotationError("VAULT_UNAVAILABLE", `the list of secrets did not end after ${MAX_PAGES} pages`);
    },
  };
}
