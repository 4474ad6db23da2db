import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { ROOT } from "../../../scripts/run.ts";

const start = (script: string, ...args: readonly string[]) =>
  spawnSync(process.execPath, [`scripts/${script}.ts`, ...args], { cwd: ROOT, encoding: "utf8" });

describe("what an npm script does not know", () => {
  test.each([
    ["bench", ["--nope"], "Unknown option '--nope'"],
    ["docs", ["--nope"], "Unknown option '--nope'"],
    ["proof", ["--from", "/nope"], "/nope cannot be read"],
    ["mutate", ["nope"], "there is no group nope"],
    ["mutate", ["--sample", "none", "base"], "--sample takes a number, not none"],
  ])("ends %s %j with one line and the usage, and code 2", (name, args, problem) => {
    const { status, stdout, stderr } = start(name === "mutate" ? "mutation" : name, ...args);
    expect(stderr.split("\n").slice(0, 3)).toEqual([problem, "", expect.stringMatching(`^Usage: npm run ${name}`)]);
    expect([status, stdout]).toEqual([2, ""]);
  });

  test.each(["bench", "docs", "proof", "mutation"])("and the help of %s is its usage", (name) => {
    const { status, stdout, stderr } = start(name, "--help");
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/^Usage: npm run /);
  });
});
