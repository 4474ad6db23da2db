import { describe, expect, test } from "vitest";
import { claimWith, contentWith, writeVersion } from "../../support/outside-changes.ts";
import { startProcess } from "../../support/processes.ts";
import { outcomeOf, type TestWorld, useWorlds } from "../../support/worlds.ts";
import { DAY_MS, HOUR_MS, sceneAt } from "./scene.ts";

const world = useWorlds();
const FAR = "9999-12-31T23:59:59.000Z";
const LONG_AGO = "1970-01-01T00:00:00.000Z";

const own = ({ emulator, secretId }: TestWorld) =>
  JSON.parse(String(emulator.admin.secret(secretId).metadata["orot"] ?? "{}"));

/** A UAA after one rotation: both values work, and the grace of the older one is a day. */
async function overlapping(environment: Record<string, string> = {}) {
  const scene = await sceneAt(world, "uaa", { environment });
  expect(outcomeOf(await scene.send("rotate"))).toBe("OK 200");
  return scene;
}

// Found at the built function: CLAIM_LIVE or GRACE_RUNNING for ever.
describe("metadata of the year 9999", () => {
  test("as a lease is nobody's: a retirement, a rotation and a heal go on at once", async () => {
    for (const what of ["retire", "rotate", "heal"] as const) {
      const { w, attacker, send } = await overlapping();
      await w.clock.sleep(DAY_MS + HOUR_MS);
      attacker.note({ lease: { callId: "rogue", until: FAR } });
      expect(outcomeOf(await send(what)), what).toBe("OK 200");
      expect(attacker.harm()).toEqual([]);
    }
  });

  test("as the time since when CURRENT is CURRENT begins no grace that does not end", async () => {
    const { w, attacker, send } = await overlapping();
    attacker.note({ currentSince: { version: 2, at: FAR } });
    // Nobody has noted it as far as anybody believes: it is noted now, and a day from now on it is over.
    await send("heal");
    expect(Date.parse(own(w).currentSince.at)).toBeLessThanOrEqual(w.clock.now());
    expect(outcomeOf(await send("retire"))).toBe("GRACE_RUNNING 409");
    await w.clock.sleep(DAY_MS + HOUR_MS);
    expect(outcomeOf(await send("retire"))).toBe("OK 200");
    expect(w.accepted(1, 2)).toEqual([2]);
  });
});

describe("a lease", () => {
  test.each<[string, number, string]>([
    ["as long as the longest that a call may take is waited for", HOUR_MS, "CLAIM_LIVE 503"],
    ["for longer is none", 2 * HOUR_MS, "OK 200"],
  ])("%s", async (_how, ms, outcome) => {
    const { w, attacker, send } = await overlapping();
    await w.clock.sleep(DAY_MS + HOUR_MS);
    attacker.note({ lease: { callId: "rogue", until: new Date(w.clock.now() + ms).toISOString() } });
    expect(outcomeOf(await send("retire"))).toBe(outcome);
  });

  test("that is none does not begin anew with each look: it ends nothing and delays nothing later either", async () => {
    const { w, attacker, send } = await overlapping();
    attacker.note({ lease: { callId: "rogue", until: FAR } });
    await w.clock.sleep(DAY_MS + HOUR_MS);
    expect(outcomeOf(await send("heal"))).toBe("OK 200");
    expect(w.accepted(1, 2)).toEqual([2]);
    await w.clock.sleep(DAY_MS);
    expect(outcomeOf(await send("rotate"))).toBe("OK 200");
  });
});

describe("since when CURRENT is CURRENT", () => {
  test.each<[string, (w: TestWorld) => object]>([
    ["before it was made", () => ({ version: 2, at: LONG_AGO })],
    ["ten minutes from now", (w) => ({ version: 2, at: new Date(w.clock.now() + 600_000).toISOString() })],
    ["of another version", () => ({ version: 1, at: LONG_AGO })],
    ["no time at all", () => ({ version: 2, at: "soon" })],
  ])(
    "%s is as if nobody had noted it: the grace begins now, and neither ends early nor never",
    async (_which, since) => {
      const { w, attacker, send } = await overlapping();
      await w.clock.sleep(HOUR_MS);
      attacker.note({ currentSince: since(w) });
      expect(outcomeOf(await send("heal"))).toBe("NOTHING_TO_DO 200");
      expect(outcomeOf(await send("retire"))).toBe("GRACE_RUNNING 409");
      expect(w.accepted(1, 2)).toEqual([1, 2]);
      await w.clock.sleep(DAY_MS + HOUR_MS);
      expect(outcomeOf(await send("retire"))).toBe("OK 200");
    },
  );
});

