import { NoRetryConfigurationDetails, OciError } from "oci-common";
import type { VaultsClient } from "oci-vault";
import { describe, expect, test } from "vitest";
import { Secret } from "../../../../src/base/secret.ts";
import { createSecret, type NewSecret } from "../../../../src/clients/vault/create-secret.ts";

const secret: NewSecret = {
  name: "payments",
  description: "client of payments",
  compartmentId: "ocid1.compartment.oc1..a",
  vaultId: "ocid1.vault.oc1..v",
  keyId: "ocid1.key.oc1..k",
  base64: new Secret("e30="),
};

/** What Vault is sent, and how it answers: an error is thrown as the SDK does. */
function creating(thrown: unknown = null) {
  const sent: Parameters<VaultsClient["createSecret"]>[0][] = [];
  const vaults: Pick<VaultsClient, "createSecret"> = {
    async createSecret(request) {
      sent.push(request);
      if (thrown !== null) throw thrown;
      return {} as Awaited<ReturnType<VaultsClient["createSecret"]>>;
    },
  };
  return {
    sent,
    create: (changes: Partial<NewSecret> = {}) => createSecret(vaults as VaultsClient, { ...secret, ...changes }),
  };
}

describe("a new secret", () => {
  test("has its content in version 1, CURRENT, under a name of ours, and no tags unless some are given", async () => {
    const { create, sent } = creating();
    expect(await create()).toEqual({ outcome: "done" });
    expect(sent.map(({ createSecretDetails }) => createSecretDetails)).toEqual([
      {
        secretName: "payments",
        description: "client of payments",
        compartmentId: "ocid1.compartment.oc1..a",
        vaultId: "ocid1.vault.oc1..v",
        keyId: "ocid1.key.oc1..k",
        secretContent: { contentType: "BASE64", content: "e30=", name: "orot-1", stage: "CURRENT" },
      },
    ]);
  });

  test("has the tags that it is given, free and defined", async () => {
    const { create, sent } = creating();
    const definedTags = { rotation: { client: "toy" } };
    await create({ tags: { team: "x" }, definedTags });
    expect(sent[0]?.createSecretDetails).toMatchObject({ freeformTags: { team: "x" }, definedTags });
  });

  test.each([
    [409, "Conflict", "refused"],
    [503, "ServiceUnavailable", "unknown"],
  ])("that Vault answers with %i %s is %s, and is sent once", async (status, code, outcome) => {
    const error = new OciError(status, code, "text", "id", "vault", "operation", "2026-01-01T00:00:00Z", "POST x", "");
    const { create, sent } = creating(error);
    expect((await create()).outcome).toBe(outcome);
    expect(sent).toHaveLength(1);
    expect(sent[0]?.retryConfiguration).toBe(NoRetryConfigurationDetails);
  });
});
