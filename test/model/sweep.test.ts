import { describe, expect, test } from "vitest";
import { contentWith, writeVersion } from "../support/outside-changes.ts";
import { silenceSdk } from "../support/silence-sdk.ts";
import { createWorld } from "../support/world.ts";
import { asTestWorld } from "../support/worlds.ts";
import { isStored, runSchedule, schedules, unverifiedPromotions } from "./sweep.ts";

silenceSdk();

describe("the checker of the sweep", () => {
  test("sees a version that was promoted without a login", async () => {
    const w = asTestWorld(await createWorld(), []);
    await writeVersion(w, contentWith(w, "never-was-one"));
    const url = `https://vaults.emulated.example/20180608/secrets/${w.secretId}`;
    const body = JSON.stringify({ currentVersionNumber: 2 });
    await w.emulator.transport({ method: "PUT", url, headers: {}, body, deadline: w.clock.monotonic() + 10_000 });
    expect(w.versions()).toBe("1:PREVIOUS 2:CURRENT");
    expect(unverifiedPromotions(w)).toEqual(["version 2 was promoted unverified"]);
  });

  test("sees nothing unverified in a rotation", async () => {
    const w = asTestWorld(await createWorld(), []);
    await w.steps();
    expect(unverifiedPromotions(w)).toEqual([]);
    expect(isStored(w)).toBe(true);
  });

  test("sees a client secret that no version holds", async () => {
    const w = asTestWorld(await createWorld(), []);
    w.emulator.admin.app(w.app.clientId).secret = "nowhere";
    expect(isStored(w)).toBe(false);
  });

  test("says so where the fault met no call", async () => {
    const result = await runSchedule(
      { switches: {} },
      { flow: "whole", call: "read-app", occurrence: 1, kind: "refused" },
    );
    expect(result.violations).toContain("the fault struck nothing");
  });

  test("goes through every call of the undisturbed run", async () => {
    const all = await schedules({ switches: {} }, "whole");
    const calls = all.filter(({ kind }) => kind === "refused").map(({ call, occurrence }) => `${call}:${occurrence}`);
    expect(calls).toEqual([
      ...["get-secret:1", "list-versions:1", "read-current:1", "token-current:1"],
      ...["write-claim:1", "get-secret:2", "get-secret:3", "regenerate:1"],
      ...["write-pending:1", "get-secret:4", "get-secret:5", "token-pending:1"],
      ...["list-versions:2", "promote:1"],
    ]);
    expect(new Set(calls).size).toBe(calls.length);
    expect(all).toHaveLength(calls.length * 14);
  });
});
