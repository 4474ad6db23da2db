import { describe, expect, test } from "vitest";
import { outcomeOf, type TestWorld, useWorlds } from "../support/worlds.ts";

const createWorld = useWorlds();

/** What is PENDING, as its number. */
const pending = (w: TestWorld) =>
  w.emulator.admin.secret(w.secretId).versions.flatMap(({ number, stage }) => (stage === "PENDING" ? [number] : []));

/** A day later, what the emulator counts by requests has come to its end as well. */
async function dayLater(w: TestWorld): Promise<void> {
  await w.clock.sleep(86_400_000);
  w.emulator.admin.secret(w.secretId).updatingPolls = 0;
  w.calls();
}

describe("a claim that moves to CURRENT since Vault takes no second PENDING version", () => {
  test.each(["server-error-before", "answer-lost", "conflict", "precondition-failed", "lands-late"] as const)(
    "and meets %s is written again at once: what it leaves is this call's own",
    async (kind) => {
      const w = await createWorld({ isFirst: true, switches: { "second-pending": "refuses" } });
      w.emulator.admin.secret(w.secretId).rules = [{ ruleType: "SECRET_REUSE_RULE" }];
      // The claim, two refused trials, and the move.
      w.emulator.faults.add({ call: "write-claim", kind, occurrence: 4 });
      const started = w.clock.now();
      expect(outcomeOf(await w.rotate())).toBe("OK 200");
      expect(w.currentVerdict()).toBe("accepted");
      expect(w.clock.now() - started).toBeLessThan(60_000);
    },
  );
});

test.each(["409-incorrect-state", "412", "503"] as const)(
  "a Vault that refuses a second PENDING version by %s has a value that logs in late as CURRENT, once it does",
  async (refusal) => {
    const w = await createWorld({
      isFirst: true,
      switches: { "second-pending": "refuses", "second-pending-refusal": refusal, "new-secret-late-ms": 45_000 },
    });
    const started = w.clock.now();
    expect(outcomeOf(await w.rotate())).toBe("OK 200");
    expect([w.currentVerdict(), w.emulator.admin.app(w.app.clientId).mints]).toEqual(["accepted", 1]);
    expect(w.clock.now() - started).toBeLessThan(80_000);
  },
);

describe("an outage of Vault that looked like a refusal", () => {
  test("of the trial lets the value be stored as PENDING although it does not log in yet", async () => {
    const w = await createWorld({ isFirst: true, switches: { "new-secret-late-ms": 100_000 } });
    for (const occurrence of [2, 3, 4])
      w.emulator.faults.add({ call: "write-claim", kind: "server-error-before", occurrence });
    const started = w.clock.now();
    const answer = w.rotate();
    await w.clock.sleep(60_000);
    const minted = w.emulator.requests.find(({ call }) => call === "regenerate");
    expect(minted).toBeDefined();
    expect(pending(w).map((no) => w.valueOf(no))).not.toEqual([w.app.secret]);
    expect(outcomeOf(await answer)).toBe("OK 200");
    expect(w.currentVerdict()).toBe("accepted");
    expect(w.clock.now() - started).toBeLessThan(300_000);
  });

  test("is over with the next rotation of a secret that is noted", async () => {
    const w = await createWorld();
    for (const occurrence of [1, 2, 3])
      w.emulator.faults.add({ call: "write-pending", kind: "server-error-before", occurrence });
    expect(outcomeOf(await w.rotate())).toBe("OK 200");
    await dayLater(w);
    expect(outcomeOf(await w.rotate())).toBe("OK 200");
    expect(pending(w)).toEqual([]);
    await dayLater(w);
    expect(outcomeOf(await w.rotate())).toBe("OK 200");
    expect(w.calls()).toHaveLength(14);
  });
});
