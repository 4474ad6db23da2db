import { describe, expect, it } from "vitest";
import { createMirrorWorld, type MirrorWorld } from "../../prove/mirror/world.ts";

const MIRROR = { action: "mirror" };

function made({ emulator }: MirrorWorld): string[] {
  const names = Object.values(emulator.state.vault.secrets).map(({ name }) => name);
  return names.filter((name) => name.startsWith("ces.abc123.") && name !== "ces.abc123.manifest");
}

function addWallets({ emulator, watch }: MirrorWorld, count: number, users = ["APP"], files: string[] = []) {
  for (let index = 0; index < count; index += 1) {
    emulator.admin.createWallet({ walletName: `W${index}`, users, files });
  }
  watch.served();
}

const many = (count: number, word = "U") => Array.from({ length: count }, (_, index) => `${word}${index}`);

describe("What a Credential Exchange lists is counted before anything is made of it", () => {
  it("and a hostile one with 300 wallets makes no secret at all", async () => {
    const world = createMirrorWorld();
    addWallets(world, 299);
    const answer = await world.startProcess().call(MIRROR);
    expect(answer?.returnMessage).toMatch(/^CONTENT_INVALID: the Credential Exchange lists 300 wallets, .* 50 /);
    expect(answer?.returnMessage).toContain("the set in Vault stays as it is");
    expect(answer?.responseCode).toBe(400);
    expect(made(world)).toEqual([]);
  });

  it("nor does one with more schemas and files than are mirrored", async () => {
    const world = createMirrorWorld({ users: many(293) });
    const answer = await world.startProcess().call(MIRROR);
    expect(answer?.returnMessage).toMatch(/lists 301 schemas and files, .* 300 /);
    expect(made(world)).toEqual([]);
  });

  it("and so is the manifest measured, which could not name them all", async () => {
    const world = createMirrorWorld({ users: many(140) });
    const answer = await world.startProcess().call(MIRROR);
    expect(answer?.returnMessage).toContain("the manifest of 148 secrets is larger than the 25000 bytes");
    expect(made(world)).toEqual([]);
  });

  it("and new secrets beyond the setting are refused with their count, whatever is there already", async () => {
    const environment = { OROT_MIRROR_MAX_SECRETS: "40" };
    const world = createMirrorWorld({ environment });
    await world.startProcess().call(MIRROR);
    const before = made(world);
    expect(before).toHaveLength(10);
    await world.clock.sleep(120_000);
    addWallets(world, 1, many(31));
    const answer = await world.startProcess().call(MIRROR);
    expect(answer?.returnMessage).toMatch(
      /^CONTENT_INVALID: 31 new secrets and the 10 .* make 41, .* OROT_MIRROR_MAX_SECRETS \(40\)/,
    );
    expect(answer?.returnMessage).toMatch(/Next: .*set OROT_MIRROR_MAX_SECRETS to 41/);
    expect(made(world)).toEqual(before);
    expect(world.watch.inForce).toBe(0);
  });

  it("and as many as the setting allows are made", async () => {
    const world = createMirrorWorld({ environment: { OROT_MIRROR_MAX_SECRETS: "41" } });
    addWallets(world, 1, many(31));
    expect((await world.startProcess().call(MIRROR))?.responseCode).toBe(200);
    expect(made(world)).toHaveLength(41);
  });

  it("and names that change at every fetch do not fill the vault, one set after the other", async () => {
    const world = createMirrorWorld();
    for (let round = 0; round < 6; round += 1) {
      const { wallets } = world.emulator.state.ces;
      wallets.splice(0);
      world.emulator.admin.createWallet({ users: many(40, `R${round}_`), files: [] });
      world.watch.served();
      await world.startProcess().call(MIRROR);
      await world.clock.sleep(120_000);
    }
    expect(made(world)).toHaveLength(120);
  });

  it("and what is there counts once, so that a set that was begun is finished", async () => {
    const world = createMirrorWorld({ environment: { OROT_MIRROR_MAX_SECRETS: "10" } });
    world.emulator.faults.add({ call: "create-secret", kind: "killed-after", occurrence: 5 });
    expect(await world.startProcess().call(MIRROR)).toBeNull();
    expect(made(world).length).toBeGreaterThan(0);
    await world.clock.sleep(400_000);
    expect((await world.startProcess().call(MIRROR))?.responseCode).toBe(200);
    expect(made(world)).toHaveLength(10);
  });
});
