import { CircuitBreaker, NoRetryConfigurationDetails } from "oci-common";
import { models, VaultsClient } from "oci-vault";
import type { Budget } from "../../base/budget.ts";
import type { Clock } from "../../base/clock.ts";
import type { DefinedTags } from "../../base/place.ts";
import type { Secret } from "../../base/secret.ts";
import { createOciHttpClient } from "../http/oci-http-client.ts";
import { judgeWrite } from "./oci-errors.ts";
import type { VaultAccess } from "./oci-store.ts";
import type { Tags, Write } from "./store.ts";

/** A secret to create; its content becomes version 1, CURRENT. */
export interface NewSecret {
  /** Letters, digits, `.`, `-` and `_`; unique in its vault, also beside secrets that await deletion. */
  readonly name: string;
  readonly description: string;
  readonly compartmentId: string;
  readonly vaultId: string;
  readonly keyId: string;
  /** Base64 of the content. */
  readonly base64: Secret;
  readonly tags?: Tags;
  readonly definedTags?: DefinedTags;
}

/** Name of a first version that this product makes. */
const FIRST_NAME = "orot-1";

/** CreateSecret, sent once. An existing name is `refused`; after `unknown` a list by the name tells. Never throws. */
export async function createSecret(vaults: VaultsClient, secret: NewSecret): Promise<Write> {
  const { name, description, compartmentId, vaultId, keyId, base64, tags, definedTags } = secret;
  const secretContent = {
    contentType: "BASE64",
    content: base64.reveal(),
    name: FIRST_NAME,
    stage: models.SecretContentDetails.Stage.Current,
  } as models.Base64SecretContentDetails;
  try {
    await vaults.createSecret({
      createSecretDetails: {
        ...{ secretName: name, description, compartmentId, vaultId, keyId, secretContent },
        ...(tags === undefined ? {} : { freeformTags: { ...tags } }),
        ...(definedTags === undefined
          ? {}
          : { definedTags: structuredClone(definedTags) as models.CreateSecretDetails["definedTags"] & object }),
      },
      retryConfiguration: NoRetryConfigurationDetails,
    });
    return { outcome: "done" };
  } catch (thrown) {
    return judgeWrite("CreateSecret", thrown);
  }
}

/** A client of the control plane that creates secrets and nothing else. */
export function createSecretMaker(
  access: VaultAccess,
  seams: { readonly clock: Clock; readonly budget: Budget },
): (secret: NewSecret) => Promise<Write> {
  const httpClient = createOciHttpClient(access.transport, access.signer, seams.budget, () => undefined);
  const vaults = new VaultsClient(
    { httpClient },
    { circuitBreaker: new CircuitBreaker({ disableClientCircuitBreaker: true }) },
  );
  vaults.endpoint = access.vaultEndpoint;
  return (secret) => createSecret(vaults, secret);
}
