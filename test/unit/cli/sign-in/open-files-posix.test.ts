import { chmodSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { HOUR_MS } from "../../../../src/base/durations.ts";
import { useCli } from "../../../support/cli.ts";

const cli = useCli();
const SUPPRESS = "OCI_CLI_SUPPRESS_FILE_PERMISSIONS_WARNING";
const files = { config: "config", key: "oci-api-key.pem" } as const;

/** A home whose file has these rights. */
async function withRights(of: keyof typeof files, mode: number) {
  const w = await cli();
  const file = path.join(w.home, ".oci", files[of]);
  chmodSync(file, mode);
  return { ...w, file };
}

describe("Files of the sign-in that others have rights on", () => {
  test.each([
    ["config", 0o644],
    ["config", 0o620],
    ["config", 0o601],
    ["key", 0o640],
    ["key", 0o604],
    ["key", 0o777],
  ] as const)("are warned of, with what mends it: the %s with mode %o", async (of, mode) => {
    const { file, run, secretId } = await withRights(of, mode);
    const ended = await run("check", secretId, "--json");
    expect(ended.exitCode).toBe(0);
    const [line, ...more] = ended.stderr.trimEnd().split("\n");
    expect(line).toBe(
      `warning: ${file} is open to others (mode 0${mode.toString(8)}); run chmod 600 ${file}, or set ${SUPPRESS}=True`,
    );
    expect(more).toEqual([]);
    expect(ended.json()).toMatchObject({ healthy: true });
  });

  test.each([0o600, 0o400, 0o700] as const)("are not, where the owner alone has any: mode %o", async (mode) => {
    const { run, secretId } = await withRights("config", mode);
    expect(await run("check", secretId)).toMatchObject({ exitCode: 0, stderr: "" });
  });

  test("are warned of once, however often a command reads", async () => {
    const { run, secretId } = await withRights("config", 0o644);
    expect((await run("doctor", secretId)).stderr.match(/is open to others/g)).toHaveLength(1);
  });

  test("are warned of by session, and before a key that cannot be used is refused", async () => {
    const w = await withRights("key", 0o644);
    w.writeSession(HOUR_MS);
    expect((await w.run("session")).stderr).toContain("oci-api-key.pem is open to others");
    w.writeSession(-HOUR_MS);
    const ended = await w.run("check", w.secretId);
    expect(ended.exitCode).toBe(3);
    expect(ended.stderr).toMatch(/^warning: .+ is open to others.+\nerror: /);
  });

  test.each(["True", "true"])("are passed over with the variable of oci set to %s", async (value) => {
    const { runWith, secretId } = await withRights("key", 0o644);
    const environment = { [SUPPRESS]: value };
    expect(await runWith({ environment }, "check", secretId)).toMatchObject({ exitCode: 0, stderr: "" });
  });

  test.each(["", "False"])("and warned of where it is %o", async (value) => {
    const { runWith, secretId } = await withRights("key", 0o644);
    const ended = await runWith({ environment: { [SUPPRESS]: value } }, "check", secretId);
    expect(ended.stderr).toContain("is open to others");
  });
});
