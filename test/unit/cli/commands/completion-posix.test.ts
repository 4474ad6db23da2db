import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { commands } from "../../../../src/cli/commands/index.ts";
import { isGroup } from "../../../../src/cli/help.ts";
import { type CliWorld, useCli } from "../../../support/cli.ts";

const cli = useCli();
const LIMIT_MS = 60_000;

function bash(folder: string, words: readonly string[], stdin: string) {
  return spawnSync("bash", [...words], { input: stdin, cwd: folder, encoding: "utf8", timeout: LIMIT_MS });
}

/** What bash offers for the last word, as it fills `COMPREPLY`. */
async function offered(w: CliWorld, ...typed: readonly string[]): Promise<string[]> {
  const { stdout } = await w.run("completion", "bash");
  const words = ["oci-rotate", ...typed].map((word) => `'${word}'`).join(" ");
  const script = `${stdout}\nCOMP_WORDS=(${words}); COMP_CWORD=${typed.length}; _oci_rotate; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const done = bash(w.home, ["--norc", "-s"], script);
  expect(done.stderr).toBe("");
  return done.stdout.split("\n").filter((line) => line !== "");
}

describe("oci-rotate completion bash", () => {
  test("is a script that bash can read", async () => {
    const w = await cli();
    const run = await w.run("completion", "bash");
    expect(run).toMatchObject({ exitCode: 0, stderr: "", requests: [] });
    expect(bash(w.home, ["-n"], run.stdout)).toMatchObject({ status: 0, stderr: "" });
  });

  test("offers every command, then those below a word", async () => {
    const w = await cli();
    expect(await offered(w, "")).toEqual(commands.map(({ name }) => name));
    expect(await offered(w, "sch")).toEqual(["schedule"]);
    expect(await offered(w, "schedule", "s")).toEqual(["show", "set"]);
  });

  test("offers the options of the command and those of every command", async () => {
    const w = await cli();
    expect(await offered(w, "schedule", "set", "--e")).toEqual(["--every", "--endpoint"]);
    expect(await offered(w, "check", "--e")).toEqual(["--endpoint"]);
  });

  test("takes the value of an option for no command", async () => {
    const w = await cli();
    expect(await offered(w, "--profile", "check", "schedule", "r")).toEqual(["remove"]);
    expect(await offered(w, "check", "--profile", "sch")).toEqual([]);
  });

  test("offers known values, and files where a file is wanted", async () => {
    const w = await cli();
    mkdirSync(path.join(w.home, "my data"));
    writeFileSync(path.join(w.home, "my config"), "");
    expect(await offered(w, "completion", "")).toEqual(["bash", "zsh", "fish"]);
    expect(await offered(w, "check", "--auth", "inst")).toEqual(["instance-principal"]);
    expect(await offered(w, "check", "--config-file", "my c")).toEqual(["my config"]);
    expect(await offered(w, "emulator", "--data-dir", "my d")).toEqual(["my data"]);
  });
});

describe.each([
  ["zsh", (name: string, does: string) => `'${name}:${does.replaceAll("'", "'\\''")}'`],
  ["fish", (name: string, does: string) => `-a '${name}' -d '${does.replaceAll("'", "\\'")}'`],
])("oci-rotate completion %s", (shell, line) => {
  test("has every command with what it does", async () => {
    const w = await cli();
    const { stdout } = await w.run("completion", shell);
    const all = commands.flatMap((entry) => [entry, ...(isGroup(entry) ? entry.commands : [])]);
    for (const { name, summary } of all) expect(stdout).toContain(line(name, summary));
  });
});

test("oci-rotate completion names the shells that it knows", async () => {
  const w = await cli();
  const run = await w.run("completion", "tcsh");
  expect(run.exitCode).toBe(2);
  expect(run.stderr).toContain("<shell> takes one of bash, zsh, fish");
});