describe("up to which version no value has a grace", () => {
  test.each([1_000_000_000, 3, 2.5, -1, "2"])("%s, with 2 the highest, ends no grace early", async (noGrace) => {
    const { w, attacker, send } = await overlapping();
    attacker.note({ noGrace });
    expect(outcomeOf(await send("retire"))).toBe("GRACE_RUNNING 409");
    expect(outcomeOf(await send("heal"))).toBe("NOTHING_TO_DO 200");
    expect(w.accepted(1, 2)).toEqual([1, 2]);
  });

  test("does not grow into belief: what lies beyond every version now is not noted for later ones", async () => {
    const { w, attacker, send } = await overlapping({ OROT_GRACE_HOURS: "24" });
    attacker.note({ noGrace: 3 });
    await w.clock.sleep(DAY_MS + HOUR_MS);
    expect(outcomeOf(await send("compromised"))).toBe("OK 200");
    expect(own(w).noGrace).toBe(2);
  });
});

describe("whether tokens survive", () => {
  test.each([FAR, "2030-01-01T00:00:00.000Z", LONG_AGO])(
    "asked at %s is not believed: it is asked anew, and is no way back meanwhile",
    async (askedAt) => {
      const { w, attacker, send } = await sceneAt(world, "oci-iam", { switches: { "old-tokens": "die" } });
      attacker.note({ tokenSurvives: { yes: true, askedAt } });
      w.environment["OROT_REQUIRE_WAY_BACK"] = "true";
      expect(outcomeOf(await send("rotate"))).toBe("NO_WAY_BACK 409");
      w.environment["OROT_REQUIRE_WAY_BACK"] = "false";
      expect(outcomeOf(await send("rotate"))).toBe("OK 200");
      await w.clock.sleep(120_000);
      await send("heal");
      expect(own(w).tokenSurvives).toMatchObject({ yes: false });
    },
  );
});

describe("a claim of somebody who can read CURRENT", () => {
  const rotated = async (w: TestWorld) => outcomeOf(await w.rotate());

  test("is left alone for an hour at the most, whatever time it gives itself", async () => {
    const { w } = await sceneAt(world, "oci-iam");
    await writeVersion(w, claimWith(w, { ttlSeconds: 86_400 }), { ageSeconds: 3_300 });
    expect(await rotated(w)).toBe("CLAIM_LIVE 503");
    await w.clock.sleep(200_000);
    expect(await rotated(w)).toBe("OK 200");
  });

  test("is left alone no longer for takeovers that the list does not show", async () => {
    const { w } = await sceneAt(world, "oci-iam");
    await writeVersion(w, claimWith(w, { takeovers: 1_000_000 }), { ageSeconds: 150 });
    expect(await rotated(w)).toBe("OK 200");
  });

  test("keeps its token for 31 days at the most: then it is tidied like any other", async () => {
    const { w } = await sceneAt(world, "oci-iam", { environment: { OROT_KEEP_DEPRECATED_VERSIONS: "0" } });
    await writeVersion(w, claimWith(w, { token: "not-one-of-the-issuer's", tokenExpiresAt: FAR }), {
      ageSeconds: 86_400,
    });
    expect(await rotated(w)).toBe("OK 200");
    await w.clock.sleep(DAY_MS);
    expect(await rotated(w)).toBe("OK 200");
    const leaves = () => w.emulator.admin.versions(w.secretId).find(({ number }) => number === 2)?.deletionAt !== null;
    await w.call({ secretId: w.secretId, action: "heal" });
    expect(leaves()).toBe(false);
    await w.clock.sleep(30 * DAY_MS);
    await w.call({ secretId: w.secretId, action: "heal" });
    expect(leaves()).toBe(true);
  });
});

