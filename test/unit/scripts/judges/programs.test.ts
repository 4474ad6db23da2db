import { describe, expect, test } from "vitest";
import type { Judge } from "../../../../scripts/judges/judge.ts";
import {
  judgeBuild,
  judgeDocs,
  judgeHelp,
  judgeLintRules,
  judgeLive,
  judgeLockFile,
  judgePackage,
  judgeWorkflows,
} from "../../../../scripts/judges/programs.ts";
import { liveTargets } from "../../../../scripts/live/limits.ts";
import { expectRefusals, having } from "./corrupt.ts";

const cases: Readonly<Record<string, readonly [Judge, taken: string, ...refused: string[]]>> = {
  build: [
    judgeBuild,
    "holds no emulator, command line or test code: checked 728 inputs",
    "holds no emulator, command line or test code: checked 0 inputs",
    "holds no emulator, command line or test code",
  ],
  "lint rules": [
    judgeLintRules,
    "lint rules: 368 of 368 cases hold",
    "lint rules: 367 of 368 cases hold",
    "lint rules: 0 of 0 cases hold",
    "lint rules: 299 of 299 cases hold",
  ],
  "lock file": [
    judgeLockFile,
    "package-lock.json: 400 packages, one oci-common 2.139.1",
    "package-lock.json: 0 packages, one oci-common 2.139.1",
    "package-lock.json: 400 packages, one oci-common undefined",
  ],
  docs: [
    judgeDocs,
    "docs/cli.md: up to date\ndocs/proof.md: up to date",
    "docs/cli.md: up to date",
    "docs/proof.md: written",
  ],
  package: [judgePackage, "published package: nothing is wrong", "published package: 1 problems"],
  workflows: [judgeWorkflows, "2 workflows: no complaints", "0 workflows: no complaints"],
  help: [judgeHelp, "Usage: oci-rotate [options]", "error: it cannot start. Usage: none"],
};

describe.each(Object.entries(cases))("the gate of the %s", (_, [judge, taken, ...refused]) => {
  test("takes what says that something was looked at", () => {
    expect(judge({ stdout: `\n> oci-rotate@0.1.0 script\n> node script.ts\n\n${taken}\n` })).toBeNull();
  });

  test.each(["", "\n", ...refused])("refuses %j", (stdout) => {
    expect(judge({ stdout })).not.toBeNull();
  });
});

describe("the live gate", () => {
  const line = {
    uaa: { version: "4.30.0", passed: 89, failed: 0 },
    keycloak: { version: "26.7.0", passed: 145, failed: 0 },
    oci: { version: "3.95.1", passed: 144, failed: 0 },
  };

  test("asks for every target", () => {
    expect(Object.keys(line)).toEqual(liveTargets);
    expectRefusals(judgeLive, line);
  });

  test.each([
    ["uaa.failed", 1],
    ["uaa.passed", 84],
    ["keycloak.passed", 139],
    ["oci.passed", 139],
    ["oci.version", ""],
  ])("is refused with a %s of %j", (path, value) => {
    expect(judgeLive({ stdout: having(line, path, value) })).toContain(path);
  });
});
