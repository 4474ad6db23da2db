import { describe, expect, test } from "vitest";
import { createStyle } from "../../../../src/cli/output/style.ts";
import { type RotationReport, reportText } from "../../../../src/cli/rotate/report.ts";

const plain = createStyle(false, {});
const none = { rotated: 0, already: 0, notDue: 0, planned: 0, failed: 0, notStarted: 0 };
const secret = (more: Partial<RotationReport["secrets"][number]> = {}): RotationReport["secrets"][number] => ({
  secretId: "id-a",
  name: "a",
  via: "function",
  outcome: "rotated",
  versionNo: 2,
  code: "OK",
  what: "version 2 is CURRENT",
  next: "nothing",
  ...more,
});
const told = (more: Partial<RotationReport>) =>
  reportText({ dryRun: false, total: 9, ...none, secrets: [], ...more }, plain);

describe("the report of a rotation", () => {
  test.each<[string, Partial<RotationReport>]>([
    ["2 of 9 rotated.\n", { rotated: 2 }],
    ["2 of 9 rotated, 1 rotated already.\n", { rotated: 2, already: 1 }],
    ["2 of 9 rotated, 3 not due after all.\n", { rotated: 2, notDue: 3 }],
    ["2 of 9 rotated, 4 failed.\n", { rotated: 2, failed: 4 }],
    [
      "2 of 9 rotated, 5 not started.\n\nRun the same command again to continue with the others.\n",
      { rotated: 2, notStarted: 5 },
    ],
  ])("says %j", (text, counts) => {
    expect(told(counts)).toBe(text);
  });

  test("of one alone says what became of it first, with its warning", () => {
    const one = { total: 1, rotated: 1 };
    expect(told({ ...one, secrets: [secret()] })).toBe("version 2 is CURRENT.\n1 of 1 rotated.\n");
    expect(told({ ...one, secrets: [secret({ next: "look." })] })).toContain(
      "\na  version 2 is CURRENT\n  next: look\n",
    );
  });

  test("of one that failed says it once, with what to do", () => {
    const failed = secret({ outcome: "failed", code: "LOCKED_OUT", what: "it is locked out.", next: "unlock it" });
    expect(told({ total: 1, failed: 1, secrets: [failed] })).toBe(
      "0 of 1 rotated, 1 failed.\n\na  id-a\n  LOCKED_OUT: it is locked out\n  next: unlock it\n",
    );
  });

  test("of many with warnings shows one of them", () => {
    const secrets = [secret({ next: "look" }), secret({ name: "b", next: "look" }), secret({ name: "c" })];
    expect(told({ rotated: 3, secrets })).toBe(
      "3 of 9 rotated.\n\n2 rotated with a warning, for example:\n  a  version 2 is CURRENT\n  next: look\n",
    );
  });

  test.each<[string, Partial<RotationReport>]>([
    ["Nothing was changed: 2 of 9 can be rotated.\n", { planned: 2 }],
    ["Nothing was changed: 2 of 9 can be rotated, 4 cannot.\n", { planned: 2, failed: 4 }],
    [
      "Nothing was changed: 2 of 9 can be rotated, 1 rotated already, 3 not due after all.\n",
      { planned: 2, already: 1, notDue: 3 },
    ],
  ])("that was only planned says %j", (text, counts) => {
    expect(told({ dryRun: true, ...counts })).toContain(text);
  });
});
