import { describe, expect, it } from "vitest";
import { RotationError } from "../../../src/base/errors.ts";
import { Secret } from "../../../src/base/secret.ts";
import { createRegistration } from "../../../src/mirror/callbacks.ts";
import type { Wallet } from "../../../src/mirror/ces-responses.ts";
import { aboutCallbacks, mirror } from "../../../src/mirror/run.ts";
import { createMirrorRig, type MirrorRig } from "../../support/mirror-rig.ts";

const MINUTE = 60_000;
const wallet = (password: string): Wallet => ({
  walletName: "W",
  walletPassword: null,
  certificateStartDate: null,
  certificateEndDate: null,
  lastRotationDate: 1,
  schemas: new Map([["APP", new Secret(password)]]),
  files: new Map(),
});

/** A call that fetches this, and that heard of such a pause. */
async function begun(rig: MirrorRig, wallets: readonly Wallet[] | Error, pauseMs = 0) {
  const call = await rig.begin();
  const fetchWallets = () => (wallets instanceof Error ? Promise.reject(wallets) : Promise.resolve(wallets));
  return { call: { ...call, ces: { ...call.ces, fetchWallets } }, pauseMs: () => pauseMs };
}

function named(rig: MirrorRig) {
  const { secrets } = rig.emulator.state.vault;
  return Object.fromEntries(Object.values(secrets).map(({ name, description }) => [name, description]));
}
const writes = ({ emulator }: MirrorRig) => emulator.requests.filter(({ call }) => call === "update-metadata").length;

describe("A call that mirrors", () => {
  it("says whether the set is another one, and describes the secrets that it makes", async () => {
    const rig = createMirrorRig();
    const registration = createRegistration();
    const first = [wallet("one")];
    const expected = { wallets: first, unregistered: null };
    expect(await mirror(await begun(rig, first), registration)).toEqual({ kind: "stored", versionNo: 2, ...expected });
    await rig.clock.sleep(MINUTE);
    expect(await mirror(await begun(rig, first), registration)).toEqual({
      kind: "unchanged",
      versionNo: 2,
      ...expected,
    });
    await rig.clock.sleep(MINUTE);
    expect(await mirror(await begun(rig, [wallet("two")]), registration)).toMatchObject({
      kind: "stored",
      versionNo: 3,
    });
    expect(named(rig)).toMatchObject({
      "ces.abc123.manifest": "Names the versions that make up the set mirrored by oci-rotate",
      "ces.abc123.W.schema.APP":
        "Mirrored from the Oracle Retail Credential Exchange by oci-rotate; read it by the number in the manifest",
    });
  });

  it("replaces a text that is no manifest", async () => {
    const rig = createMirrorRig();
    const secretId = rig.addSecret("ces.abc123.manifest", "by hand");
    expect(await mirror(await begun(rig, [wallet("one")]), createRegistration())).toMatchObject({ versionNo: 2 });
    expect(JSON.parse(rig.emulator.admin.content(secretId, 2) ?? "")).toMatchObject({ format: 1, wallets: [{}] });
  });

  it("stores nothing where the manifest's secret has no version to read", async () => {
    const rig = createMirrorRig();
    const { call, pauseMs } = await begun(rig, [wallet("one")]);
    const bare = {
      ...call,
      storeOf: (id: string) => {
        const store = call.storeOf(id);
        return { ...store, readSecret: async () => ({ ...(await store.readSecret()), currentVersionNo: null }) };
      },
    };
    await expect(mirror({ call: bare, pauseMs }, createRegistration())).rejects.toMatchObject({
      code: "VAULT_UNAVAILABLE",
      message: "the manifest's secret has no version to read",
    });
    expect(Object.keys(named(rig))).not.toContain("ces.abc123.W.schema.APP");
  });

  it.each([
    [0, 1],
    [1, 2],
  ])("notes a pause of %i ms, also where it failed, with %i writes in all", async (pauseMs, count) => {
    const rig = createMirrorRig();
    const error = new RotationError("ISSUER_UNAVAILABLE", "429");
    await expect(mirror(await begun(rig, error, pauseMs), createRegistration())).rejects.toBe(error);
    expect(writes(rig)).toBe(count);
  });
});

describe("A request about callbacks", () => {
  it.each([
    [0, 0],
    [1, 1],
  ])("notes a pause of %i ms, with %i writes", async (pauseMs, count) => {
    const rig = createMirrorRig();
    expect(await aboutCallbacks(await begun(rig, [], pauseMs), async () => "asked")).toBe("asked");
    expect(writes(rig)).toBe(count);
  });
});
