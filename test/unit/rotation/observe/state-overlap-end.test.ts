import { describe, expect, test } from "vitest";
import { HOUR_MS } from "../../../../src/base/durations.ts";
import { withCurrentSince, withNoGraceUpTo, withOwn } from "../../../../src/clients/vault/rotation-metadata.ts";
import type { State } from "../../../../src/rotation/decide/state.ts";
import { graceEndsAt, isCallerChosen } from "../../../../src/rotation/observe/overlap.ts";
import { callerStateOf } from "../../../../src/rotation/observe/state.ts";
import { noteLogin, type Written } from "../rig.ts";
import { current, look, previous } from "./overlap-rig.ts";

const twoHours = { OROT_GRACE_HOURS: "2" } as const;

describe("the end of PREVIOUS's grace", () => {
  async function endOf(
    versions: readonly Written[] = [previous, current],
    overlap: "two-slot" | "timed" = "two-slot",
    changes = {},
  ) {
    const { rig, attempt, seen } = await look(versions, { ...twoHours, ...changes }, overlap);
    const since = seen.list.asOf - HOUR_MS;
    attempt.read.metadata = withCurrentSince({}, 7, since);
    return { since, ends: () => graceEndsAt({ context: rig.context, attempt, snapshot: seen }), attempt };
  }

  test("is as long after CURRENT became CURRENT as is set", async () => {
    const { since, ends } = await endOf();
    expect(ends()).toBe(since + 2 * HOUR_MS);
  });

  test("is its beginning for a value that was noted as compromised", async () => {
    const { since, ends, attempt } = await endOf();
    attempt.read.metadata = withNoGraceUpTo(attempt.read.metadata, 6);
    expect(ends()).toBe(since);
  });

  test("is that of the longest grace as long as a subscriber has not acknowledged CURRENT", async () => {
    const changes = { OROT_RETIRE_AFTER: "acknowledged", OROT_LONGEST_GRACE_HOURS: "5" };
    const { since, ends, attempt } = await endOf(undefined, undefined, changes);
    const subscribed = (has: number) =>
      withOwn(attempt.read.metadata, { subscribers: [{ endpoint: "mailto:a@b.c", has }] });
    attempt.read.metadata = subscribed(6);
    expect(ends()).toBe(since + 5 * HOUR_MS);
    attempt.read.metadata = subscribed(7);
    expect(ends()).toBe(since + 2 * HOUR_MS);
  });

  test("is not known if it was not noted when CURRENT became CURRENT", async () => {
    const { ends, attempt } = await endOf();
    attempt.read.metadata = {};
    expect(ends()).toBeNull();
  });

  test("does not exist without PREVIOUS", async () => {
    expect((await endOf([current])).ends()).toBeNull();
  });

  test("is not ours if the issuer ends the older value itself", async () => {
    expect((await endOf([previous, current], "timed")).ends()).toBeNull();
  });
});

describe("a refusal of PREVIOUS", () => {
  async function verdictOf(goal: State["goal"], refusals: number | null, isCompromised = false) {
    const { rig, attempt, seen } = await look();
    noteLogin(attempt, rig, 6, "rejected");
    if (refusals !== null) attempt.read.refusals.set(6, refusals);
    Object.assign(attempt, { isCompromised });
    return callerStateOf({ context: rig.context, attempt, snapshot: seen }, goal).overlap?.verdict;
  }

  test.each(["create", "rotation", "heal"] as const)("counts at once for the goal %s", async (goal) => {
    expect(await verdictOf(goal, 1)).toBe("rejected");
  });

  test.each([
    ["a retirement", "retire", false],
    ["the rotation of a compromised value", "rotation", true],
    ["the heal of a compromised value", "heal", true],
    ["the retirement of a compromised value", "retire", true],
  ] as const)(
    "may be stray: for %s it is asked for a second time, and no third",
    async (_what, goal, isCompromised) => {
      expect(await verdictOf(goal, null, isCompromised)).toBe("not-asked");
      expect(await verdictOf(goal, 1, isCompromised)).toBe("not-asked");
      expect(await verdictOf(goal, 2, isCompromised)).toBe("rejected");
      expect(await verdictOf(goal, 3, isCompromised)).toBe("rejected");
    },
  );

  test.each(["accepted", "unknown"] as const)("is the only verdict that is doubted: %s stands", async (verdict) => {
    const { rig, attempt, seen } = await look();
    noteLogin(attempt, rig, 6, verdict);
    expect(callerStateOf({ context: rig.context, attempt, snapshot: seen }, "retire").overlap?.verdict).toBe(verdict);
  });
});

describe("older values besides a CURRENT", () => {
  test("of which nothing is known are none", async () => {
    const forgotten = await look();
    forgotten.attempt.read.contents.delete(7);
    Object.assign(forgotten.attempt, { isCompromised: true });
    expect(forgotten.state()).toMatchObject({ keeps: "none", compromised: "noted" });
    const unreadable = await look([previous, { ...current, content: "not json" }]);
    Object.assign(unreadable.attempt, { isCompromised: true });
    expect(unreadable.state()).toMatchObject({ keeps: "none", compromised: "noted" });
  });

  test("need no note if the issuer keeps one value, compromised or not", async () => {
    const { state, attempt } = await look([previous, current], {}, "none");
    Object.assign(attempt, { isCompromised: true });
    expect(state()).toMatchObject({ compromised: "noted" });
  });
});

test.each(["create", "rotation", "heal", "retire"] as const)("the goal %s is the state's own", async (goal) => {
  const { rig, attempt, seen } = await look();
  expect(callerStateOf({ context: rig.context, attempt, snapshot: seen }, goal).goal).toBe(goal);
});

test("CURRENT's content says who chooses the value", async () => {
  const { attempt, seen } = await look();
  expect(isCallerChosen(attempt.read, seen)).toBe(true);
  attempt.read.contents.delete(7);
  expect(isCallerChosen(attempt.read, seen)).toBe(false);
  const unreadable = await look([previous, { ...current, content: "not json" }]);
  expect(isCallerChosen(unreadable.attempt.read, unreadable.seen)).toBe(false);
});
