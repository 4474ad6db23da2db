import { describe, expect, test } from "vitest";
import { startProcess } from "../../support/processes.ts";
import { STEPS } from "../../support/world.ts";
import { outcomeOf, useWorlds } from "../../support/worlds.ts";

const world = useWorlds();
const seeds = Array.from({ length: 12 }, (_, seed) => seed);

/** The loser of the race for the claim waits for the winner, and finds the work done. */
const POSSIBLE = ["OK 200", "ALREADY_ROTATED 200"];

describe.each(["honoured", "ignored"] as const)("two rotations at once, if-match %s", (ifMatch) => {
  test.each(seeds)("interleaved as seed %i has it, end with one mint and a CURRENT that logs in", async (seed) => {
    const w = await world({ switches: { "if-match": ifMatch } });
    const event = { secretId: w.secretId };
    const both = [1, 2].map((n) => startProcess(w, 2 * seed + n, { jitterMs: 100 }).call(event));
    const outcomes = (await Promise.all(both)).map((answer) => (answer === null ? "killed" : outcomeOf(answer)));
    expect(POSSIBLE).toEqual(expect.arrayContaining(outcomes));
    expect(outcomes).toContain("OK 200");
    expect(w.currentVerdict()).toBe("accepted");
    expect(w.emulator.admin.app(w.app.clientId).mints).toBe(1);
  });

  test.each(seeds.slice(0, 6))(
    "interleaved as seed %i has it, leave nothing that hinders the next rotation",
    async (seed) => {
      const w = await world({ switches: { "if-match": ifMatch } });
      const event = { secretId: w.secretId };
      await Promise.all([1, 2].map((n) => startProcess(w, 100 + 2 * seed + n, { jitterMs: 3_000 }).call(event)));
      await w.clock.sleep(60_000);
      expect(outcomeOf(await w.rotate())).toBe("OK 200");
      expect(w.currentVerdict()).toBe("accepted");
    },
  );
});

/** A heal never waits for a rotation at work: it says so, or finds nothing to do, or the PENDING version that it may promote as well. */
const HEALS = ["OK 200", "NOTHING_TO_DO 200", "CLAIM_LIVE 503"];

describe("a heal during a rotation", () => {
  test.each(seeds)("interleaved as seed %i has it, hinders nothing and mints nothing", async (seed) => {
    const w = await world();
    const event = { secretId: w.secretId };
    const rotating = startProcess(w, 300 + 2 * seed, { jitterMs: 100 }).call(event);
    const healing = startProcess(w, 301 + 2 * seed, { jitterMs: 100 }).call({ ...event, action: "heal" });
    const [rotation, heal] = await Promise.all([rotating, healing]);
    if (rotation === null || heal === null) throw new Error("a process was killed");
    expect(POSSIBLE).toContain(outcomeOf(rotation));
    expect(HEALS).toContain(outcomeOf(heal));
    expect(w.currentVerdict()).toBe("accepted");
    expect(w.emulator.admin.app(w.app.clientId).mints).toBe(1);
  });
});

describe("the same step twice at once", () => {
  test.each(STEPS)("%s: both answers agree in the end", async (step) => {
    const w = await world();
    for (const before of STEPS.slice(0, STEPS.indexOf(step))) await w.step(before);
    const answers = await Promise.all([w.step(step, 3), w.step(step, 3)]);
    expect(POSSIBLE).toEqual(expect.arrayContaining(answers.map(outcomeOf)));
    await w.clock.sleep(60_000);
    const [verify, create, update] = [
      await w.step("VERIFY_CONNECTION"),
      await w.step("CREATE_PENDING_VERSION"),
      await w.step("UPDATE_TARGET_SYSTEM"),
    ];
    expect([verify, create, update].map(({ responseCode }) => responseCode)).toEqual([200, 200, 200]);
    expect(outcomeOf(await w.step("PROMOTE_PENDING_VERSION", update.versionNo))).toBe("OK 200");
    expect(w.currentVerdict()).toBe("accepted");
  });
});
