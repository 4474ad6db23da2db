import { describe, expect, test } from "vitest";
import { Secret } from "../../../src/base/secret.ts";
import { makeOwnValue } from "../../../src/clients/issuers/own-value.ts";
import { createSeededEntropy } from "../../../src/emulator/core/seeded-entropy.ts";
import { uaaClient } from "../../support/clients.ts";
import { regenerateByHand, writeVersion } from "../../support/outside-changes.ts";
import type { WorldOptions } from "../../support/world.ts";
import { outcomeOf, useWorlds } from "../../support/worlds.ts";
import { DAY_MS, HOUR_MS, type KindName, namedIn, type Sent, sceneAt, setAtIssuer } from "./scene.ts";

const world = useWorlds();
type Switches = NonNullable<WorldOptions["switches"]>;
const callerChosen: readonly KindName[] = ["uaa", "keycloak", "oci-iam-caller"];

// Found at the built function: the next heal installed and promoted it, and he had a credential that worked.
describe.each(callerChosen)("at %s a PENDING version of the client's own with a value that somebody knows", (kind) => {
  test.each<Sent>(["heal", "rotate", "compromised", "retire"])("is never given to the issuer by: %s", async (what) => {
    const scene = await sceneAt(world, kind);
    const { w, attacker, planted, send } = scene;
    const number = attacker.store(planted);
    for (const after of [0, HOUR_MS, DAY_MS]) {
      await w.clock.sleep(after);
      const { returnMessage } = await send(what);
      expect(attacker.harm()).toEqual([]);
      if (after === 0) {
        expect(returnMessage).toContain(`version ${number} is PENDING and was not made by the rotator`);
        expect(namedIn(scene, "version-not-made-by-rotator")).toEqual([number]);
      }
    }
    expect(w.currentVerdict()).toBe("accepted");
  });

  test("is replaced by the four steps", async () => {
    const { w, attacker, planted } = await sceneAt(world, kind);
    attacker.store(planted);
    const answers = await w.steps();
    expect(answers.map(outcomeOf)).toEqual(["OK 200", "OK 200", "OK 200", "OK 200"]);
    expect(w.versions()).toBe("1:PREVIOUS 2:DEPRECATED 3:CURRENT");
    expect(attacker.harm()).toEqual([]);
  });

  test("blocks nothing: a rotation does not wait for it, and a heal has nothing to do", async () => {
    const { w, attacker, planted, send } = await sceneAt(world, kind, { switches: { "updating-polls": 0 } });
    await w.clock.sleep(DAY_MS);
    attacker.store(planted);
    const started = w.clock.now();
    expect(outcomeOf(await send("heal"))).toBe("NOTHING_TO_DO 200");
    expect(outcomeOf(await send("rotate"))).toBe("OK 200");
    expect(w.clock.now() - started).toBeLessThan(10_000);
    expect(attacker.harm()).toEqual([]);
  });

  // At a UAA it once left a value behind that nobody could promote, and no room for another.
  test.each<[string, Switches]>([
    ["promotes what it has pushed out", {}],
    ["does not promote that", { "promote-deprecated": "refused" }],
  ])("stored right before any request of a rotation does no harm, where Vault %s", async (_how, switches) => {
    for (let at = 0; ; at++) {
      const { w, attacker, meddler, planted, send } = await sceneAt(world, kind, { switches });
      let hasActed = false;
      meddler.before(at, () => {
        hasActed = true;
        attacker.store(planted);
      });
      await send("rotate");
      expect(attacker.harm(), `before request ${at}`).toEqual([]);
      if (!hasActed) break;
      await w.clock.sleep(DAY_MS);
      expect(outcomeOf(await send("heal")), `before request ${at}`).toMatch(/^(OK|NOTHING_TO_DO) 200$/);
      await w.clock.sleep(3 * DAY_MS);
      expect(outcomeOf(await send("rotate")), `before request ${at}`).toMatch(/^(OK|ALREADY_ROTATED) 200$/);
      expect(attacker.harm(), `before request ${at}`).toEqual([]);
      expect(w.currentVerdict()).toBe("accepted");
    }
  });
});

