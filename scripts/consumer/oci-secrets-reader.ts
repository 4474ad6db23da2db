/** The reader that docs/consumer.md shows, for the OCI SDK. */
import { OciError } from "oci-common";
import { type models, requests, type SecretsClient } from "oci-secrets";
import type { Reader } from "../../src/consumer/index.ts";

const stages = requests.GetSecretBundleRequest.Stage;

export function readerOf(client: SecretsClient, secretId: string): Reader {
  return async (versionStage) => {
    try {
      const { secretBundle } = await client.getSecretBundle({
        secretId,
        stage: versionStage === "CURRENT" ? stages.Current : stages.Pending,
      });
      const stored = secretBundle.secretBundleContent as models.Base64SecretBundleContentDetails;
      return {
        content: Buffer.from(stored.content ?? "", "base64").toString("utf8"),
        versionNo: secretBundle.versionNumber,
      };
    } catch (error) {
      if (error instanceof OciError && error.statusCode === 404) return null;
      throw error;
    }
  };
}
