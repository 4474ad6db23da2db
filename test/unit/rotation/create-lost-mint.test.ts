import { describe, expect, test } from "vitest";
import { contentWith, regenerateByHand, writeVersion } from "../../support/outside-changes.ts";
import { expectOnlyClaimed, outcomeOf, useWorlds } from "../../support/worlds.ts";

const world = useWorlds();

const unanswered = ["answer-lost", "server-error-after", "truncated", "too-slow"] as const;

describe("a regeneration that was not answered but took effect", () => {
  test.each(unanswered)("(%s) is read back from the App, and nothing is minted again", async (kind) => {
    const w = await world();
    w.emulator.faults.add({ call: "regenerate", kind });
    expect(outcomeOf(await w.rotate())).toBe("OK 200");
    expect(w.emulator.admin.app(w.app.clientId).mints).toBe(1);
    expect(w.currentVerdict()).toBe("accepted");
  });

  test.each(
    (["empty", "masked", "forbidden"] as const).flatMap((readBack) =>
      unanswered.map((kind) => [readBack, kind] as const),
    ),
  )("and whose App is %s (%s), is made once more with the token of CURRENT's login", async (readBack, kind) => {
    const w = await world({ switches: { "app-read-back": readBack } });
    w.emulator.faults.add({ call: "regenerate", kind });
    expect(outcomeOf(await w.rotate())).toBe("OK 200");
    expect(w.emulator.admin.app(w.app.clientId).mints).toBe(2);
    expect(w.currentVerdict()).toBe("accepted");
    expect(JSON.stringify(w.log)).not.toContain("****");
  });

  test.each(unanswered)(
    "(%s) with tokens that die says that the client is locked out, and what to do",
    async (kind) => {
      const w = await world({ switches: { "app-read-back": "empty", "old-tokens": "die" } });
      w.emulator.faults.add({ call: "regenerate", kind });
      const answer = await w.rotate();
      expect(outcomeOf(answer)).toBe("LOCKED_OUT 400");
      expect(answer.returnMessage).toContain("Next: regenerate in the console");
      expect(w.versions()).toBe("1:CURRENT 2:PENDING");
      // As the answer says: made in the console, stored as PENDING, healed.
      regenerateByHand(w, "made-in-the-console");
      await writeVersion(w, contentWith(w, "made-in-the-console"));
      expect(outcomeOf(await w.call({ secretId: w.secretId, action: "heal" }))).toBe("OK 200");
      expect(w.versions()).toBe("1:PREVIOUS 2:DEPRECATED 3:CURRENT");
      expect(w.currentVerdict()).toBe("accepted");
    },
  );

  test("is waited for while the old secret still works, and then read back", async () => {
    const w = await world({ switches: { "old-secret-dies": 20_000 } });
    w.emulator.faults.add({ call: "regenerate", kind: "answer-lost" });
    expect(outcomeOf(await w.rotate())).toBe("OK 200");
    expect(w.emulator.admin.app(w.app.clientId).mints).toBe(1);
  });

  test("is never sent again before it can have landed", async () => {
    const w = await world({ switches: { "app-read-back": "empty", "late-ms": 50_000 } });
    w.emulator.faults.add({ call: "regenerate", kind: "lands-late" });
    expect(outcomeOf(await w.rotate())).toBe("OK 200");
    const mints = w.emulator.requests.filter(({ call }) => call === "regenerate");
    expect(mints).toHaveLength(2);
    expect(mints[0]?.landedAt).toBeLessThanOrEqual(mints[1]?.time ?? 0);
    expect(w.currentVerdict()).toBe("accepted");
  });

  test("and never landed is sent again only after the landing bound", async () => {
    const w = await world();
    w.emulator.faults.add({ call: "regenerate", kind: "server-error-before" });
    expect(outcomeOf(await w.rotate())).toBe("OK 200");
    const [first, second] = w.emulator.requests.filter(({ call }) => call === "regenerate");
    expect((second?.time ?? 0) - (first?.time ?? 0)).toBeGreaterThanOrEqual(60_000);
    expect(w.emulator.admin.app(w.app.clientId).mints).toBe(1);
  });

  test("is tried twice a call and no more", async () => {
    const w = await world();
    w.emulator.faults.add({ call: "regenerate", kind: "server-error-before", count: 100 });
    const answer = await w.rotate();
    expect(answer.responseCode).toBe(503);
    expect(w.calls().filter((call) => call === "regenerate")).toHaveLength(2);
    expectOnlyClaimed(w);
  });

  test("is written to the log as a warning", async () => {
    const w = await world();
    w.emulator.faults.add({ call: "regenerate", kind: "answer-lost" });
    await w.rotate();
    expect(w.log).toContainEqual(
      expect.objectContaining({ level: "warn", event: "mint-unanswered", code: "ISSUER_UNAVAILABLE" }),
    );
  });
});

