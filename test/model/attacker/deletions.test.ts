import { describe, expect, test } from "vitest";
import { outcomeOf, useWorlds } from "../../support/worlds.ts";
import { DAY_MS, HIS, type KindName, type Scene, sceneAt } from "./scene.ts";

const world = useWorlds();
const kindsOfIssuer: readonly KindName[] = ["oci-iam", "uaa", "keycloak", "oci-iam-caller"];

function leaving({ w }: Scene): number[] {
  const versions = w.emulator.admin.versions(w.secretId);
  return versions.flatMap(({ number, deletionAt }) => (deletionAt === null ? [] : [number]));
}

/** The mark of a claim, as somebody writes it who can read none: beside his own text, with a base of his choice. */
const marked = (content: Readonly<Record<string, unknown>>, base: number) => ({
  ...content,
  _rotation: { v: 1, kind: "claim", callId: "rogue", ttlSeconds: 90, base, takeovers: 0 },
});

/** Three rotations: what is older than the last has its turn only once more than six are DEPRECATED. */
async function rotated(kind: KindName, environment: Record<string, string> = {}) {
  const scene = await sceneAt(world, kind, { environment: { OROT_GRACE_HOURS: "0", ...environment } });
  for (let left = 3; left > 0; left--) {
    expect(outcomeOf(await scene.w.rotate())).toBe("OK 200");
    await scene.w.clock.sleep(DAY_MS);
  }
  return { ...scene, own: scene.w.emulator.admin.versions(scene.w.secretId).length };
}

// Found at the built function: a heal scheduled the deletion of the only working value, a right that the writer lacks.
describe.each(kindsOfIssuer)("at %s a heal schedules no deletion for somebody who may only write", (kind) => {
  test.each<[string, (scene: Scene) => void]>([
    ["junk of the secret's own client", ({ attacker, planted }) => attacker.storeMany(9, planted)],
    ["junk of another client", ({ attacker, evil }) => attacker.storeMany(9, evil)],
    ["junk that nobody understands", ({ attacker }) => attacker.storeMany(9, "not json")],
    [
      "claims with a base beyond every version",
      ({ attacker, planted }) => attacker.storeMany(9, marked(planted, 1_000_000_000)),
    ],
    [
      "claims with CURRENT's true number and another text",
      ({ attacker, planted, w }) => {
        const { length } = w.emulator.admin.versions(w.secretId);
        attacker.storeMany(9, marked(planted, length));
      },
    ],
  ])("by %s, below his own CURRENT or the true one", async (_what, store) => {
    for (const ownCurrent of ["none", "evil", "planted"] as const) {
      const scene = await rotated(kind);
      const { w, attacker, send, own } = scene;
      const without = leaving(scene);
      store(scene);
      if (ownCurrent !== "none") attacker.store(scene[ownCurrent], "CURRENT");
      await w.clock.sleep(DAY_MS);
      await send("heal");
      // The last rotation's value and what it came from, whatever lies above them.
      const kept = Array.from({ length: own }, (_, index) => index + 1).filter((number) => number > own - 2);
      expect(
        leaving(scene).filter((number) => kept.includes(number)),
        ownCurrent,
      ).toEqual([]);
      if (ownCurrent === "evil")
        expect(
          leaving(scene).filter((number) => number <= own),
          ownCurrent,
        ).toEqual(without);
      expect(w.accepted(own), ownCurrent).toEqual([own]);
      expect(attacker.harm(), ownCurrent).toEqual([]);
    }
  });

  test("by an older version made CURRENT: nothing above it goes", async () => {
    const scene = await rotated(kind, { OROT_KEEP_DEPRECATED_VERSIONS: "0" });
    const { w, attacker, send, own } = scene;
    const before = leaving(scene);
    attacker.promote(1);
    await w.clock.sleep(DAY_MS);
    await send("heal");
    expect(leaving(scene).filter((number) => !before.includes(number) && number >= own - 2)).toEqual([]);
    expect(w.currentVerdict()).toBe("accepted");
    expect(attacker.harm()).toEqual([]);
  });

  test("nor are his versions in the way once he has gone: the next rotations go on", async () => {
    const scene = await rotated(kind);
    const { w, attacker, planted, evil, send } = scene;
    for (const content of [planted, evil, "not json", planted, evil]) attacker.store(content);
    await w.clock.sleep(DAY_MS);
    for (let left = 2; left > 0; left--) {
      expect(outcomeOf(await send("rotate"))).toBe("OK 200");
      await w.clock.sleep(DAY_MS);
    }
    expect(w.currentVerdict()).toBe("accepted");
    expect(attacker.harm()).toEqual([]);
  });
});

test("without him the same heal would have deletions to schedule, of what the rotator itself has left behind", async () => {
  const scene = await rotated("oci-iam", { OROT_KEEP_DEPRECATED_VERSIONS: "0" });
  await scene.send("heal");
  expect(leaving(scene)).not.toEqual([]);
});

test("his own client's versions are left to him, too, where he has made it CURRENT: they bear no name of ours", async () => {
  const scene = await sceneAt(world, "oci-iam", { environment: { OROT_KEEP_DEPRECATED_VERSIONS: "0" } });
  const { w, attacker, evil, send } = scene;
  attacker.storeMany(3, { ...evil, appSecret: `${HIS}-older` });
  attacker.store(evil, "CURRENT");
  attacker.store(evil, "CURRENT");
  await w.clock.sleep(DAY_MS);
  await send("heal");
  expect(leaving(scene)).toEqual([]);
});
