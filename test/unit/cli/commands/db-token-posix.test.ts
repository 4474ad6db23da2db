import { chmodSync, mkdirSync, readdirSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { useCli } from "../../../support/cli.ts";

const cli = useCli();

test("oci-rotate db-token writes nothing where others may write", async () => {
  const w = await cli();
  const folder = path.join(w.home, "shared");
  mkdirSync(folder);
  chmodSync(folder, 0o777);
  const run = await w.run("db-token", "--location", folder);
  expect(run.exitCode).toBe(1);
  expect(run.stderr).toContain(`others may write in ${folder}`);
  expect(readdirSync(folder)).toEqual([]);
});