describe("a second regeneration that was not answered either", () => {
  test("with CURRENT dead before it is waited for, since what is read back earlier may be replaced", async () => {
    const w = await world();
    w.emulator.faults.add({ call: "regenerate", kind: "answer-lost" });
    w.emulator.faults.add({ call: "read-app", kind: "client-error" });
    w.emulator.faults.add({ call: "regenerate", kind: "lands-late", occurrence: 2 });
    const answer = await w.step("CREATE_PENDING_VERSION");
    await w.clock.sleep(60_000);
    const isPendingGood = w.emulator.admin.login(w.app.clientId, w.valueOf(answer.versionNo ?? 0) ?? "") === "accepted";
    expect(isPendingGood).toBe(outcomeOf(answer) === "OK 200");
  });
});

describe("reading the App back", () => {
  test.each(["answer-lost", "truncated", "rate-limited", "server-error-before", "refused", "too-slow"] as const)(
    "is asked again after %s",
    async (kind) => {
      const w = await world();
      w.emulator.faults.add({ call: "regenerate", kind: "answer-lost" });
      w.emulator.faults.add({ call: "read-app", kind });
      expect(outcomeOf(await w.rotate())).toBe("OK 200");
      expect(w.emulator.admin.app(w.app.clientId).mints).toBe(1);
    },
  );

  test("of a value that the issuer refuses once is not the end", async () => {
    const w = await world();
    w.emulator.faults.add({ call: "regenerate", kind: "answer-lost" });
    w.emulator.faults.add({ call: "token-pending", kind: "unauthorized" });
    expect(outcomeOf(await w.rotate())).toBe("OK 200");
    expect(w.currentVerdict()).toBe("accepted");
  });
});

describe("a regeneration that was refused", () => {
  test.each([
    ["client-error", "ISSUER_CONFIGURATION 400"],
    ["unauthorized", "ISSUER_UNAVAILABLE 503"],
    ["conflict", "ISSUER_CONFIGURATION 400"],
    ["refused", "ISSUER_UNAVAILABLE 503"],
  ] as const)("(%s) ends the call as %s, and nothing is changed but for the claim", async (kind, outcome) => {
    const w = await world();
    w.emulator.faults.add({ call: "regenerate", kind });
    expect(outcomeOf(await w.rotate())).toBe(outcome);
    expectOnlyClaimed(w);
    expect(w.calls().filter((call) => call === "regenerate")).toHaveLength(1);
    // The claim blocks no run for longer than its time.
    expect(outcomeOf(await w.rotate())).toBe("OK 200");
    expect(w.currentVerdict()).toBe("accepted");
  });
});

describe("OROT_PAUSED", () => {
  test("ends a rotation where it would mint, and nothing is changed", async () => {
    const w = await world({ environment: { OROT_PAUSED: "true" } });
    const before = w.state();
    expect(outcomeOf(await w.rotate())).toBe("PAUSED 409");
    expect(outcomeOf(await w.step("CREATE_PENDING_VERSION"))).toBe("PAUSED 409");
    expect(w.state()).toEqual(before);
  });

  test("lets verifying, updating and promoting go on", async () => {
    const w = await world();
    await w.step("CREATE_PENDING_VERSION");
    w.environment["OROT_PAUSED"] = "true";
    expect((await w.step("VERIFY_CONNECTION")).versionNo).toBe(3);
    expect((await w.step("CREATE_PENDING_VERSION")).versionNo).toBe(3);
    expect((await w.step("UPDATE_TARGET_SYSTEM")).versionNo).toBe(3);
    expect(outcomeOf(await w.step("PROMOTE_PENDING_VERSION", 3))).toBe("OK 200");
  });
});

describe("the issuer's ways to answer a regeneration", () => {
  test.each([
    ["200", "minimal"],
    ["200", "full"],
    ["201", "minimal"],
    ["201", "full"],
  ] as const)("%s with a %s body", async (status, body) => {
    const w = await world({ switches: { "regenerate-status": status, "regenerate-body": body } });
    expect(outcomeOf(await w.rotate())).toBe("OK 200");
    expect(w.currentVerdict()).toBe("accepted");
  });
});
