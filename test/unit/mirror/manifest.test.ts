import { describe, expect, it } from "vitest";
import { Secret } from "../../../src/base/secret.ts";
import {
  type Manifest,
  manifestText,
  manifestWallet,
  noSet,
  parseManifest,
  partsByName,
} from "../../../src/mirror/manifest.ts";
import { createMirrorWorld } from "../../prove/mirror/world.ts";

const part = (number: number) => ({
  secretName: `ces.abc123.Wallet_EMULATED.schema.USER_${number}`,
  secretId: `ocid1.vaultsecret.oc1.iad.${"a".repeat(60)}`,
  versionNo: number,
});
const manifestOf = (count: number): Manifest => ({
  format: 1,
  wallets: [
    {
      walletName: "W",
      lastRotationDate: 3,
      certificateStartDate: 1,
      certificateEndDate: null,
      members: Array.from({ length: count }, (_, index) => ({
        kind: "schema" as const,
        name: `USER_${index}`,
        parts: [part(index)],
      })),
    },
  ],
});

describe("The manifest", () => {
  it("is read as it was written", () => {
    expect(parseManifest(manifestText(manifestOf(3)))).toEqual(manifestOf(3));
    expect(parseManifest(manifestText(noSet))).toEqual(noSet);
  });

  it.each([
    ["no JSON", "zeroth"],
    ["of another format", JSON.stringify({ ...manifestOf(1), format: 2 })],
    ["without wallets", '{"format":1}'],
    ["with a version that is no number", manifestText(manifestOf(1)).replace('"versionNo":0', '"versionNo":"0"')],
    ["an array", "[]"],
  ])("that is %s counts as none", (_what, text) => {
    expect(parseManifest(text)).toBeNull();
  });

  it("holds no value of a wallet, only where each is", () => {
    const wallet = {
      walletName: "W",
      walletPassword: new Secret("wallet password"),
      certificateStartDate: 1,
      certificateEndDate: 2,
      lastRotationDate: 3,
      schemas: new Map([["APP", new Secret("password")]]),
      files: new Map([["cwallet.sso", new Secret("eA==")]]),
    };
    expect(manifestWallet(wallet, [])).toEqual({
      walletName: "W",
      lastRotationDate: 3,
      certificateStartDate: 1,
      certificateEndDate: 2,
      members: [],
    });
  });

  it("finds each part by the name of its secret", () => {
    const parts = partsByName(manifestOf(2));
    expect([...parts.keys()]).toEqual([part(0).secretName, part(1).secretName]);
    expect(parts.get(part(1).secretName)).toEqual(part(1));
  });

  it("is refused where it would be larger than a secret, with the number of secrets and the way out", () => {
    expect(Buffer.byteLength(manifestText(manifestOf(100)))).toBeLessThanOrEqual(25_000);
    expect(() => manifestText(manifestOf(150))).toThrow(/the manifest of 150 secrets is larger than the 25000 bytes/);
    expect(() => manifestText(manifestOf(150))).toThrow(
      expect.objectContaining({ code: "CONTENT_INVALID", nextAction: expect.stringContaining("mirror fewer schemas") }),
    );
  });

  it("that is too large leaves the set in force as it was", async () => {
    const world = createMirrorWorld();
    await world.startProcess().call({ action: "mirror" });
    await world.clock.sleep(3_600_000);
    const [wallet] = world.emulator.state.ces.wallets;
    if (wallet === undefined) throw new Error("no wallet");
    for (let number = 0; number < 150; number += 1)
      wallet.schemas[`USER_${number}_${"x".repeat(30)}`] = `password ${number}`;
    world.watch.served();
    const answer = await world.startProcess().call({ action: "mirror" }, { seconds: 3_600 });
    expect(answer?.returnMessage).toMatch(/CONTENT_INVALID: the manifest of \d+ secrets/);
    expect(world.watch.inForce).toBe(0);
    expect(world.watch.problems).toEqual([]);
  });
});
