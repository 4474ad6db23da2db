import { expect, test, vi } from "vitest";
import { optionEntries } from "../../../../src/emulator/option-table.ts";
import { helpText, readOptions } from "../../../../src/emulator/options.ts";
import { useCli } from "../../../support/cli.ts";

const cli = useCli();

test("oci-rotate emulator has each option of npm run emulator, in the same words", async () => {
  const w = await cli();
  const { stdout } = await w.runWith({ columns: 400 }, "emulator", "--help");
  const shown = stdout.replaceAll(/\s+/g, " ");
  expect(optionEntries.map(([name]) => name)).toEqual(expect.arrayContaining(["config", "start-limit", "sample"]));
  for (const [name, { does, value }] of optionEntries) {
    expect(shown).toContain(` --${name}${value === null ? "" : ` <${value}`}`);
    expect(shown).toContain(does);
    expect(helpText()).toContain(does);
    expect(() => readOptions([`--${name}`])).not.toThrow(/Unknown option/);
  }
});

test.each([
  [["--sample", "none"], "--sample takes fleet or one"],
  [["--start-limit", "0"], "--start-limit takes a number of seconds from 1 to 300"],
  [["--config", "A=1", "--config", "b"], "--config takes NAME=VALUE"],
  [["--config", "A=1", "b"], "--config takes NAME=VALUE"],
  [["--port", "70000"], "--port takes a number from 0 to 65535"],
  [["--secrets", "5001"], "--secrets takes a number from 0 to 5000"],
  [["--switch", "no-such=1"], 'unknown switch "no-such"'],
])("the emulator judges the values that it is given: %j", async (words, what) => {
  const w = await cli();
  const run = await w.run("emulator", ...words);
  expect(run).toMatchObject({ exitCode: 2, stdout: "", stderr: expect.stringContaining(what) });
  // Some of the emulator's own errors say themselves what is next.
  const next = words.includes("--switch") ? "see --help for the list" : "see oci-rotate emulator --help";
  expect(run.stderr).toMatch(new RegExp(`^error: .+[^.]\\.\nnext:  ${next}\\.\n$`));
});

test.each([
  [[], "no emulator is running"],
  [["--port", "8080"], "no emulator is running on port 8080"],
])("--env %j says that none is running, and starts none", async (words, what) => {
  const w = await cli();
  vi.stubEnv("XDG_CACHE_HOME", w.home);
  const run = await w.run("emulator", "--env", ...words);
  expect(run).toMatchObject({ exitCode: 1, stdout: "" });
  expect(run.stderr).toBe(
    `error: ${what}.\nnext:  start it in another terminal with npm run emulator, then run this again.\n`,
  );
});
