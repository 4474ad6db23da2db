import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Secret } from "../../../src/base/secret.ts";
import { replacePrivateFiles } from "../../../src/cli/private-files.ts";
import { createSeededEntropy } from "../../../src/emulator/core/seeded-entropy.ts";
import { thrownBy } from "../../support/failures.ts";
import { OWNER_ONLY, OWNER_ONLY_FOLDER } from "../../support/modes.ts";

let home = "";
beforeEach(() => {
  home = mkdtempSync(path.join(tmpdir(), "private-"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const replace = (folder: string, ...names: readonly string[]) =>
  replacePrivateFiles(
    folder,
    names.map((name) => ({ name, content: new Secret(`content of ${name}`) })),
    createSeededEntropy(1),
  );
const modeOf = (file: string) => statSync(file).mode & 0o777;

test("files replace older ones whole, and they and their folder are for their owner alone", () => {
  const folder = path.join(home, "a", "b");
  replace(folder, "token", "key.pem");
  chmodSync(path.join(folder, "token"), 0o666);
  replace(folder, "token");
  expect(readdirSync(folder).toSorted()).toEqual(["key.pem", "token"]);
  expect(readFileSync(path.join(folder, "token"), "utf8")).toBe("content of token");
  expect([modeOf(folder), modeOf(path.join(folder, "token"))]).toEqual([OWNER_ONLY_FOLDER, OWNER_ONLY]);
});

test("a folder that cannot be made ends it, with the system's own code", async () => {
  writeFileSync(path.join(home, "file"), "");
  const folder = path.join(home, "file", "below");
  expect(await thrownBy(() => replace(folder, "token"))).toMatchObject({
    problem: {
      code: "FILE_UNUSABLE",
      what: `the folder ${folder} cannot be created (ENOTDIR)`,
      means: "nothing was written",
      next: "name another with --location",
    },
  });
});

test("if one file cannot take its place, no temporary file is left", async () => {
  mkdirSync(path.join(home, "token", "below"), { recursive: true });
  expect(await thrownBy(() => replace(home, "token", "key.pem"))).toMatchObject({
    problem: {
      code: "FILE_UNUSABLE",
      what: expect.stringMatching(/^the files in .* cannot be written \([A-Z]{2,20}\)$/),
      means: "nothing was written",
      next: "check its rights and the disk",
    },
  });
  expect(readdirSync(home)).toEqual(["token"]);
});
