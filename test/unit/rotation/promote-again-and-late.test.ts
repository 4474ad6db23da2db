import { describe, expect, test } from "vitest";
import type { FaultKind } from "../../../src/emulator/core/faults.ts";
import { regenerateByHand } from "../../support/outside-changes.ts";
import { outcomeOf, useWorlds } from "../../support/worlds.ts";

const world = useWorlds();

describe("PROMOTE_PENDING_VERSION", () => {
  test("repeated is answered 200 and promotes once", async () => {
    const w = await world();
    await w.step("CREATE_PENDING_VERSION");
    for (let again = 0; again < 3; again++) {
      const answer = await w.step("PROMOTE_PENDING_VERSION", 3);
      expect(outcomeOf(answer)).toBe("OK 200");
      expect(answer.versionNo).toBe(3);
    }
    expect(w.calls().filter((call) => call === "promote")).toHaveLength(1);
    expect(w.versions()).toBe("1:PREVIOUS 2:DEPRECATED 3:CURRENT");
  });

  test("of CURRENT that does not log in any more is no success", async () => {
    const w = await world();
    regenerateByHand(w, "made-in-the-console");
    expect(outcomeOf(await w.step("PROMOTE_PENDING_VERSION", 1))).toBe("PENDING_REJECTED 409");
  });

  test("logs in with the version just before it promotes it", async () => {
    const w = await world();
    await w.step("CREATE_PENDING_VERSION");
    await w.step("UPDATE_TARGET_SYSTEM");
    w.calls();
    await w.step("PROMOTE_PENDING_VERSION", 3);
    const calls = w.calls();
    expect(calls.indexOf("token-pending")).toBe(calls.indexOf("promote") - 1);
  });

  test("does not promote what died since UPDATE_TARGET_SYSTEM", async () => {
    const w = await world();
    await w.step("CREATE_PENDING_VERSION");
    expect((await w.step("UPDATE_TARGET_SYSTEM")).versionNo).toBe(3);
    regenerateByHand(w, "made-in-the-console");
    await w.clock.sleep(60_000);
    expect(outcomeOf(await w.step("PROMOTE_PENDING_VERSION", 3))).toBe("PENDING_REJECTED 409");
    expect(w.versions()).toBe("1:CURRENT 2:DEPRECATED 3:PENDING");
  });

  test.each<FaultKind>([
    "refused",
    "answer-lost",
    "conflict",
    "precondition-failed",
    "rate-limited",
    "server-error-before",
    "server-error-after",
    "truncated",
    "too-slow",
    "lands-late",
  ])("whose write meets %s looks again, and ends with the version CURRENT", async (kind) => {
    const w = await world();
    await w.step("CREATE_PENDING_VERSION");
    w.emulator.faults.add({ call: "promote", kind });
    const answer = await w.step("PROMOTE_PENDING_VERSION", 3);
    expect(outcomeOf(answer)).toBe("OK 200");
    expect(w.versions()).toBe("1:PREVIOUS 2:DEPRECATED 3:CURRENT");
  });

  test.each(["conflict", "precondition-failed", "rate-limited"] as const)(
    "whose write meets %s again and again for some seconds ends with the version CURRENT",
    async (kind) => {
      const w = await world();
      await w.step("CREATE_PENDING_VERSION");
      w.emulator.faults.add({ call: "promote", kind, count: 4 });
      expect(outcomeOf(await w.step("PROMOTE_PENDING_VERSION", 3))).toBe("OK 200");
      expect(w.versions()).toBe("1:PREVIOUS 2:DEPRECATED 3:CURRENT");
    },
  );

  test("whose write always fails ends with 503 before the deadline, and the version stays PENDING", async () => {
    const w = await world();
    await w.step("CREATE_PENDING_VERSION");
    w.emulator.faults.add({ call: "promote", kind: "server-error-before", count: 1000 });
    expect(outcomeOf(await w.step("PROMOTE_PENDING_VERSION", 3))).toBe("VAULT_UNAVAILABLE 503");
    expect(w.versions()).toBe("1:CURRENT 2:DEPRECATED 3:PENDING");
  });

  test("before everything else promotes no version that does not exist", async () => {
    const w = await world();
    expect(outcomeOf(await w.step("PROMOTE_PENDING_VERSION", 3))).toBe("VERSION_NOT_PROMOTABLE 400");
  });
});
