import { describe, expect, test } from "vitest";
import { outcomeOf, useWorlds } from "../../support/worlds.ts";
import { DAY_MS, type KindName, type Scene, sceneAt } from "./scene.ts";

const world = useWorlds();
const LIMIT = 30;

/** Junk under the names that the rotator's next versions would have, once the junk itself is there. */
function takeNames({ w, attacker, planted }: Scene, endings: (next: number) => readonly string[], count: number): void {
  const next = w.emulator.admin.versions(w.secretId).length + count + 1;
  for (const ending of endings(next)) attacker.store(planted, "PENDING", `orot-${ending}`);
}

// Found at the built function: the claim was written, the value minted, and never stored.
describe.each<KindName>(["oci-iam", "uaa", "keycloak", "oci-iam-caller"])("names taken beforehand at %s", (kind) => {
  test.each<[string, (next: number) => string[], number]>([
    ["the next one", (next) => [`${next}`], 1],
    ["the one after it, and what once followed that", (next) => [`${next + 1}`, `${next + 1}.1`], 2],
    ["the next three", (next) => [0, 1, 2].map((at) => `${next + at}`), 3],
    [
      "the next three, and what once followed them",
      (next) => [0, 1, 2].flatMap((at) => [`${next + at}`, `${next + at}.1`]),
      6,
    ],
  ])("cost nothing: %s", async (_which, endings, count) => {
    const scene = await sceneAt(world, kind);
    const { w, attacker, send } = scene;
    await w.clock.sleep(DAY_MS);
    takeNames(scene, endings, count);
    expect(outcomeOf(await send("rotate"))).toBe("OK 200");
    expect(w.currentVerdict()).toBe("accepted");
    expect(attacker.harm()).toEqual([]);
  });

  test("cost nothing taken right before any write, the name that is to be written and the one after it", async () => {
    for (const call of ["write-claim", "write-pending"] as const) {
      const scene = await sceneAt(world, kind);
      const { w, attacker, meddler, planted, send } = scene;
      meddler.before(call, () => {
        const next = w.emulator.admin.versions(w.secretId).length + 1;
        attacker.store(planted, "PENDING", `orot-${next}`);
        attacker.store(planted, "PENDING", `orot-${next + 1}`);
      });
      await send("rotate");
      await w.clock.sleep(DAY_MS);
      expect(outcomeOf(await send("heal")), call).toMatch(/^(OK|NOTHING_TO_DO) 200$/);
      expect(w.currentVerdict(), call).toBe("accepted");
      expect(attacker.harm(), call).toEqual([]);
    }
  });
});

describe("an unsaved value", () => {
  test.each<Exclude<KindName, "uaa" | "keycloak" | "oci-iam-caller">>(["oci-iam"])(
    "of %s is stored although somebody has filled the secret since the claim",
    async (kind) => {
      const scene = await sceneAt(world, kind);
      const { w, attacker, meddler, planted, send } = scene;
      meddler.before("regenerate", () => {
        const { versions } = w.emulator.admin.secret(w.secretId);
        while (versions.length < LIMIT) attacker.store(planted);
      });
      expect(outcomeOf(await send("rotate"))).toBe("OK 200");
      expect(w.currentVerdict()).toBe("accepted");
      expect(attacker.harm()).toEqual([]);
      // 1 was CURRENT, 2 is the claim: room was made among what came after them, and the log names it.
      const leaving = w.emulator.admin.versions(w.secretId).filter(({ deletionAt }) => deletionAt !== null);
      expect(leaving.length).toBeGreaterThan(0);
      for (const { number } of leaving) {
        expect(number).toBeGreaterThan(2);
        expect(w.log).toContainEqual(
          expect.objectContaining({ event: "room-made", versionNo: number, outcome: "done" }),
        );
      }
    },
  );

  test("has no room made for it where some is left", async () => {
    const { w, attacker, meddler, planted, send } = await sceneAt(world, "oci-iam");
    meddler.before("regenerate", () => {
      const { versions } = w.emulator.admin.secret(w.secretId);
      while (versions.length < LIMIT - 1) attacker.store(planted);
    });
    expect(outcomeOf(await send("rotate"))).toBe("OK 200");
    expect(w.emulator.admin.versions(w.secretId).filter(({ deletionAt }) => deletionAt !== null)).toEqual([]);
    expect(w.log.map(({ event }) => event)).not.toContain("room-made");
  });

  test("is stored although somebody writes before each try to store it", async () => {
    const { w, attacker, meddler, send } = await sceneAt(world, "oci-iam", { switches: { "updating-polls": 0 } });
    let writes = 0;
    meddler.beforeEach("write-pending", () => {
      writes += 1;
      attacker.note({ rogue: writes });
    });
    expect(outcomeOf(await send("rotate"))).toBe("OK 200");
    expect(w.currentVerdict()).toBe("accepted");
    // Three races are lost; then the name alone holds off a second writer.
    expect(writes).toBe(4);
    expect(attacker.harm()).toEqual([]);
  });

  test("is not given up while his writes leave the secret UPDATING before each look", async () => {
    const { w, attacker, meddler, send } = await sceneAt(world, "oci-iam");
    let left = 20;
    meddler.before("regenerate", () => {
      meddler.beforeEach("get-secret", () => {
        if (left-- > 0) attacker.note({ rogue: left });
      });
    });
    expect(outcomeOf(await send("rotate"))).toBe("OK 200");
    expect(w.currentVerdict()).toBe("accepted");
    expect(attacker.harm()).toEqual([]);
  });
});

describe("a secret that somebody has filled before a rotation", () => {
  test("keeps its rotation from starting, by an answer that says so, and loses nothing", async () => {
    const { w, attacker, planted, send } = await sceneAt(world, "uaa");
    for (let left = LIMIT - 1 - 3; left > 0; left--) attacker.store(planted);
    const before = w.client.state();
    const answer = await send("rotate");
    expect(outcomeOf(answer)).toBe("NO_VERSION_SLOTS 409");
    expect(w.client.state()).toEqual(before);
    expect(attacker.harm()).toEqual([]);
    expect(w.currentVerdict()).toBe("accepted");
  });
});
