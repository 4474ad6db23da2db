import { CircuitBreaker, NoRetryConfigurationDetails } from "oci-common";
import { type requests as bundles, SecretsClient } from "oci-secrets";
import { models, VaultsClient } from "oci-vault";
import * as z from "zod/mini";
import type { Budget } from "../base/budget.ts";
import type { Clock } from "../base/clock.ts";
import type { Entropy } from "../base/entropy.ts";
import { RotationError } from "../base/errors.ts";
import { onFirstUse } from "../base/on-first-use.ts";
import { Secret } from "../base/secret.ts";
import { createOciHttpClient } from "../clients/http/oci-http-client.ts";
import { lagPolicy, readPolicy, repeatRead } from "../clients/http/retry.ts";
import { createSecret, type NewSecret } from "../clients/vault/create-secret.ts";
import { isNotFound, isRepeatable, judgeWrite, vaultError } from "../clients/vault/oci-errors.ts";
import type { VaultAccess } from "../clients/vault/oci-store.ts";
import type { Write } from "../clients/vault/store.ts";

/** A version's content as Vault keeps it: base64 of any bytes, not only of text. */
export interface VersionContent {
  readonly versionNo: number;
  readonly base64: Secret;
}

/** Contents of secrets, with any bytes. Reads retry and throw RotationError as SecretStore's do; writes are sent once and never throw. */
export interface Contents {
  /** The content of the version stage, CURRENT by default; null: it does not exist or may not be read, which Vault answers alike. */
  read(secretId: string, versionStage?: "CURRENT" | "PENDING"): Promise<VersionContent | null>;
  readVersion(secretId: string, versionNo: number): Promise<VersionContent>;
  /** A new version, CURRENT at once. */
  write(secretId: string, versionName: string, content: Secret, etag: string | null): Promise<Write>;
  /** CreateSecret. An existing name is `refused`. */
  create(secret: NewSecret): Promise<Write>;
}

const bundle = onFirstUse(() =>
  z.object({
    versionNumber: z.int(),
    secretBundleContent: z.object({ contentType: z.literal("BASE64"), content: z.string() }),
  }),
);

function readBundle(answer: unknown): VersionContent {
  const parsed = bundle().safeParse(answer);
  if (!parsed.success) throw new RotationError("VAULT_UNAVAILABLE", "the answer to GetSecretBundle could not be read");
  const { versionNumber, secretBundleContent } = parsed.data;
  // Decoded and encoded again, so that equal bytes are equal texts.
  const bytes = Buffer.from(secretBundleContent.content, "base64");
  return { versionNo: versionNumber, base64: new Secret(bytes.toString("base64")) };
}

export function createContents(
  access: VaultAccess,
  seams: { readonly clock: Clock; readonly entropy: Entropy; readonly budget: Budget },
): Contents {
  const httpClient = createOciHttpClient(access.transport, access.signer, seams.budget, () => undefined);
  const once = { retryConfiguration: NoRetryConfigurationDetails };
  const configuration = { circuitBreaker: new CircuitBreaker({ disableClientCircuitBreaker: true }) };
  const vaults = new VaultsClient({ httpClient }, configuration);
  vaults.endpoint = access.vaultEndpoint;
  const secrets = new SecretsClient({ httpClient }, configuration);
  secrets.endpoint = access.secretsEndpoint;

  const ask = async (request: bundles.GetSecretBundleRequest) =>
    readBundle((await secrets.getSecretBundle({ ...request, ...once })).secretBundle);
  const write = async (operation: "UpdateSecret", call: () => Promise<unknown>): Promise<Write> => {
    try {
      await call();
      return { outcome: "done" };
    } catch (thrown) {
      return judgeWrite(operation, thrown);
    }
  };
  const contentOf = (name: string, content: Secret) =>
    ({
      contentType: "BASE64",
      content: content.reveal(),
      name,
      stage: models.SecretContentDetails.Stage.Current,
    }) as models.Base64SecretContentDetails;

  return {
    async read(secretId, versionStage) {
      // Without a selector Vault returns CURRENT.
      const stage = versionStage === "PENDING" ? { stage: versionStage as bundles.GetSecretBundleRequest.Stage } : {};
      try {
        return await repeatRead(() => ask({ secretId, ...stage }), isRepeatable, readPolicy, seams);
      } catch (thrown) {
        if (isNotFound(thrown)) return null;
        throw vaultError("GetSecretBundle", thrown);
      }
    },

    async readVersion(secretId, versionNo) {
      try {
        return await repeatRead(
          () => ask({ secretId, versionNumber: versionNo }),
          (thrown) => isRepeatable(thrown) || isNotFound(thrown),
          lagPolicy,
          seams,
        );
      } catch (thrown) {
        throw vaultError("GetSecretBundle", thrown);
      }
    },

    write: (secretId, versionName, content, etag) =>
      write("UpdateSecret", () =>
        vaults.updateSecret({
          secretId,
          updateSecretDetails: { secretContent: contentOf(versionName, content) },
          ...(etag === null ? {} : { ifMatch: etag }),
          ...once,
        }),
      ),

    create: (secret) => createSecret(vaults, secret),
  };
}