describe.each(callerChosen)("at %s a value that somebody knows, stored as CURRENT of the client's own", (kind) => {
  test.each([0, 1])(
    "after %i rotations costs no value: the one that works is CURRENT again, and the next rotations go on",
    async (before) => {
      const { w, attacker, planted, send } = await sceneAt(world, kind);
      for (let left = before; left > 0; left--) {
        expect(outcomeOf(await send("rotate"))).toBe("OK 200");
        await w.clock.sleep(HOUR_MS);
      }
      attacker.store(planted, "CURRENT");
      await w.clock.sleep(HOUR_MS);
      expect(outcomeOf(await send("heal"))).toBe("OK 200");
      expect(w.currentVerdict()).toBe("accepted");
      await w.clock.sleep(3 * DAY_MS);
      for (let left = 2; left > 0; left--) {
        expect(outcomeOf(await send("rotate"))).toBe("OK 200");
        await w.clock.sleep(3 * DAY_MS);
      }
      expect(w.currentVerdict()).toBe("accepted");
      expect(attacker.harm()).toEqual([]);
    },
  );
});

describe("with CURRENT dead and nobody else to ask, such a version", () => {
  test("is not given to the issuer, and the failure names it", async () => {
    const { w, attacker, planted, send } = await sceneAt(world, "oci-iam-caller");
    regenerateByHand(w, "made-in-the-console");
    w.canary.add("made-in-the-console");
    attacker.store(planted);
    await w.clock.sleep(HOUR_MS);
    const answer = await send("heal");
    expect(outcomeOf(answer)).toBe("LOCKED_OUT 400");
    expect(answer.returnMessage).toContain("version 2 is PENDING and was not made by the rotator");
    expect(attacker.harm()).toEqual([]);
  });
});

describe("with CURRENT dead, a second authority, and a value made by somebody who once knew CURRENT's", () => {
  // The value leaked, so an administrator of the issuer has ended it: what was made from it proves nothing any more.
  test.each(["heal", "rotate"] as const)(
    "that value is not given to the issuer by %s: a new one is made",
    async (what) => {
      const scene = await sceneAt(world, "uaa", { client: uaaClient({ warden: ["clients.admin"] }) });
      const { w, attacker, send } = scene;
      const { secretId, client } = w;
      setAtIssuer(w, "set-by-an-administrator-of-the-issuer");
      const named = { issuer: "uaa", base: "https://uaa.emulated.example/uaa", clientId: client.clientId };
      const known = makeOwnValue(createSeededEntropy(7), {
        secretId,
        client: { ...named, realm: null, tenant: null, tokenUrl: null, subject: null },
        clientSecret: new Secret(client.secret),
      });
      attacker.store({ ...client.content, clientSecret: known.reveal() });
      await w.clock.sleep(HOUR_MS);
      expect(outcomeOf(await send(what))).toBe("OK 200");
      expect(client.accepts(known.reveal())).toBe(false);
      expect(w.versions()).toBe("1:PREVIOUS 2:DEPRECATED 3:CURRENT");
      expect(w.currentVerdict()).toBe("accepted");
    },
  );
});

describe.each(callerChosen)("at %s a PENDING version that an edition without proofs has left", (kind) => {
  /** As that edition made them: 48 random bytes. */
  const OLD_VALUE = "Q2hhbmdlZC1ieS1hbi1lZGl0aW9uLXdpdGhvdXQtcHJvb2ZzLTAwMDAwMDAwMDA";

  test("is promoted where it had been installed", async () => {
    const { w, send } = await sceneAt(world, kind);
    const { client } = w;
    w.canary.add(OLD_VALUE);
    setAtIssuer(w, OLD_VALUE);
    await writeVersion(w, { ...client.content, [client.rotatedMember]: OLD_VALUE });
    expect(outcomeOf(await send("heal"))).toBe("OK 200");
    expect(w.versions()).toBe("1:PREVIOUS 2:CURRENT");
    expect(w.currentVerdict()).toBe("accepted");
  });

  test("is replaced where it had not, and named", async () => {
    const scene = await sceneAt(world, kind);
    const { w, send } = scene;
    const { client } = w;
    w.canary.add(OLD_VALUE);
    await writeVersion(w, { ...client.content, [client.rotatedMember]: OLD_VALUE });
    const healed = await send("heal");
    expect(outcomeOf(healed)).toBe("NOTHING_TO_DO 200");
    expect(healed.returnMessage).toContain("version 2 is PENDING and was not made by the rotator");
    expect(outcomeOf(await send("rotate"))).toBe("OK 200");
    expect(w.versions()).toBe("1:PREVIOUS 2:DEPRECATED 3:CURRENT");
    expect(client.accepts(OLD_VALUE)).toBe(false);
    expect(w.currentVerdict()).toBe("accepted");
  });
});
