import { describe, expect, test } from "vitest";
import { outcomeOf, type TestWorld, useWorlds } from "../../support/worlds.ts";

const world = useWorlds();

/** When requests reached the identity domain, in milliseconds after the one that was answered 429. */
function afterRefusal(w: TestWorld): number[] {
  const requests = w.emulator.requests.filter(({ system }) => system === "identity");
  const at = requests.findIndex(({ fault, status }) => fault === "rate-limited" || status === 429);
  const refusal = requests[at];
  if (refusal === undefined) throw new Error("nothing was answered 429");
  return requests.slice(at + 1).map(({ time }) => time - refusal.time);
}

describe("after a 429 to a token request", () => {
  test.each([
    ["a minute without Retry-After", {}, {}, 60_000],
    ["a minute with a shorter Retry-After", { "retry-after-seconds": 5 }, {}, 60_000],
    ["as long as a longer Retry-After says", { "retry-after-seconds": 100 }, {}, 100_000],
    ["as long as the setting says", {}, { OROT_RATE_PAUSE_SECONDS: "20" }, 20_000],
  ] as const)("nothing reaches the domain for %s", async (_title, switches, environment, pauseMs) => {
    const w = await world({ switches, environment });
    w.emulator.faults.add({ call: "token-current", kind: "rate-limited" });
    expect(outcomeOf(await w.rotate())).toBe("OK 200");
    const times = afterRefusal(w);
    expect(times.length).toBeGreaterThan(0);
    expect(Math.min(...times)).toBeGreaterThanOrEqual(pauseMs);
    expect(Math.min(...times)).toBeLessThan(pauseMs + 2_000);
  });

  test("other calls to the domain wait too, those of another invocation of the same process included", async () => {
    const w = await world();
    w.emulator.faults.add({ call: "token-current", kind: "rate-limited" });
    const [first, second] = await Promise.all([w.step("VERIFY_CONNECTION"), w.step("VERIFY_CONNECTION")]);
    expect([outcomeOf(first), outcomeOf(second)]).toEqual(["OK 200", "OK 200"]);
    const late = afterRefusal(w).filter((ms) => ms > 100);
    expect(late.length).toBeGreaterThan(0);
    expect(Math.min(...late)).toBeGreaterThanOrEqual(60_000);
  });

  test("a pause that does not fit the deadline ends the step with 503, nothing changed before the mint", async () => {
    const w = await world();
    w.emulator.faults.add({ call: "token-current", kind: "rate-limited" });
    const before = w.state();
    const started = w.clock.now();
    const answer = await w.step("CREATE_PENDING_VERSION", null, 65);
    expect(outcomeOf(answer)).toBe("ISSUER_UNAVAILABLE 503");
    expect(answer.returnMessage).toContain("429");
    expect(w.clock.now() - started).toBeLessThan(10_000);
    expect(w.state()).toEqual(before);
    expect(afterRefusal(w)).toEqual([]);
  });

  test("the next invocation of the process waits for the rest of the pause", async () => {
    const w = await world();
    w.emulator.faults.add({ call: "token-current", kind: "rate-limited" });
    await w.step("VERIFY_CONNECTION", null, 30);
    expect(outcomeOf(await w.step("VERIFY_CONNECTION"))).toBe("OK 200");
    expect(Math.min(...afterRefusal(w))).toBeGreaterThanOrEqual(60_000);
  });

  test("a pause that does not fit after the mint leaves the new value stored, and the next rotation finishes", async () => {
    const w = await world({ switches: { "retry-after-seconds": 1000 } });
    w.emulator.faults.add({ call: "token-pending", kind: "rate-limited" });
    expect(outcomeOf(await w.rotate())).toBe("ISSUER_UNAVAILABLE 503");
    expect(w.versions()).toBe("1:CURRENT 2:DEPRECATED 3:PENDING");
    await w.clock.sleep(1_000_000);
    expect(outcomeOf(await w.rotate())).toBe("OK 200");
    expect(w.emulator.admin.app(w.app.clientId).mints).toBe(1);
  });

  test("a domain that lets one token request a minute through is rotated in its own time", async () => {
    const w = await world({ switches: { "token-limit-per-minute": 1 } });
    const answers = await w.steps();
    expect(answers.map(outcomeOf)).toEqual(["OK 200", "OK 200", "OK 200", "OK 200"]);
    expect(w.emulator.admin.app(w.app.clientId).mints).toBe(1);
  });
});

describe("after a 429 to the request to regenerate", () => {
  test("the domain gets a minute's pause, and one secret is made", async () => {
    const w = await world();
    w.emulator.faults.add({ call: "regenerate", kind: "rate-limited" });
    expect(outcomeOf(await w.rotate())).toBe("OK 200");
    expect(Math.min(...afterRefusal(w))).toBeGreaterThanOrEqual(60_000);
    expect(w.emulator.admin.app(w.app.clientId).mints).toBe(1);
  });
});
