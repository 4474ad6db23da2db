import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { run } from "../../../scripts/run.ts";

let root: string;

function put(name: string, text: string): void {
  mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
  writeFileSync(path.join(root, name), text);
}

/** The npm that `.ci/run` finds first: prints what it is asked for, and fails at one thing. */
function putNpm(failsAt = "nothing"): void {
  put("node_modules/.bin/npm", `#!/usr/bin/env bash\necho "npm $*"\n[ "$*" != "${failsAt}" ]\n`);
  chmodSync(path.join(root, "node_modules/.bin/npm"), 0o755);
}

// A folder of its own, as it would install and test for minutes in this one.
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), "ci-run-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  mkdirSync(path.join(root, ".ci"));
  cpSync(".ci/run", path.join(root, ".ci/run"));
  put("scripts/check-node.js", "");
  put("scripts/ci.ts", 'console.log("gates", ...process.argv.slice(2)); process.exitCode = 7;');
  put(".cache/test-results.json", "of an earlier run");
  putNpm();
});

const ci = (...args: string[]) => run("bash", [path.join(root, ".ci/run"), ...args]);
const linesOf = (stdout: string) =>
  stdout
    .trimEnd()
    .replaceAll(/seconds \d+/g, "seconds N")
    .split("\n");
const gates = (code: number, ...more: string[]) =>
  ["gates", "--tests-exit-code", code, "--installation-seconds N --tests-seconds N", ...more].join(" ");

describe("bash .ci/run", () => {
  test("installs, tests and runs the gates, each timed by itself, and ends with the code of the gates", () => {
    const { status, stdout } = ci();
    expect(linesOf(stdout)).toEqual(["npm ci", "npm test", gates(0)]);
    expect(status).toBe(7);
  });

  test("hands --quick on to the gates", () => {
    expect(linesOf(ci("--quick").stdout)).toEqual(["npm ci", "npm test", gates(0, "--quick")]);
  });

  test("runs the gates also after tests that have failed, and hands on their code", () => {
    putNpm("test");
    expect(linesOf(ci().stdout)).toEqual(["npm ci", "npm test", gates(1)]);
  });

  test("tests nothing where the installation fails, and takes no report of an earlier run for its own", () => {
    putNpm("ci");
    expect(linesOf(ci().stdout)).toEqual(["npm ci", gates(1)]);
    expect(existsSync(path.join(root, ".cache/test-results.json"))).toBe(false);
  });

  test("is one failure where Node is too old for the gates", () => {
    put("scripts/check-node.js", "process.exitCode = 1;");
    const { status, stdout } = ci();
    expect(linesOf(stdout).at(-1)).toBe("0 passed, 1 failed");
    expect(status).toBe(1);
  });

  test("with --help says what it does, and runs nothing", () => {
    const { status, stdout, stderr } = ci("--help");
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/^usage: bash \.ci\/run \[--quick\]\n/);
    expect(stdout).not.toContain("npm ");
  });

  test.each([["--qiuck"], ["--quick --fast"], ["quick"]])(
    "refuses %s with code 2 and names it, and runs nothing",
    (options) => {
      const { status, stdout, stderr } = ci(...options.split(" "));
      expect([status, stdout]).toEqual([2, ""]);
      expect(stderr).toContain(`not: ${options}\nusage: bash .ci/run [--quick]`);
    },
  );
});
