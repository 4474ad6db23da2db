import * as common from "oci-common";
import type { SecretsClient } from "oci-secrets";
import type { VaultsClient } from "oci-vault";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

/** A Vault to be tested, with one secret that the suite may write to as it likes. */
export interface VaultUnderTest {
  readonly vaults: VaultsClient;
  readonly secrets: SecretsClient;
  readonly secretId: string;
  stop(): Promise<void>;
}

const POLLS = 60;
const noRetry = { retryConfiguration: common.NoRetryConfigurationDetails };

/** What the product relies on, asked of a Vault through the real SDK clients. The order of the tests counts: they share one secret. */
export function describeVault(name: string, open: () => Promise<VaultUnderTest>): void {
  describe(`${name} as OCI Vault`, () => {
    let vault: VaultUnderTest;
    beforeAll(async () => {
      vault = await open();
    });
    afterAll(async () => {
      await vault.stop();
    });

    const get = () => vault.vaults.getSecret({ secretId: vault.secretId });
    const active = async () => {
      for (let polls = 0; polls < POLLS; polls += 1) {
        const answer = await get();
        if (answer.secret.lifecycleState === "ACTIVE") return answer;
      }
      throw new Error("the secret did not become ACTIVE");
    };
    const list = async () => {
      const { items } = await vault.vaults.listSecretVersions({ secretId: vault.secretId });
      return items;
    };
    const write = (content: string, versionName: string, ifMatch?: string) =>
      vault.vaults.updateSecret({
        secretId: vault.secretId,
        ...(ifMatch === undefined ? {} : { ifMatch }),
        ...noRetry,
        updateSecretDetails: {
          secretContent: {
            contentType: "BASE64",
            content: Buffer.from(content).toString("base64"),
            name: versionName,
            stage: "PENDING",
          } as never,
        },
      });
    /** The SDK tells the console of every failure; here failures are wanted. */
    const failure = async (call: Promise<unknown>) => {
      vi.spyOn(console, "warn").mockImplementation(() => undefined);
      const error: unknown = await call.then(
        () => undefined,
        (reason: unknown) => reason,
      );
      return error as { statusCode?: number; serviceCode?: string; message?: string };
    };

    it("answers GetSecret with the required members and an etag", async () => {
      const { secret, etag } = await active();
      expect(secret).toMatchObject({ id: vault.secretId, currentVersionNumber: expect.any(Number) });
      expect(secret.timeCreated).toEqual(expect.any(String));
      expect(etag).toEqual(expect.any(String));
    });

    it("stores content under a name as PENDING, is UPDATING for a while, and reads it back by name", async () => {
      const { etag } = await active();
      const before = await list();
      const answer = await write("first", "orot-contract-1", etag);
      expect(answer.secret.lifecycleState).toBe("UPDATING");
      expect(await failure(write("second", "orot-contract-2"))).toMatchObject({
        statusCode: 409,
        serviceCode: "IncorrectState",
        message: expect.stringContaining("UPDATING"),
      });
      await active();
      const { secretBundle } = await vault.secrets.getSecretBundle({
        secretId: vault.secretId,
        secretVersionName: "orot-contract-1",
      });
      const content = (secretBundle.secretBundleContent as { content?: string }).content ?? "";
      expect(Buffer.from(content, "base64").toString("utf8")).toBe("first");
      expect(secretBundle.versionNumber).toBe(before.length + 1);
      expect(secretBundle.stages).toEqual(expect.arrayContaining(["PENDING", "LATEST"]));
    });

    it("refuses the same name again with 400 InvalidParameter", async () => {
      await active();
      expect(await failure(write("other", "orot-contract-1"))).toMatchObject({
        statusCode: 400,
        serviceCode: "InvalidParameter",
        message: expect.stringContaining("name already exists"),
      });
    });

    it("refuses a stale if-match with 412 NoEtagMatch", async () => {
      await active();
      expect(await failure(write("other", "orot-contract-3", "stale"))).toMatchObject({
        statusCode: 412,
        serviceCode: "NoEtagMatch",
      });
    });

    it("promotes by number, and the old CURRENT becomes PREVIOUS", async () => {
      const { secret } = await active();
      const pending = (await list()).find((version) => version.stages?.some((stage) => stage === "PENDING"));
      const currentVersionNumber = pending?.versionNumber ?? 0;
      await vault.vaults.updateSecret({
        secretId: vault.secretId,
        updateSecretDetails: { currentVersionNumber },
        ...noRetry,
      });
      expect((await active()).secret.currentVersionNumber).toBe(currentVersionNumber);
      const old = (await list()).find((version) => version.versionNumber === secret.currentVersionNumber);
      expect(old?.stages).toEqual(["PREVIOUS"]);
    });

    it("lists versions in pages that together are complete", async () => {
      const all = await list();
      const seen: number[] = [];
      let next: string | undefined;
      for (let pages = 0; pages < all.length + 1 && (pages === 0 || next !== undefined); pages += 1) {
        const answer = await vault.vaults.listSecretVersions({
          secretId: vault.secretId,
          limit: 1,
          ...(next === undefined ? {} : { page: next }),
        });
        seen.push(...answer.items.map((version) => version.versionNumber));
        next = answer.opcNextPage;
      }
      expect(seen).toEqual(all.map((version) => version.versionNumber));
    });

    it("deletes DEPRECATED versions alone, and takes a deletion back", async () => {
      await active();
      await write("third", "orot-contract-4");
      await active();
      await write("fourth", "orot-contract-5");
      await active();
      const versions = await list();
      const deprecated = versions.find((version) => version.stages?.some((stage) => stage === "DEPRECATED"));
      const current = versions.find((version) => version.stages?.some((stage) => stage === "CURRENT"));
      const timeOfDeletion = new Date(0);
      const schedule = (secretVersionNumber: number, at: Date) =>
        vault.vaults.scheduleSecretVersionDeletion({
          secretId: vault.secretId,
          secretVersionNumber,
          scheduleSecretVersionDeletionDetails: { timeOfDeletion: at },
        });
      const inTwoDays = await vaultTime(vault, 2);
      expect((await failure(schedule(current?.versionNumber ?? 0, inTwoDays))).statusCode).toBe(409);
      expect((await failure(schedule(deprecated?.versionNumber ?? 0, timeOfDeletion))).statusCode).toBe(400);
      await schedule(deprecated?.versionNumber ?? 0, inTwoDays);
      const leaving = (await list()).find((version) => version.versionNumber === deprecated?.versionNumber);
      expect(leaving?.timeOfDeletion).toEqual(expect.any(String));
      await vault.vaults.cancelSecretVersionDeletion({
        secretId: vault.secretId,
        secretVersionNumber: deprecated?.versionNumber ?? 0,
      });
    });

    it("answers an absent version, an absent stage and an absent secret alike with 404", async () => {
      const absent = { statusCode: 404, serviceCode: "NotAuthorizedOrNotFound" };
      const { secretId } = vault;
      const { secrets, vaults } = vault;
      expect(await failure(secrets.getSecretBundle({ secretId, versionNumber: 999, ...noRetry }))).toMatchObject(
        absent,
      );
      expect(await failure(vaults.getSecretVersion({ secretId, secretVersionNumber: 999 }))).toMatchObject(absent);
      expect(await failure(vaults.getSecret({ secretId: `${secretId}x` }))).toMatchObject(absent);
    });
  });
}

/** A time so many days after the server's own. */
async function vaultTime(vault: VaultUnderTest, days: number): Promise<Date> {
  const { items } = await vault.vaults.listSecretVersions({ secretId: vault.secretId });
  const newest = Math.max(...items.map((version) => Date.parse(String(version.timeCreated))));
  return new Date(newest + days * 86_400_000);
}
