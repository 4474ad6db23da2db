import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { CliError } from "../../../../src/cli/cli-error.ts";
import { readText } from "../../../../src/cli/sign-in/oci-variables.ts";
import { thrownBy } from "../../../support/failures.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "orot-read-text-"));
  writeFileSync(path.join(folder, "config"), "[DEFAULT]\n");
});
afterAll(() => rmSync(folder, { recursive: true }));

test("a config file is read as it is", () => {
  expect(readText(path.join(folder, "config"))).toBe("[DEFAULT]\n");
});

test.each([
  ["that is not there", "missing"],
  ["below what is no folder", path.join("config", "below")],
])("a config file %s is none", (_what, name) => {
  expect(readText(path.join(folder, name))).toBeNull();
});

test("a config file that cannot be read is told with Node's code, and what to do", async () => {
  const thrown = await thrownBy(() => readText(folder));
  expect(thrown).toBeInstanceOf(CliError);
  expect(thrown).toMatchObject({
    problem: {
      what: `the config file ${folder} cannot be read (EISDIR)`,
      next: "give yourself the right to read it, or name another with --config-file",
    },
  });
});
