import { describe, expect, test } from "vitest";
import { contentWith, regenerateByHand, writeVersion } from "../../support/outside-changes.ts";
import { outcomeOf, type TestWorld, useWorlds } from "../../support/worlds.ts";

const world = useWorlds();

/** Fills a secret up with versions that others made CURRENT, the last of which logs in. */
async function fill(w: TestWorld, versions: number): Promise<void> {
  for (let number = 2; number <= versions; number++) {
    const value = `by-hand-${number}`;
    regenerateByHand(w, value);
    await writeVersion(w, contentWith(w, value), { stage: "CURRENT" });
  }
}

describe("before a mint everything that may fail is asked", () => {
  test.each([30, 28, 27])("%i versions of 30 leave too little room without the right to tidy", async (versions) => {
    const w = await world({ switches: { deny: ["schedule-version-deletion"] } });
    await fill(w, versions);
    const before = w.state();
    const answer = await w.rotate();
    expect(outcomeOf(answer)).toBe("NO_VERSION_SLOTS 409");
    expect(answer.returnMessage).toContain(`${30 - versions} of 30 version slots free`);
    expect(w.state()).toEqual(before);
  });

  test("26 versions leave enough, with a warning", async () => {
    const w = await world({ switches: { deny: ["schedule-version-deletion"] } });
    await fill(w, 26);
    expect(outcomeOf(await w.rotate())).toBe("OK 200");
    expect(w.log).toContainEqual(expect.objectContaining({ level: "warn", event: "version-slots-low", free: 4 }));
  });

  test("24 versions are comfortable: no deletion is scheduled before the mint", async () => {
    const w = await world();
    await fill(w, 24);
    await w.step("CREATE_PENDING_VERSION");
    expect(w.calls()).not.toContain("schedule-version-deletion");
  });

  test.each([30, 26])("%i versions are tidied first where that is allowed, and then rotated", async (versions) => {
    const w = await world();
    await fill(w, versions);
    const answers = await w.steps();
    expect(answers.map(outcomeOf)).toEqual(["OK 200", "OK 200", "OK 200", "OK 200"]);
    const calls = w.calls();
    expect(calls.indexOf("schedule-version-deletion")).toBeLessThan(calls.indexOf("regenerate"));
    expect(w.currentVerdict()).toBe("accepted");
  });

  test("rooms that a deletion has given back count as free at once", async () => {
    const w = await world({ switches: { "update-during-version-deletion": "accepted" } });
    await fill(w, 30);
    for (const version of w.emulator.admin.secret(w.secretId).versions.slice(0, 5)) {
      version.deletionAt = w.clock.now() + 86_400_000;
    }
    expect(outcomeOf(await w.rotate())).toBe("OK 200");
  });
});

describe("the token of CURRENT's login", () => {
  test("is the one that regenerates: no second token request is sent", async () => {
    const w = await world();
    await w.step("CREATE_PENDING_VERSION");
    expect(w.calls().filter((call) => call === "token-current")).toHaveLength(1);
  });

  test("is never a verdict: each step that needs one logs in again", async () => {
    const w = await world();
    await w.step("VERIFY_CONNECTION");
    await w.step("VERIFY_CONNECTION");
    expect(w.calls().filter((call) => call === "token-current")).toHaveLength(2);
  });

  test("of a version is not used for another one", async () => {
    const w = await world({ switches: { "old-tokens": "die" } });
    for (let rotation = 0; rotation < 3; rotation++) {
      const answers = await w.steps();
      expect(answers.map(outcomeOf)).toEqual(["OK 200", "OK 200", "OK 200", "OK 200"]);
    }
  });

  test("with a life too short to be kept still regenerates", async () => {
    const w = await world({ switches: { "token-life-seconds": 20, "token-life-max-seconds": 20 } });
    expect(outcomeOf(await w.rotate())).toBe("OK 200");
    expect(w.emulator.admin.app(w.app.clientId).mints).toBe(1);
  });
});

describe("the deadline", () => {
  test.each([5, 20, 40, 64])("with %i s left nothing is minted, since storing may take longer", async (seconds) => {
    const w = await world();
    const before = w.state();
    const answer = await w.rotate(seconds);
    expect(outcomeOf(answer)).toBe("DEADLINE_TOO_SHORT 503");
    expect(answer.returnMessage).toContain("60 s");
    expect(w.state()).toEqual(before);
  });

  test("with 70 s left there is time enough", async () => {
    const w = await world();
    expect(outcomeOf(await w.rotate(70))).toBe("OK 200");
  });

  test("is looked at again when the token is there, however long it took", async () => {
    // Nine seconds a call: 64 s are left when the token is requested again, 55 s when it has come.
    const w = await world({ switches: { "token-life-seconds": 20, "token-life-max-seconds": 20 } });
    w.emulator.switches["latency-ms"] = 9_000;
    expect(outcomeOf(await w.rotate(105))).toBe("DEADLINE_TOO_SHORT 503");
    const calls = w.calls();
    expect(calls.filter((call) => call === "token-current").length).toBeGreaterThan(1);
    expect(calls).not.toContain("regenerate");
    expect(w.currentVerdict()).toBe("accepted");
  });

  test("is looked at again after a slow login", async () => {
    const w = await world();
    const before = w.state();
    w.emulator.faults.add({ call: "token-current", kind: "too-slow" });
    expect(outcomeOf(await w.rotate(70))).toBe("DEADLINE_TOO_SHORT 503");
    expect(w.state()).toEqual(before);
  });

  test.each([1, 2, 6])("with %i s the answer still comes in time", async (seconds) => {
    const w = await world();
    w.emulator.faults.add({ call: "list-versions", kind: "too-slow", count: 100 });
    const answer = await w.step("VERIFY_CONNECTION", null, seconds);
    expect(answer.responseCode).toBe(503);
  });

  test("that has passed is answered all the same, and nothing is sent", async () => {
    const w = await world();
    const context = { callID: "01LATE", deadline: new Date(w.clock.now() - 1) };
    const answer = await w.handler(Buffer.from(JSON.stringify({ secretId: w.secretId })), context);
    expect(answer.responseCode).toBe(503);
    expect(w.emulator.requests).toEqual([]);
  });

  test("that the platform does not send is replaced by the setting", async () => {
    const w = await world({ environment: { OROT_BUDGET_SECONDS: "30" } });
    const event = Buffer.from(JSON.stringify({ secretId: w.secretId }));
    expect(outcomeOf(await w.handler(event, { callID: null, deadline: null }))).toBe("DEADLINE_TOO_SHORT 503");
    const invalid = new Date(Number.NaN);
    expect(outcomeOf(await w.handler(event, { callID: null, deadline: invalid }))).toBe("DEADLINE_TOO_SHORT 503");
  });
});
