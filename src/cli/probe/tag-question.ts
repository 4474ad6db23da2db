import { CircuitBreaker, NoRetryConfigurationDetails } from "oci-common";
import { VaultsClient } from "oci-vault";
import type { Budget } from "../../base/budget.ts";
import type { DefinedTags, TagKey } from "../../base/place.ts";
import { createOciHttpClient } from "../../clients/http/oci-http-client.ts";
import { type Client, clientTag } from "../../clients/issuers/client.ts";
import { judgeWrite } from "../../clients/vault/oci-errors.ts";
import type { VaultAccess } from "../../clients/vault/oci-store.ts";
import type { Write } from "../../clients/vault/store.ts";
import { type Answer, answered, unknown } from "./answers.ts";
import { type VaultProbe, written } from "./vault-questions.ts";

/** Only the probe writes defined tags; the function never sends them. */
export type WriteDefinedTags = (tags: DefinedTags, etag: string | null) => Promise<Write>;

export function createDefinedTagWriter(access: VaultAccess, secretId: string, budget: Budget): WriteDefinedTags {
  const httpClient = createOciHttpClient(access.transport, access.signer, budget, () => undefined);
  const circuitBreaker = new CircuitBreaker({ disableClientCircuitBreaker: true });
  const vaults = new VaultsClient({ httpClient }, { circuitBreaker });
  vaults.endpoint = access.vaultEndpoint;
  return async (tags, etag) => {
    try {
      await vaults.updateSecret({
        secretId,
        updateSecretDetails: { definedTags: { ...tags } },
        ...(etag === null ? {} : { ifMatch: etag }),
        retryConfiguration: NoRetryConfigurationDetails,
      });
      return { outcome: "done" };
    } catch (thrown) {
      return judgeWrite("UpdateSecret", thrown);
    }
  };
}

/**
 * Sets the tag of OROT_BINDING_TAG to the client's own text, and reverts that. The operator may write the secret, so a refusal shows that a
 * defined tag needs a further right.
 */
export async function askDefinedTag(
  probe: VaultProbe & { readonly writeDefinedTags: WriteDefinedTags },
  tag: TagKey | null,
  client: Client,
): Promise<Answer> {
  if (tag === null) return answered("defined-tag", "not-asked", "OROT_BINDING_TAG names no tag to test with");
  const { definedTags: before } = await probe.store.readSecret();
  const { namespace, key } = tag;
  const changed = {
    ...before,
    [namespace]: { ...before[namespace], [key]: `${clientTag(client).slice(0, 240)} probed` },
  };
  const write = await written(probe, (etag) => probe.writeDefinedTags(changed, etag));
  if (write.outcome === "refused") {
    return answered("defined-tag", "own-right", "the right to write the secret is not enough to set a defined tag");
  }
  if (write.outcome !== "done") return unknown("defined-tag", `the write ended unexpectedly: ${write.error.message}`);
  const back = await written(probe, (etag) => probe.writeDefinedTags(before, etag));
  if (back.outcome !== "done") return unknown("defined-tag", `the tag could not be reverted: ${back.error.message}`);
  return answered(
    "defined-tag",
    "taken",
    "you may set it; run the probe as a user who may write the secret but not use the tag namespace",
  );
}
