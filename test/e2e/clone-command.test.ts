import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import manifest from "../../package.json" with { type: "json" };

const PROGRAM = manifest.bin["oci-rotate"];
let clone = "";

beforeEach(() => {
  clone = mkdtempSync(path.join(tmpdir(), "clone-"));
  writeFileSync(path.join(clone, "package.json"), '{"type": "module"}');
  cpSync(PROGRAM, path.join(clone, PROGRAM));
});
afterEach(() => rmSync(clone, { recursive: true, force: true }));

const run = (...args: string[]) =>
  spawnSync(process.execPath, [path.join(clone, PROGRAM), ...args], { encoding: "utf8" });

test("npx oci-rotate says that it is not built, and how to build it", () => {
  expect(run("scan")).toMatchObject({
    status: 1,
    stdout: "",
    stderr: "error: oci-rotate is not built in this clone.\nnext:  run npm run build, or use npm run oci-rotate --.\n",
  });
});

test("it starts the built program with the words given", () => {
  mkdirSync(path.join(clone, "dist/cli"), { recursive: true });
  writeFileSync(path.join(clone, "dist/cli/oci-rotate.js"), "console.log(process.argv.slice(2).join());");
  expect(run("scan", "--json")).toMatchObject({ status: 0, stdout: "scan,--json\n", stderr: "" });
});
