import { describe, expect, test } from "vitest";
import { edfiClient, uaaClient } from "../../support/clients.ts";
import { startProcess } from "../../support/processes.ts";
import { outcomeOf, useWorlds } from "../../support/worlds.ts";
import { DAY_MS, HIS, HOUR_MS, type KindName, sceneAt, setAtIssuer } from "./scene.ts";

const world = useWorlds();

/** Every request of the call has the attacker act right before it, once in a world of its own. */
async function beforeEachRequest(act: (at: number) => Promise<boolean>): Promise<number> {
  let at = 0;
  while (await act(at)) at += 1;
  return at;
}

// Found at the real handler: authorities and their proofs outlive the look, and the authority's own bearer went to the attacker's host.
describe("CURRENT of the attacker's in the middle of a call that finds CURRENT dead", () => {
  test.each(["accepts", "refuses"])(
    "gets nothing of a second authority's, whenever it comes, where his host %s it",
    async (how) => {
      const requests = await beforeEachRequest(async (at) => {
        const client = uaaClient({ warden: ["clients.admin"] });
        const { w, attacker, meddler, evil: own, send } = await sceneAt(world, "uaa", { client });
        const evil = how === "accepts" ? own : { ...own, clientSecret: `${HIS}?` };
        setAtIssuer(w, "set-by-an-administrator-of-the-issuer");
        await w.clock.sleep(HOUR_MS);
        let hasActed = false;
        meddler.before(at, () => {
          hasActed = true;
          attacker.store(evil, "CURRENT");
        });
        const answer = await send("heal");
        expect(attacker.harm(), `before request ${at}`).toEqual([]);
        if (!hasActed) expect(outcomeOf(answer)).toBe("OK 200");
        return hasActed;
      });
      // Both logins, the authority's secret and its login, the store and the install: else this would not have met them.
      expect(requests).toBeGreaterThan(15);
    },
  );

  test("the answer says that another client is in CURRENT, and what to look at", async () => {
    const { w, attacker, meddler, evil, send } = await sceneAt(world, "uaa", {
      client: uaaClient({ warden: ["clients.admin"] }),
    });
    setAtIssuer(w, "set-by-an-administrator-of-the-issuer");
    await w.clock.sleep(HOUR_MS);
    meddler.before("install", () => attacker.store(evil, "CURRENT"));
    const answer = await send("heal");
    expect(outcomeOf(answer)).toBe("CLIENT_CHANGED 409");
    expect(answer.returnMessage).toContain("another client has been stored in CURRENT since this call began");
    expect(attacker.harm()).toEqual([]);
  });
});

describe("CURRENT of the attacker's while a value is unsaved that exists nowhere else", () => {
  test.each<[string, "write-pending" | "token-pending"]>([["before it is stored", "write-pending"]])(
    "%s: it is stored first, beside its own client, and then the call ends",
    async (_when, before) => {
      const { w, attacker, meddler, evil, send } = await sceneAt(world, "oci-iam");
      meddler.before(before, () => attacker.store(evil, "CURRENT"));
      const answer = await send("rotate");
      expect(outcomeOf(answer)).toBe("CLIENT_CHANGED 409");
      // 1 was CURRENT, 2 is the claim, 3 the attacker's.
      expect(w.versions()).toBe("1:PREVIOUS 2:DEPRECATED 3:CURRENT 4:PENDING");
      expect(w.accepted(4)).toEqual([4]);
      expect(JSON.parse(w.emulator.admin.content(w.secretId, 4) ?? "{}")).toEqual({
        ...w.client.content,
        appSecret: w.valueOf(4),
      });
      expect(attacker.harm()).toEqual([]);
    },
  );

  test("at an issuer where an administrator alone may ask, the same", async () => {
    const { w, attacker, meddler, send } = await sceneAt(world, "uaa", {
      client: edfiClient(),
      environment: { OROT_ISSUER_ORIGINS: "https://cms.emulated.example" },
    });
    const evil = { ...w.client.content, url: "https://cms.emulated.example/evil" };
    meddler.before("write-pending", () => attacker.store(evil, "CURRENT"));
    expect(outcomeOf(await send("rotate"))).toBe("CLIENT_CHANGED 409");
    const newest = w.emulator.admin.versions(w.secretId).at(-1);
    expect(newest?.versionStages).toContain("PENDING");
    expect(w.accepted(newest?.number ?? 0)).toEqual([newest?.number]);
  });
});

describe.each<KindName>(["oci-iam", "oci-iam-caller", "uaa", "keycloak"])(
  "CURRENT of the attacker's right before any request of a rotation at %s",
  (kind) => {
    test("tells him nothing and costs nothing: with CURRENT set right the next calls finish it", async () => {
      await beforeEachRequest(async (at) => {
        const { w, attacker, meddler, evil, send } = await sceneAt(world, kind);
        let his = 0;
        meddler.before(at, () => {
          his = attacker.store(evil, "CURRENT");
        });
        await send("rotate");
        expect(attacker.harm(), `before request ${at}`).toEqual([]);
        if (his === 0) return false;
        await w.clock.sleep(HOUR_MS);
        await send("heal");
        expect(attacker.harm(), `a heal after his write before request ${at}`).toEqual([]);
        // Its owner makes the newest version CURRENT that is not the attacker's.
        const { versions } = w.emulator.admin.secret(w.secretId);
        const own = versions.findLast(({ number, deletionAt, stage }) => {
          const isTheirs =
            number !== his && w.valueOf(number) !== undefined && w.valueOf(number) !== evil[w.client.rotatedMember];
          return (
            isTheirs &&
            deletionAt === null &&
            stage !== "CURRENT" &&
            isOfClient(w.emulator.admin.content(w.secretId, number), w.client.content)
          );
        });
        if (w.currentVerdict() !== "accepted" && own !== undefined) attacker.promote(own.number);
        await w.clock.sleep(3 * HOUR_MS);
        await send("heal");
        await w.clock.sleep(2 * DAY_MS);
        expect(outcomeOf(await send("rotate")), `before request ${at}`).toBe("OK 200");
        expect(w.currentVerdict(), `before request ${at}`).toBe("accepted");
        expect(attacker.harm(), `at the end, before request ${at}`).toEqual([]);
        return true;
      });
    });
  },
);

/** Whether a version names the secret's own client, as its owner sees at a glance. */
function isOfClient(text: string | undefined, content: Readonly<Record<string, unknown>>): boolean {
  const held = JSON.parse(text ?? "{}");
  return ["url", "realm", "iamDomainInstanceId"].every((name) => held[name] === content[name]);
}

test("two processes: what one has learnt of CURRENT's client the other looks up itself", async () => {
  const { w, attacker, evil, send } = await sceneAt(world, "uaa");
  expect(outcomeOf(await send("rotate"))).toBe("OK 200");
  attacker.store(evil, "CURRENT", "orot-3");
  const other = startProcess(w, 1);
  await other.call({ secretId: w.secretId, action: "retire" });
  await other.call({ secretId: w.secretId, step: "PROMOTE_PENDING_VERSION", versionNo: 2 });
  await w.step("PROMOTE_PENDING_VERSION", 2);
  expect(attacker.harm()).toEqual([]);
  expect(w.versions()).toBe("1:DEPRECATED 2:PREVIOUS 3:CURRENT");
});
