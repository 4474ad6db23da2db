import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ROOT } from "../../scripts/run.ts";
import { type Command, startCommand } from "./command.ts";

const CLI = "dist/cli/oci-rotate.js";

/** The built command against the emulator that it starts itself: processes and sockets, nothing in between. */
describe("the built oci-rotate", () => {
  let emulator: Command;
  let made: { url: string; secretId: string; configFile: string; settings: Record<string, string> };
  const home = mkdtempSync(path.join(tmpdir(), "cli-e2e-"));

  beforeAll(async () => {
    emulator = startCommand(CLI, ["emulator", "--json", "--switch", "updating-polls=0"]);
    made = JSON.parse(await emulator.nextLine());
  });
  afterAll(async () => {
    await emulator.dispose();
    rmSync(home, { recursive: true, force: true });
  });

  const run = (args: readonly string[], environment: Readonly<Record<string, string>> = {}) =>
    new Promise<{ exitCode: number | null; stdout: string; stderr: string }>((resolve, reject) => {
      const env = { PATH: process.env["PATH"] ?? "", HOME: home, ...environment };
      // An open pipe, so that a command that waits for an answer would hang here.
      const child = spawn(process.execPath, [path.join(ROOT, CLI), ...args], { env, cwd: home, stdio: "pipe" });
      let stdout = "";
      let stderr = "";
      child.stdout.on("data", (chunk) => {
        stdout += chunk;
      });
      child.stderr.on("data", (chunk) => {
        stderr += chunk;
      });
      child.once("error", reject);
      child.once("close", (exitCode) => resolve({ exitCode, stdout, stderr }));
    });

  it("checks a secret of the emulator from another folder", async () => {
    const { url, secretId, configFile, settings } = made;
    const done = await run(["check", secretId, "--config-file", configFile, "--endpoint", url, "--json"], settings);
    expect(done).toMatchObject({ exitCode: 0, stderr: "" });
    expect(JSON.parse(done.stdout)).toMatchObject({ secretId, healthy: true, current: "accepted" });
  });

  it("logs in nowhere until it is told where the emulated issuers are, and says how", async () => {
    const { url, secretId, configFile } = made;
    const done = await run(["check", secretId, "--config-file", configFile, "--endpoint", url]);
    expect(done).toMatchObject({ exitCode: 1, stdout: "" });
    expect(done.stderr).toContain(`next:  set OROT_ISSUER_ORIGINS=${url} if that address is right`);
  });

  it("ends with 3 and without a question where nobody is signed in", async () => {
    const done = await run(["check", made.secretId]);
    expect(done).toMatchObject({ exitCode: 3, stdout: "" });
    expect(done.stderr).toMatch(/^error: there is no config file at .+\nnext: .+oci session authenticate/);
  });

  it("says that nothing answers at an endpoint", async () => {
    const { secretId, configFile } = made;
    const environment = { OROT_CALL_TIMEOUT_SECONDS: "1", OROT_BUDGET_SECONDS: "10" };
    const words = ["check", secretId, "--config-file", configFile, "--endpoint", "http://127.0.0.1:9"];
    const done = await run(words, environment);
    expect(done).toMatchObject({ exitCode: 1, stdout: "" });
    expect(done.stderr).toMatch(
      /^error: VAULT_UNAVAILABLE: Vault did not answer ListSecretVersions: 127\.0\.0\.1:9 refuses connections\.\nnext: {2}check the address/,
    );
  });

  it("teaches with --help, and ends with 2 where the words are wrong", async () => {
    expect(await run(["check", "--help"])).toMatchObject({
      exitCode: 0,
      stderr: "",
      stdout: expect.stringContaining("Examples:"),
    });
    expect(await run(["check"])).toMatchObject({ exitCode: 2, stdout: "" });
    expect((await run([])).exitCode).toBe(2);
  });
});
