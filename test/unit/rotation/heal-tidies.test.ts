import { describe, expect, test } from "vitest";
import { DAY_MS } from "../../../src/base/durations.ts";
import { contentWith, writeVersion } from "../../support/outside-changes.ts";
import { outcomeOf, type TestWorld, useWorlds } from "../../support/worlds.ts";

const world = useWorlds();

/** Each rotation writes a claim and, above it, a credential. */
async function rotateTimes(w: TestWorld, times: number, everyMs = DAY_MS): Promise<void> {
  for (let rotation = 0; rotation < times; rotation++) {
    expect(outcomeOf(await w.rotate())).toBe("OK 200");
    await w.clock.sleep(everyMs);
  }
}

async function heal(w: TestWorld): Promise<void> {
  expect(outcomeOf(await w.call({ action: "heal", secretId: w.secretId }))).toBe("NOTHING_TO_DO 200");
}

/** Numbers of the versions that await deletion. */
function leaving(w: TestWorld): number[] {
  return w.emulator.admin
    .versions(w.secretId)
    .flatMap(({ number, deletionAt }) => (deletionAt === null ? [] : [number]));
}

const keep = (count: number) => ({ environment: { OROT_KEEP_DEPRECATED_VERSIONS: String(count) } });

describe("after a heal", () => {
  test("spent claims and all but the newest six DEPRECATED credentials are on their way out", async () => {
    const w = await world();
    await rotateTimes(w, 9);
    await heal(w);
    // 19 is CURRENT, 17 PREVIOUS, 18 the newest claim; 5 to 15 are the newest six DEPRECATED credentials. The rest is in turn.
    expect(leaving(w)).toEqual([1, 2, 3, 4, 6, 8, 10, 12, 14, 16]);
  });

  test.each([0, 1, 3])("OROT_KEEP_DEPRECATED_VERSIONS=%i keeps this many credentials", async (count) => {
    const w = await world(keep(count));
    await rotateTimes(w, 5);
    await heal(w);
    // 11 is CURRENT, 9 PREVIOUS, 10 the newest claim.
    expect(leaving(w).filter((number) => number % 2 === 0)).toEqual([2, 4, 6, 8]);
    expect(leaving(w).filter((number) => number % 2 === 1)).toEqual([1, 3, 5, 7].slice(0, 4 - count));
  });

  test("at most ten are scheduled at once, the others by the next", async () => {
    const w = await world(keep(0));
    await rotateTimes(w, 8);
    await heal(w);
    expect(leaving(w)).toHaveLength(10);
    await heal(w);
    expect(leaving(w)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]);
  });

  test.each([1, 2, 30])("a deletion is scheduled %i days ahead", async (days) => {
    const w = await world({ environment: { ...keep(0).environment, OROT_VERSION_DELETION_DAYS: String(days) } });
    await rotateTimes(w, 2);
    const now = w.clock.now();
    await heal(w);
    const deletionAt = w.emulator.admin.versions(w.secretId)[0]?.deletionAt ?? 0;
    expect(deletionAt - now).toBeGreaterThanOrEqual(days * DAY_MS - 5_000);
    expect(deletionAt - now).toBeLessThanOrEqual(days * DAY_MS + 2 * 3_600_000);
  });

  test("claims stay while their tokens live", async () => {
    const w = await world(keep(0));
    await rotateTimes(w, 4, 60_000);
    await heal(w);
    // And with them what they were made from: without it they could not be told to be ours.
    expect(leaving(w)).toEqual([]);
    await w.clock.sleep(DAY_MS);
    await heal(w);
    expect(leaving(w)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(w.versions()).toMatch(/7:PREVIOUS 8:DEPRECATED 9:CURRENT$/);
  });

  test("a version with a mark that is not known stays forever", async () => {
    const w = await world(keep(0));
    await writeVersion(w, { ...contentWith(w, w.app.secret), _rotation: { v: 9 } }, { ageSeconds: 86_400 });
    await rotateTimes(w, 3);
    await heal(w);
    expect(leaving(w)).not.toContain(2);
    expect(leaving(w)).toContain(1);
  });

  test("a refused deletion is a warning and never a failure", async () => {
    const w = await world({ ...keep(0), switches: { deny: ["schedule-version-deletion"] } });
    await rotateTimes(w, 3);
    await heal(w);
    expect(leaving(w)).toEqual([]);
    const warnings = w.log.filter((line) => line["level"] === "warn");
    expect(warnings).toContainEqual(expect.objectContaining({ event: "tidy-failed", stage: "tidy" }));
    expect(JSON.stringify(warnings)).toContain("manage secret-versions");
  });

  test.each(["list-versions", "get-secret"] as const)(
    "Vault that fails at %s while tidying leaves the answer as it is",
    async (call) => {
      const w = await world(keep(0));
      await rotateTimes(w, 3);
      // The heal itself finds the secret ACTIVE after a poll, and lists once; everything later belongs to tidying.
      w.emulator.faults.add({ call, kind: "unauthorized", occurrence: call === "get-secret" ? 3 : 2, count: 100 });
      await heal(w);
      expect(leaving(w)).toEqual([]);
      expect(w.log).toContainEqual(expect.objectContaining({ event: "tidy-failed" }));
    },
  );
});

describe("what does not tidy", () => {
  test("is a step or a whole rotation with room to spare", async () => {
    const w = await world(keep(0));
    await rotateTimes(w, 3);
    await w.steps();
    expect(leaving(w)).toEqual([]);
    expect(w.emulator.requests.map(({ call }) => call)).not.toContain("schedule-version-deletion");
  });
});

describe("before a claim", () => {
  test("with fewer than six slots free a rotation makes room, and goes on", async () => {
    const w = await world();
    await rotateTimes(w, 12);
    expect(leaving(w)).toEqual([]);
    expect(outcomeOf(await w.rotate())).toBe("OK 200");
    expect(leaving(w).length).toBeGreaterThan(0);
    expect(w.versions()).toMatch(/25:PREVIOUS 26:DEPRECATED 27:CURRENT$/);
    expect(w.currentVerdict()).toBe("accepted");
  });

  test("where Vault refuses writes while a version awaits deletion, the rotation takes its deletions back", async () => {
    const w = await world({ ...keep(0), switches: { "update-during-version-deletion": "refused" } });
    await rotateTimes(w, 3);
    await heal(w);
    expect(leaving(w)).not.toEqual([]);
    expect(outcomeOf(await w.rotate())).toBe("OK 200");
    expect(w.currentVerdict()).toBe("accepted");
    expect(w.emulator.admin.app(w.app.clientId).mints).toBe(4);
  });
});

test("onStage is called for each version that is scheduled for deletion", async () => {
  const w = await world(keep(0));
  await rotateTimes(w, 3);
  const heard: string[] = [];
  await w.handler(Buffer.from(JSON.stringify({ action: "heal", secretId: w.secretId })), {
    callID: "01TIDY",
    deadline: null,
    onStage: ({ stage, outcome }) => heard.push(`${stage} ${outcome}`),
  });
  expect(heard.filter((note) => note === "tidy deletion-scheduled")).toHaveLength(leaving(w).length);
  expect(leaving(w)).not.toEqual([]);
});
