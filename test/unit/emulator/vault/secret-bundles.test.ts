import { describe, expect, it } from "vitest";
import { DAY_MS } from "../../../../src/base/durations.ts";
import { setUp } from "../harness.ts";

function contentOf(answer: { json: Record<string, unknown> }): string {
  const { content } = answer.json["secretBundleContent"] as { content: string };
  return Buffer.from(content, "base64").toString("utf8");
}

describe("a secret bundle", () => {
  it("is CURRENT's without a selector, and otherwise the one that number, name or version stage selects", async () => {
    const { bundle, write } = setUp();
    await write("second", "orot-2");
    expect((await bundle("")).json).toMatchObject({ versionNumber: 1, stages: ["CURRENT"] });
    expect(contentOf(await bundle("?versionNumber=2"))).toBe("second");
    expect((await bundle("?secretVersionName=orot-2")).json).toMatchObject({ versionNumber: 2, versionName: "orot-2" });
    expect((await bundle("?stage=PENDING")).json).toMatchObject({ versionNumber: 2, stages: ["PENDING", "LATEST"] });
    expect((await bundle("?stage=LATEST")).json["versionNumber"]).toBe(2);
    expect((await bundle("?stage=PREVIOUS")).status).toBe(404);
    expect((await bundle("?versionNumber=3")).status).toBe(404);
  });

  it.each([
    ["refused", 400],
    ["first", 200],
  ] as const)("asked for by several selectors is %s", async (value, status) => {
    const { bundle } = setUp({ switches: { "several-selectors": value } });
    expect((await bundle("?versionNumber=1&stage=CURRENT")).status).toBe(status);
  });

  it("keeps content readable by number after it is DEPRECATED", async () => {
    const { bundle, write } = setUp();
    await write("second", "orot-2");
    await write("third", "orot-3");
    expect(contentOf(await bundle("?versionNumber=2"))).toBe("second");
  });

  it("lags behind the control plane by as much as the switch says", async () => {
    const { bundle, write, promote, clock } = setUp({ switches: { "data-plane-lag-ms": 1000, "updating-polls": 0 } });
    await write("second", "orot-2");
    expect((await bundle("?secretVersionName=orot-2")).status).toBe(404);
    await clock.sleep(600);
    await promote(2);
    await clock.sleep(400);
    expect((await bundle("?secretVersionName=orot-2")).json["stages"]).toEqual(["PENDING", "LATEST"]);
    await clock.sleep(600);
    expect((await bundle("")).json["versionNumber"]).toBe(2);
  });

  it("may not be read after its expiry where the rule blocks that", async () => {
    const { emulator, send, clock } = setUp();
    const rule = { ruleType: "SECRET_EXPIRY_RULE", secretVersionExpiryInterval: "P1D" };
    const open = emulator.admin.createSecret({ name: "open", content: "{}", rules: [rule] });
    const blocked = emulator.admin.createSecret({
      name: "blocked",
      content: "{}",
      rules: [{ ...rule, isSecretContentRetrievalBlockedOnExpiry: true }],
    });
    expect((await send("GET", `/20190301/secretbundles/${blocked}`)).status).toBe(200);
    await clock.sleep(DAY_MS);
    expect((await send("GET", `/20190301/secretbundles/${open}`)).status).toBe(200);
    expect((await send("GET", `/20190301/secretbundles/${blocked}`)).status).toBe(409);
  });

  it("is found by name and vault, but not while the secret awaits deletion", async () => {
    const { emulator, send, secretId } = setUp();
    const { vaultId } = emulator.admin.secret(secretId);
    const path = `/20190301/secretbundles/actions/getByName?secretName=app&vaultId=${vaultId}`;
    expect((await send("POST", path)).json["secretId"]).toBe(secretId);
    emulator.admin.secret(secretId).lifecycle = "PENDING_DELETION";
    expect((await send("POST", path)).status).toBe(404);
  });

  it("is listed without content, the newest first", async () => {
    const { send, secretId, write } = setUp();
    await write("second", "orot-2");
    const answer = await send("GET", `/20190301/secretbundles/${secretId}/versions`);
    expect(answer.list.map((version) => version["versionNumber"])).toEqual([2, 1]);
    expect(answer.body).not.toContain("content");
  });
});
