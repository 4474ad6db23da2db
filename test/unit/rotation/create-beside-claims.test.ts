import { describe, expect, test } from "vitest";
import { contentWith, writeVersion } from "../../support/outside-changes.ts";
import { startProcess } from "../../support/processes.ts";
import { STEPS } from "../../support/world.ts";
import { outcomeOf, type TestWorld, useWorlds } from "../../support/worlds.ts";

const world = useWorlds();

/** How long a claim without takeovers is respected by other runs: its time and the landing bound. */
const LIFE_MS = 150_000;

const heal = (w: TestWorld) => w.call({ action: "heal", secretId: w.secretId });

function markIn(w: TestWorld, versionNo: number): Record<string, unknown> {
  return JSON.parse(w.emulator.admin.content(w.secretId, versionNo) ?? "{}")["_rotation"];
}

/** A rotation that dies right after it has written its claim. */
async function dieAfterClaim(w: TestWorld, seed: number): Promise<void> {
  w.emulator.faults.add({ call: "write-claim", kind: "killed-after" });
  expect(await startProcess(w, seed).call({ secretId: w.secretId })).toBeNull();
}

describe("the claim of a call that died", () => {
  test("is waited for by a whole rotation, which then takes over with its own claim", async () => {
    const w = await world();
    await dieAfterClaim(w, 1);
    const claimedAt = w.emulator.admin.versions(w.secretId)[1]?.createdAt ?? 0;
    w.calls();
    expect(outcomeOf(await w.rotate())).toBe("OK 200");
    expect(w.versions()).toBe("1:PREVIOUS 2:DEPRECATED 3:DEPRECATED 4:CURRENT");
    const taken = w.emulator.requests.filter(({ call }) => call === "write-claim").at(-1);
    expect((taken?.time ?? 0) - claimedAt).toBeGreaterThanOrEqual(LIFE_MS);
    expect(w.emulator.admin.app(w.app.clientId).mints).toBe(1);
  });

  test("doubles the wait with each takeover, and says so in the successor's", async () => {
    const w = await world();
    await dieAfterClaim(w, 1);
    await w.clock.sleep(LIFE_MS);
    await dieAfterClaim(w, 2);
    expect(markIn(w, 2)).toMatchObject({ takeovers: 0, base: 1 });
    expect(markIn(w, 3)).toMatchObject({ takeovers: 1, base: 1 });
    expect(outcomeOf(await w.step("CREATE_PENDING_VERSION", null, LIFE_MS / 1000 + 60))).toBe("CLAIM_LIVE 503");
    await w.clock.sleep(LIFE_MS);
    expect(outcomeOf(await w.step("CREATE_PENDING_VERSION"))).toBe("OK 200");
    expect(markIn(w, 4)).toMatchObject({ takeovers: 2, base: 1 });
    expect(w.emulator.admin.app(w.app.clientId).mints).toBe(1);
  });

  test("no longer counts as taken over once a credential has been stored above it", async () => {
    const w = await world();
    await dieAfterClaim(w, 1);
    await w.clock.sleep(LIFE_MS);
    await w.rotate();
    await w.clock.sleep(LIFE_MS * 2);
    await w.rotate();
    expect([2, 3, 5].map((versionNo) => markIn(w, versionNo)["takeovers"])).toEqual([0, 1, 0]);
  });

  test("is renewed in each takeover: own call id, own token", async () => {
    const w = await world();
    await dieAfterClaim(w, 1);
    await w.clock.sleep(LIFE_MS);
    await dieAfterClaim(w, 2);
    const [first, second] = [markIn(w, 2), markIn(w, 3)];
    expect(second["callId"]).not.toBe(first["callId"]);
    expect(typeof second["token"]).toBe("string");
  });
});

describe.each([
  ["a later edition", { v: 2, kind: "claim", callId: "later", ttlSeconds: 5, base: 1, takeovers: 0 }],
  ["another kind", { v: 1, kind: "lease", until: "2026-11-02T00:00:00Z" }],
  ["no shape at all", null],
])("a version with a mark of %s", (_what, mark) => {
  const marked = (w: TestWorld) => ({ ...contentWith(w, w.app.secret), _rotation: mark });

  test("is live with the greatest factor: nothing is written, and a heal does not wait", async () => {
    const w = await world();
    await writeVersion(w, marked(w), { ageSeconds: (64 * LIFE_MS) / 1000 - 400 });
    const before = w.state();
    expect(outcomeOf(await w.step("CREATE_PENDING_VERSION"))).toBe("CLAIM_LIVE 503");
    expect(outcomeOf(await heal(w))).toBe("NOTHING_TO_DO 200");
    expect(w.state()).toEqual(before);
  });

  test("is inert afterwards: a rotation goes on over it", async () => {
    const w = await world();
    await writeVersion(w, marked(w), { ageSeconds: (64 * LIFE_MS) / 1000 });
    expect(outcomeOf(await w.rotate())).toBe("OK 200");
    expect(w.versions()).toBe("1:PREVIOUS 2:DEPRECATED 3:DEPRECATED 4:CURRENT");
    expect(markIn(w, 3)).toMatchObject({ takeovers: 0 });
  });

  test("is never promoted, by number or in any other way", async () => {
    const w = await world();
    await writeVersion(w, marked(w), { ageSeconds: (64 * LIFE_MS) / 1000 });
    const before = w.state();
    expect(outcomeOf(await w.step("PROMOTE_PENDING_VERSION", 2))).toBe("VERSION_NOT_PROMOTABLE 400");
    expect(outcomeOf(await w.step("UPDATE_TARGET_SYSTEM", 2))).toBe("NOTHING_PENDING 409");
    expect((await w.step("VERIFY_CONNECTION")).versionNo).toBe(1);
    expect(outcomeOf(await heal(w))).toBe("NOTHING_TO_DO 200");
    expect(w.state()).toEqual(before);
  });
});

test("a version with a mark that is not known is named in the answer that it holds up", async () => {
  const w = await world();
  await writeVersion(w, { ...contentWith(w, w.app.secret), _rotation: { v: 9 } }, { ageSeconds: 60 });
  const answer = await w.step("CREATE_PENDING_VERSION", null, 60);
  expect(outcomeOf(answer)).toBe("CLAIM_LIVE 503");
  expect(answer.returnMessage).toMatch(/version 2\b/);
});

describe("a claim", () => {
  test("is never the answer of a step: each names the credential above it", async () => {
    const w = await world();
    const answers = await w.steps();
    expect(answers.map(({ versionNo }) => versionNo)).toEqual([1, 3, 3, 3]);
    expect(STEPS).toHaveLength(answers.length);
    expect(markIn(w, 2)).toMatchObject({ kind: "claim" });
    expect(markIn(w, 3)).toBeUndefined();
  });

  test("is refused by its number in every version stage", async () => {
    const w = await world();
    await dieAfterClaim(w, 1);
    expect(outcomeOf(await w.step("PROMOTE_PENDING_VERSION", 2))).toBe("VERSION_NOT_PROMOTABLE 400");
    await w.clock.sleep(LIFE_MS);
    await w.rotate();
    expect(outcomeOf(await w.step("PROMOTE_PENDING_VERSION", 2))).toBe("VERSION_NOT_PROMOTABLE 400");
    expect(outcomeOf(await w.step("PROMOTE_PENDING_VERSION", 3))).toBe("VERSION_NOT_PROMOTABLE 400");
  });
});
