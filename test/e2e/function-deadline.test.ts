import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { CallName } from "../../src/emulator/core/call-names.ts";
import { type Cloud, openCloud } from "./cloud.ts";
import { type RunningFunction, startFunction } from "./function.ts";
import { type Image, openImage } from "./image.ts";

describe("the deadline of the built function", () => {
  let image: Image;
  let cloud: Cloud;
  let fn: RunningFunction;
  /** Gives each remote call two seconds, whatever its deadline. */
  let hasty: RunningFunction;
  beforeAll(async () => {
    image = openImage();
    cloud = await openCloud({ "updating-polls": 0 });
    fn = await startFunction(image, cloud.environment());
    hasty = await startFunction(image, {
      ...cloud.environment(),
      OROT_CALL_TIMEOUT_SECONDS: "2",
      OROT_ACTIVE_WAIT_SECONDS: "1",
      OROT_DEADLINE_MARGIN_SECONDS: "1",
    });
    // The first call of a process is slower; here every call has little time.
    for (const started of [fn, hasty]) await started.call({ step: "VERIFY_CONNECTION", secretId: cloud.secretId });
  });
  afterEach(() => cloud.emulator.faults.clear());
  afterAll(async () => {
    await fn.stop();
    await hasty.stop();
    await cloud.close();
    await image.remove();
  });

  it.each<[CallName, string, string]>([
    ["list-versions", "VERIFY_CONNECTION", "VAULT_UNAVAILABLE: Vault did not answer ListSecretVersions: "],
    ["read-current", "VERIFY_CONNECTION", "VAULT_UNAVAILABLE: Vault did not answer GetSecretBundle: "],
    ["get-secret", "CREATE_PENDING_VERSION", "VAULT_UNAVAILABLE: Vault did not answer GetSecret: "],
    [
      "token-current",
      "VERIFY_CONNECTION",
      "ISSUER_UNAVAILABLE: the identity domain did not answer the token request: ",
    ],
  ])("ends a call held back at %s before it passes, and closes the connection", async (call, step, returnMessage) => {
    cloud.emulator.faults.add({ call, kind: "too-slow" });
    const closed = cloud.heldConnectionClosed();
    const { status, json } = await fn.call({ step, secretId: cloud.secretId }, { seconds: 2 });
    expect(status).toBe(200);
    expect(json).toMatchObject({ responseCode: 503, versionNo: null });
    expect(String(json["returnMessage"]).startsWith(returnMessage)).toBe(true);
    expect(json["returnMessage"]).toMatch(/: 127\.0\.0\.1:\d+ gave no complete answer in time\. Next: try again later/);
    await closed;
    const event = { step: "VERIFY_CONNECTION", secretId: cloud.secretId };
    expect((await fn.call(event)).json).toMatchObject({ responseCode: 200 });
  });

  it.each<CallName>(["regenerate", "write-pending"])(
    "bounds one call too: after %s was held back, the connection is closed and the value stored",
    async (call) => {
      const { secretId, clientId } = cloud.addSecret();
      cloud.emulator.faults.add({ call, kind: "too-slow" });
      const closed = cloud.heldConnectionClosed();
      const { json } = await hasty.call({ step: "CREATE_PENDING_VERSION", secretId });
      await closed;
      expect(json).toMatchObject({ responseCode: 200, versionNo: expect.any(Number) });
      const { appSecret } = JSON.parse(cloud.emulator.admin.content(secretId, Number(json["versionNo"])) ?? "{}");
      expect(cloud.emulator.admin.login(clientId, appSecret)).toBe("accepted");
      expect(cloud.emulator.admin.app(clientId).mints).toBe(1);
    },
  );

  it("regenerates nothing where the rest would not fit, and says so", async () => {
    const { secretId, clientId } = cloud.addSecret();
    for (const event of [{ step: "CREATE_PENDING_VERSION", secretId }, { secretId }]) {
      const { json } = await hasty.call(event, { seconds: 4 });
      expect(json).toMatchObject({ responseCode: 503, versionNo: null });
      expect(json["returnMessage"]).toMatch(
        /^DEADLINE_TOO_SHORT: \d s are left, and storing a new client secret safely may take 7 s\. Next: /,
      );
    }
    expect(cloud.emulator.admin.app(clientId).mints).toBe(0);
    expect(cloud.emulator.admin.versions(secretId)).toHaveLength(1);
  });
});