describe.each<[string, object]>([
  ["with CURRENT's true number and a text of his own", { base: 1 }],
  ["with a number beyond every version", { base: 1_000_000_000 }],
  ["that gives no number", { base: undefined }],
  ["of a kind that nobody knows", { base: 1, kind: "note" }],
  ["of a later edition", { base: 1, v: 9 }],
  ["of a later edition that gives no number", { base: undefined, v: 9 }],
])("a mark of somebody who cannot read, %s", (_which, mark) => {
  const forged = (w: TestWorld) => {
    const _rotation = { v: 1, kind: "claim", callId: "rogue", ttlSeconds: 3_600, takeovers: 6, ...mark };
    return { ...contentWith(w, "made-up-by-the-attacker-0123456789"), _rotation };
  };

  test("keeps nobody waiting, and is never promoted", async () => {
    const { w, attacker, send } = await sceneAt(world, "oci-iam", { switches: { "updating-polls": 0 } });
    const number = attacker.store(forged(w));
    const started = w.clock.now();
    expect(outcomeOf(await send("heal"))).toBe("NOTHING_TO_DO 200");
    expect(outcomeOf(await w.step("PROMOTE_PENDING_VERSION", number))).toBe("VERSION_NOT_PROMOTABLE 400");
    expect(outcomeOf(await send("rotate"))).toBe("OK 200");
    expect(w.clock.now() - started).toBeLessThan(20_000);
    expect(w.currentVerdict()).toBe("accepted");
  });

  test("is named where it is met, and no token in it is used", async () => {
    const { w, attacker, send } = await sceneAt(world, "oci-iam");
    const content = forged(w);
    attacker.store({ ...content, _rotation: { ...content._rotation, token: "his-token", tokenExpiresAt: FAR } });
    const answer = await send("heal");
    expect(answer.returnMessage).toContain("version 2 is of another client than CURRENT, or cannot be understood");
    for (const { authorization } of w.emulator.requests) expect(authorization.reveal()).not.toContain("his-token");
  });
});

describe("a claim of the edition before this one", () => {
  test("is believed as ever: a heal finishes by its token what was lost, also from a pretty-printed content", async () => {
    const w = await world({
      switches: { "app-read-back": "empty" },
      content: (sample) => JSON.stringify(sample, null, 2),
    });
    w.emulator.faults.add({ call: "regenerate", kind: "killed-after" });
    expect(await startProcess(w, 1).call({ secretId: w.secretId })).toBeNull();
    rewriteAsBefore(w, 2);
    await w.clock.sleep(160_000);
    expect(outcomeOf(await w.call({ secretId: w.secretId, action: "heal" }))).toBe("OK 200");
    expect(w.versions()).toBe("1:PREVIOUS 2:DEPRECATED 3:DEPRECATED 4:CURRENT");
    expect(w.currentVerdict()).toBe("accepted");
  });

  test("is the lock of its writer while it is young", async () => {
    const w = await world();
    w.emulator.faults.add({ call: "regenerate", kind: "killed-before" });
    expect(await startProcess(w, 1).call({ secretId: w.secretId })).toBeNull();
    rewriteAsBefore(w, 2);
    expect(outcomeOf(await w.call({ secretId: w.secretId }, 60))).toBe("CLAIM_LIVE 503");
  });
});

/** Writes a claim anew as that edition wrote it: the text of CURRENT, and the mark as its last member. */
function rewriteAsBefore(w: TestWorld, versionNo: number): void {
  const mark = JSON.parse(w.emulator.admin.content(w.secretId, versionNo) ?? "{}")._rotation;
  const current = w.emulator.admin.content(w.secretId, 1) ?? "";
  const { callId, ttlSeconds, base, takeovers, token, tokenExpiresAt } = mark;
  const written = JSON.stringify({ v: 1, kind: "claim", callId, ttlSeconds, base, takeovers, token, tokenExpiresAt });
  const end = /\s*\}\s*$/.exec(current)?.index ?? 0;
  const text = `${current.slice(0, end)},"_rotation":${written}${current.slice(end)}`;
  const version = w.emulator.admin.secret(w.secretId).versions[versionNo - 1];
  if (version === undefined) throw new Error(`there is no version ${versionNo}`);
  Object.assign(version, { content: Buffer.from(text).toString("base64") });
}
