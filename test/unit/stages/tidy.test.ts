import { describe, expect, test } from "vitest";
import { tidyable } from "../../../src/stages/tidy.ts";
import type { VersionStage } from "../../../src/vault/store.ts";
import { outcomeOf, type TestWorld, useWorlds } from "../../support/worlds.ts";

const world = useWorlds();

async function rotateTimes(w: TestWorld, times: number): Promise<void> {
  for (let rotation = 0; rotation < times; rotation++) {
    expect(outcomeOf(await w.rotate())).toBe("OK 200");
    await w.clock.sleep(3_600_000);
  }
}

/** Numbers of the versions that await deletion. */
function leaving(w: TestWorld): number[] {
  return w.emulator.admin
    .versions(w.secretId)
    .flatMap(({ number, deletionAt }) => (deletionAt === null ? [] : [number]));
}

describe("after a promote", () => {
  test("the newest six DEPRECATED versions are kept, older ones are scheduled for deletion", async () => {
    const w = await world();
    await rotateTimes(w, 9);
    // 10 is CURRENT, 9 is PREVIOUS, 3 to 8 are the newest DEPRECATED ones.
    expect(leaving(w)).toEqual([1, 2]);
  });

  test.each([0, 1, 3])("OROT_KEEP_DEPRECATED_VERSIONS=%i keeps so many", async (keep) => {
    const w = await world({ environment: { OROT_KEEP_DEPRECATED_VERSIONS: String(keep) } });
    await rotateTimes(w, 5);
    // 6 is CURRENT, 5 is PREVIOUS, four are DEPRECATED.
    expect(leaving(w)).toEqual([1, 2, 3, 4].slice(0, 4 - keep));
  });

  test.each([1, 2, 30])("a deletion is scheduled %i days ahead", async (days) => {
    const environment = { OROT_KEEP_DEPRECATED_VERSIONS: "0", OROT_VERSION_DELETION_DAYS: String(days) };
    const w = await world({ environment });
    await w.rotate();
    const now = w.clock.now();
    await w.rotate();
    const deletionAt = w.emulator.admin.versions(w.secretId)[0]?.deletionAt ?? 0;
    expect(Math.abs(deletionAt - now - days * 86_400_000)).toBeLessThan(5_000);
  });

  test("CURRENT, PREVIOUS and the newest version stay whatever is set", async () => {
    const w = await world({ environment: { OROT_KEEP_DEPRECATED_VERSIONS: "0" } });
    await rotateTimes(w, 4);
    expect(w.versions()).toMatch(/4:PREVIOUS 5:CURRENT$/);
    expect(w.currentVerdict()).toBe("accepted");
  });

  test("a refused deletion is a warning and never a failure", async () => {
    const w = await world({
      environment: { OROT_KEEP_DEPRECATED_VERSIONS: "0" },
      switches: { deny: ["schedule-version-deletion"] },
    });
    await rotateTimes(w, 3);
    expect(leaving(w)).toEqual([]);
    const warnings = w.log.filter((line) => line["level"] === "warn");
    expect(warnings).toContainEqual(expect.objectContaining({ event: "tidy-failed", stage: "tidy" }));
    expect(JSON.stringify(warnings)).toContain("manage secret-versions");
  });

  test.each(["list-versions", "get-secret"] as const)(
    "Vault that fails at %s while tidying leaves the success as it is",
    async (call) => {
      const w = await world({ environment: { OROT_KEEP_DEPRECATED_VERSIONS: "0" } });
      await w.rotate();
      await w.step("CREATE_PENDING_VERSION");
      w.calls();
      // PROMOTE reads the secret once before it promotes; everything later belongs to tidying.
      w.emulator.faults.add({ call, kind: "unauthorized", occurrence: call === "get-secret" ? 2 : 1, count: 100 });
      expect(outcomeOf(await w.step("PROMOTE_PENDING_VERSION", 3))).toBe("OK 200");
      expect(w.versions()).toContain("3:CURRENT");
    },
  );

  test("where Vault refuses writes while a version awaits deletion, the next rotation still loses no client secret", async () => {
    const environment = { OROT_KEEP_DEPRECATED_VERSIONS: "0" };
    const w = await world({ environment, switches: { "update-during-version-deletion": "refused" } });
    await rotateTimes(w, 2);
    expect(leaving(w)).toEqual([1]);
    await w.rotate();
    const stored = w.emulator.admin.versions(w.secretId).map(({ number }) => w.valueOf(number));
    expect(stored.includes(w.emulator.admin.app(w.app.clientId).secret)).toBe(true);
  });

  test("nothing is tidied by VERIFY, UPDATE or CREATE with room to spare", async () => {
    const w = await world({ environment: { OROT_KEEP_DEPRECATED_VERSIONS: "0" } });
    await rotateTimes(w, 3);
    const before = leaving(w);
    await w.step("VERIFY_CONNECTION");
    await w.step("CREATE_PENDING_VERSION");
    await w.step("UPDATE_TARGET_SYSTEM");
    expect(leaving(w)).toEqual(before);
  });
});

describe("what may be tidied", () => {
  const version = (versionNo: number, stage: VersionStage, isBeingDeleted = false) => ({
    versionNo,
    name: null,
    versionStages: [stage],
    createdAt: 0,
    isBeingDeleted,
  });

  test("is DEPRECATED below CURRENT's number, beyond the newest that are kept", () => {
    const versions = [
      version(9, "DEPRECATED"),
      version(8, "PENDING"),
      version(7, "DEPRECATED"),
      version(6, "CURRENT"),
      version(5, "PREVIOUS"),
      version(4, "DEPRECATED"),
      version(3, "DEPRECATED", true),
      version(2, "DEPRECATED"),
      version(1, "DEPRECATED"),
    ];
    const numbers = (keep: number) => tidyable({ versions, asOf: 0 }, 6, keep).map(({ versionNo }) => versionNo);
    expect(numbers(0)).toEqual([4, 2, 1]);
    expect(numbers(1)).toEqual([2, 1]);
    expect(numbers(3)).toEqual([]);
  });
});
