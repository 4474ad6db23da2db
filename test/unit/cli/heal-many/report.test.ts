import { describe, expect, test } from "vitest";
import {
  addedTo,
  doneIn,
  exitCodeOf,
  type HealedSecret,
  type HealManyReport,
  type HealOutcome,
  healManyText,
  reportOf,
} from "../../../../src/cli/heal-many/report.ts";
import { namedStyle } from "../named-style.ts";

const secret = (outcome: HealOutcome, name: string = outcome): HealedSecret => ({
  ...{ secretId: `id-${name}`, name, outcome, code: `CODE-${name}`, what: `what of ${name}`, next: `next of ${name}` },
});
const ALL = ["healed", "healthy", "busy", "failed", "remaining", "planned"] as const;
const NONE = { healed: 0, healthy: 0, busy: 0, failed: 0, remaining: 0, planned: 0 };
const report = (outcomes: readonly HealOutcome[], dryRun = false) =>
  reportOf(
    outcomes.map((one) => secret(one)),
    dryRun,
  );

test("a report counts each outcome, and lists every secret", () => {
  const twice = [...ALL, "healed", "busy", "busy", "planned"] as const;
  const secrets = twice.map((one) => secret(one));
  expect(reportOf(secrets, false)).toEqual({
    ...{ dryRun: false, healed: 2, healthy: 1, busy: 3, failed: 1, remaining: 1, planned: 2, secrets },
    what: "2 healed, 1 healthy, 3 busy, 1 failed, 1 not reached",
    next: "do what stands at each that failed",
  });
  expect(reportOf(secrets, true)).toMatchObject({
    what: "2 to heal, 1 healthy, 3 busy, 1 that need a person",
  });
});

test.each<[readonly HealOutcome[], string]>([
  [["healed", "healthy", "busy"], "nothing"],
  [["failed", "remaining"], "do what stands at each that failed"],
  [["remaining"], "run heal --all again"],
  [["planned"], "run heal --all again"],
])("after %j the next is: %s", (outcomes, next) => {
  expect(report(outcomes).next).toBe(next);
});

test.each<[readonly HealOutcome[], boolean, number]>([
  [["healed", "healthy", "busy"], false, 0],
  [["failed"], false, 1],
  [["failed"], true, 4],
  [["remaining"], false, 4],
  [["planned"], true, 4],
  [[], false, 0],
])("%j ends, dry: %s, with exit code %d", (outcomes, dryRun, exitCode) => {
  expect(exitCodeOf(report(outcomes, dryRun))).toBe(exitCode);
});

describe("the calls of a function", () => {
  const call = (more: Partial<HealManyReport>): HealManyReport => ({
    ...{ dryRun: false, ...NONE, what: "any", next: "nothing", secrets: [], ...more },
  });

  test("are added up; what remains is the last one's", () => {
    const sum = call({ healed: 1, healthy: 2, busy: 3, failed: 4, remaining: 50, next: "look" });
    const last = call({ healed: 10, healthy: 20, busy: 30, failed: 0, remaining: 6 });
    expect(addedTo(sum, last)).toEqual(
      call({
        ...{ healed: 11, healthy: 22, busy: 33, failed: 4, remaining: 6, next: "look" },
        what: "11 healed, 22 healthy, 33 busy, 4 failed, 6 left",
      }),
    );
    expect(addedTo(sum, { ...last, failed: 1, next: "see" }).next).toBe("see");
    expect(addedTo({ ...sum, failed: 0 }, last).next).toBe("nothing");
  });

  test("count the secrets that had their turn", () => {
    expect(doneIn(call({ healed: 1, healthy: 20, busy: 300, failed: 4000, remaining: 50_000, planned: 600_000 }))).toBe(
      4321,
    );
  });
});

describe("the text of a heal of many", () => {
  test("lists all but the healthy, and what is to be done at those that failed", () => {
    const shown = reportOf([...ALL.map((one) => secret(one)), secret("failed", "a\u0007")], false);
    expect(healManyText(namedStyle, shown)).toBe(
      [
        "SECRET     OUTCOME            CODE            WHAT",
        "healed     green(healed)      CODE-healed     what of healed",
        "busy       yellow(busy)       CODE-busy       what of busy",
        "failed     red(failed)        CODE-failed     what of failed",
        "remaining  yellow(remaining)  CODE-remaining  what of remaining",
        "planned    yellow(planned)    CODE-planned    what of planned",
        "a\\u0007    red(failed)        CODE-a\\u0007    what of a\\u0007",
        "",
        "1 healed, 1 healthy, 1 busy, 2 failed, 1 not reached",
        "next: do what stands at each that failed",
        "",
        "failed  id-failed",
        "  next: next of failed",
        "a\\u0007  id-a\u0007",
        "  next: next of a\\u0007",
        "",
      ].join("\n"),
    );
  });

  test("names the state in a plan", () => {
    expect(healManyText(namedStyle, report(["planned"], true))).toBe(
      [
        "SECRET   OUTCOME          STATE         WHAT",
        "planned  yellow(planned)  CODE-planned  what of planned",
        "",
        "1 to heal, 0 healthy, 0 busy, 0 that need a person",
        "next: run heal --all again",
        "",
      ].join("\n"),
    );
  });

  test("is one line if all are healthy", () => {
    expect(healManyText(namedStyle, report(["healthy"]))).toBe(
      "0 healed, 1 healthy, 0 busy, 0 failed, 0 not reached\n",
    );
  });
});
