import { describe, expect, test } from "vitest";
import { sentToHim } from "../../support/attacker.ts";
import { startProcess } from "../../support/processes.ts";
import { outcomeOf, useWorlds } from "../../support/worlds.ts";
import { DAY_MS, HIS, HOUR_MS, namedIn, type Sent, sceneAt } from "./scene.ts";

const world = useWorlds();

// Found at the built function: PREVIOUS's living client secret went as `oldSecret` to a host of the attacker's.
describe("CURRENT at a place of the attacker's, named as ours, and no grace for what was there before", () => {
  test.each<[Sent, number]>([
    ["retire", 0],
    ["rotate", 0],
    ["compromised", 0],
    ["heal", 0],
    ["heal", DAY_MS + HOUR_MS],
  ])(
    "%s, after %i ms, sends nothing there but what he knows, and changes nothing at the client's own",
    async (what, after) => {
      const scene = await sceneAt(world, "uaa");
      const { w, attacker, evil, send } = scene;
      const before = w.client.state();
      attacker.store(evil, "CURRENT", "orot-2");
      attacker.note({ noGrace: 2 });
      await w.clock.sleep(after);
      await send(what);
      expect(attacker.harm()).toEqual([]);
      expect(w.client.state()).toEqual(before);
      expect(namedIn(scene, "version-of-another-client")).toContain(1);
      // He owns the place, so his own client is served there like any other.
      expect(sentToHim(w)).toBeGreaterThan(0);
    },
  );

  test("is not gone back from by a rollback: PREVIOUS is of another client, and the answer names the command", async () => {
    const { w, attacker, evil, send } = await sceneAt(world, "uaa");
    attacker.store(evil, "CURRENT", "orot-2");
    const answer = await send("rollback");
    expect(outcomeOf(answer)).toBe("ROLLBACK_REFUSED 409");
    expect(answer.returnMessage).toContain(
      `oci vault secret update --secret-id ${w.secretId} --current-version-number 1`,
    );
    expect(w.versions()).toBe("1:PREVIOUS 2:CURRENT");
    expect(sentToHim(w)).toBe(0);
  });

  test.each(["retire", "rotate", "compromised", "heal"] as const)(
    "where two values work %s ends neither of them, and tells nobody any",
    async (what) => {
      const scene = await sceneAt(world, "uaa");
      const { w, attacker, evil, send } = scene;
      expect(outcomeOf(await w.rotate())).toBe("OK 200");
      attacker.store(evil, "CURRENT", "orot-3");
      attacker.note({ noGrace: 3 });
      await w.clock.sleep(2 * DAY_MS);
      await send(what);
      expect(attacker.harm()).toEqual([]);
      expect(w.accepted(1, 2)).toEqual([1, 2]);
    },
  );

  test.each(["uaa", "keycloak", "oci-iam-caller"] as const)(
    "at %s a value that waits to be installed is installed nowhere else",
    async (kind) => {
      const scene = await sceneAt(world, kind);
      const { w, attacker, evil, send } = scene;
      w.emulator.faults.add({ call: "install", kind: "killed-before" });
      expect(await startProcess(w, 1).call({ secretId: w.secretId })).toBeNull();
      const before = w.client.state();
      const waiting = w.emulator.admin.versions(w.secretId).length;
      attacker.store(evil, "CURRENT", `orot-${waiting + 1}`);
      await w.clock.sleep(HOUR_MS);
      for (const what of ["heal", "rotate"] as const) {
        await send(what);
        expect(attacker.harm()).toEqual([]);
        expect(w.client.state()).toEqual(before);
      }
      expect(namedIn(scene, "version-of-another-client")).toContain(waiting);
    },
  );
});

// Found at the built function: the bearer token of the DEPRECATED claim went to the attacker's domain.
describe("CURRENT at a domain of the attacker's within three hours of an ordinary rotation", () => {
  test.each<[string, Sent, "accepts" | "refuses"]>([
    ["a heal that finds nothing wrong", "heal", "accepts"],
    ["a heal that finds it dead", "heal", "refuses"],
    ["a rotation", "rotate", "accepts"],
    ["a rotation that finds it dead", "rotate", "refuses"],
    ["a rotation of compromised values", "compromised", "refuses"],
  ])("%s sends no token of the claim there, where his domain then %s", async (_what, sent, how) => {
    const scene = await sceneAt(world, "oci-iam");
    const { w, attacker, evil, send } = scene;
    expect(outcomeOf(await w.rotate())).toBe("OK 200");
    await w.clock.sleep(HOUR_MS);
    attacker.store(how === "accepts" ? evil : { ...evil, appSecret: `${HIS}?` }, "CURRENT");
    // As long as the question waits that a heal asks beside.
    await w.clock.sleep(120_000);
    const mints = w.emulator.admin.app(w.app.clientId).mints;
    const answer = await send(sent);
    expect(sentToHim(w)).toBeGreaterThan(0);
    expect(attacker.harm()).toEqual([]);
    expect(w.emulator.admin.app(w.app.clientId).mints).toBe(mints);
    expect(w.accepted(3)).toEqual([3]);
    if (how === "refuses" && sent === "heal") {
      expect(outcomeOf(answer)).toBe("LOCKED_OUT 400");
      expect(answer.returnMessage).toContain("versions 1, 2, 3 are of another client than CURRENT");
    }
    await w.clock.sleep(120_000);
    await send("heal");
    expect(attacker.harm()).toEqual([]);
  });

  test("the same heal without him asks whether that token survives: it would have had something to send", async () => {
    const { w, send } = await sceneAt(world, "oci-iam");
    await w.rotate();
    await w.clock.sleep(HOUR_MS);
    w.calls();
    expect(outcomeOf(await send("heal"))).toBe("NOTHING_TO_DO 200");
    expect(w.calls()).toContain("read-app");
  });
});
