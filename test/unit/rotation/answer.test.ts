import { describe, expect, test } from "vitest";
import { failure, success } from "../../../src/base/answer.ts";
import { RotationError } from "../../../src/base/errors.ts";
import { answerOf } from "../../../src/rotation/answer.ts";
import type { Outcome } from "../../../src/rotation/outcome.ts";
import type { Task } from "../../../src/rotation/task.ts";

const outcome = (
  versionNo: number | null,
  code: Outcome["code"] = "OK",
  warnings: Outcome["warnings"] = [],
): Outcome => ({
  code,
  versionNo,
  isCurrent: false,
  did: "rotated",
  warnings,
});
const ROTATION: Task = { name: "ROTATION" };

test("a failure carries the error's class, code, words and next action, and no number", () => {
  expect(failure(new RotationError("PAUSED", "it is off", "switch it on"))).toEqual({
    responseCode: 409,
    returnMessage: "PAUSED: it is off. Next: switch it on.",
    versionNo: null,
  });
});

test("a success says what happened and that nothing is to be done", () => {
  expect(success("OK", "it is done", 3)).toEqual({
    responseCode: 200,
    returnMessage: "OK: it is done. Next: nothing.",
    versionNo: 3,
  });
});

describe("how a step, a whole rotation or a heal ended well", () => {
  const tasks: readonly (readonly [task: Task, versionNo: number | null, what: string])[] = [
    [{ name: "VERIFY_CONNECTION" }, 7, "the client secret of version 7 logs in"],
    [{ name: "CREATE_PENDING_VERSION" }, 7, "version 7 holds a new client secret"],
    [{ name: "UPDATE_TARGET_SYSTEM", versionNo: null }, 7, "the client secret of version 7 logs in"],
    [{ name: "PROMOTE_PENDING_VERSION", versionNo: 7 }, 7, "version 7 logs in and is CURRENT"],
    [ROTATION, 7, "version 7 holds a new client secret, logs in and is CURRENT"],
    [{ name: "HEAL" }, 7, "version 7 logs in and is CURRENT"],
    [{ name: "RETIRE" }, 7, "the issuer has deleted the client secret before version 7"],
  ];
  test.each(tasks)("%o with version %s", (task, versionNo, what) => {
    const answer = answerOf(task, outcome(versionNo));
    expect(answer).toMatchObject({ responseCode: 200, versionNo });
    expect(answer.returnMessage).toMatch(/^OK: .*\. Next: nothing\.$/);
    expect(answer.returnMessage).toContain(what);
  });

  test("VERIFY_CONNECTION that finds nothing that works is done, and never says that nothing is to be done", () => {
    const expected =
      /^OK: the issuer refuses CURRENT, and no PENDING version logs in.*\. Next: go on with CREATE_PENDING_VERSION, or run heal: it says whether a way back exists\.$/;
    const warning = { what: "version 9 is not ours", next: "look at it" };
    for (const warnings of [[], [warning]]) {
      const answer = answerOf({ name: "VERIFY_CONNECTION" }, outcome(null, "OK", warnings));
      expect(answer).toMatchObject({ responseCode: 200, versionNo: null });
      expect(answer.returnMessage).toMatch(expected);
    }
  });

  test.each([
    [true, "is CURRENT"],
    [false, "is PENDING"],
  ])("CREATE_PENDING_VERSION with isCurrent %s says that its version %s", (isCurrent, text) => {
    const { returnMessage } = answerOf({ name: "CREATE_PENDING_VERSION" }, { ...outcome(7), isCurrent });
    expect(returnMessage).toBe(`OK: version 7 holds a new client secret and ${text}. Next: nothing.`);
  });

  test.each(["ALREADY_ROTATED", "NOTHING_TO_DO"] as const)("%s names CURRENT, whatever was asked", (code) => {
    for (const [task] of tasks) {
      const { returnMessage, versionNo } = answerOf(task, outcome(5, code));
      expect(returnMessage).toMatch(new RegExp(`^${code}: version 5 is CURRENT`));
      expect(versionNo).toBe(5);
    }
  });

  test.each([ROTATION, { name: "HEAL" } as const])(
    "%o that went back to an older version does not call it new",
    (task) => {
      const { returnMessage } = answerOf(task, { ...outcome(2), did: "went-back" });
      expect(returnMessage).toBe(
        "OK: version 2, which was stored before, logs in and is CURRENT; no new client secret was made. Next: nothing.",
      );
    },
  );

  test("a heal that only ended an overlap says so", () => {
    const { returnMessage } = answerOf({ name: "HEAL" }, { ...outcome(2), did: "retired" });
    expect(returnMessage).toBe(
      "OK: the overlap has ended: the issuer has deleted the client secret before version 2. Next: nothing.",
    );
  });

  test("a retirement with nothing to do says that only CURRENT works", () => {
    const { returnMessage } = answerOf({ name: "RETIRE" }, outcome(5, "NOTHING_TO_DO"));
    expect(returnMessage).toBe(
      "NOTHING_TO_DO: version 5 is CURRENT, and no older client secret works any more. Next: nothing.",
    );
  });

  test.each([
    ["OK", "the issuer keeps the client secret of version 5 alone"],
    ["NOTHING_TO_DO", "version 5 is CURRENT, and no older client secret works any more"],
    ["ALREADY_ROTATED", "version 5 is CURRENT already and logs in"],
  ] as const)("a retirement of what no version holds, too, that ended with %s says that %s", (code, what) => {
    const { returnMessage } = answerOf({ name: "RETIRE", endsUnstored: true }, outcome(5, code));
    expect(returnMessage).toBe(`${code}: ${what}. Next: nothing.`);
  });

  test("with a warning stays a success, and says what to do about it", () => {
    const answer = answerOf(ROTATION, outcome(7, "OK", [{ what: "no way back is proven", next: "find one" }]));
    expect(answer.responseCode).toBe(200);
    expect(answer.returnMessage).toMatch(/^OK: version 7 .*; warning: no way back is proven\. Next: find one\.$/);
  });

  test("with several warnings says them all, and what to do about the first", () => {
    const warnings = [
      { what: "no way back is proven", next: "find one" },
      { what: "version 9 is not ours", next: "look at it" },
    ];
    expect(answerOf({ name: "HEAL" }, outcome(7, "NOTHING_TO_DO", warnings)).returnMessage).toMatch(
      /^NOTHING_TO_DO: version 7 .*; warning: no way back is proven; warning: version 9 is not ours\. Next: find one\.$/,
    );
  });
});
