import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { shellLines } from "../../scripts/docs-check/documents.ts";
import { ROOT } from "../../scripts/run.ts";
import { type OciEmulator, openOciEmulator } from "./oci-emulator.ts";

/** The lines of all pages of the runbook that hold a command of `oci`. */
function commandsOfRunbook(): readonly string[] {
  const folder = path.join(ROOT, "docs", "runbook");
  const pages = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".md"));
  const lines = pages.flatMap((name) => shellLines(readFileSync(path.join(folder, name), "utf8")));
  return [...new Set(lines.map((line) => line.trim()).filter((line) => /\boci [a-z]/.test(line)))];
}

describe("the oci commands of the runbook", () => {
  const commands = commandsOfRunbook();
  let emulator: OciEmulator;
  let env: Readonly<Record<string, string>>;
  beforeAll(async () => {
    emulator = await openOciEmulator();
    const { configFile, url, compartmentId, vaultId, keyId, secretId, oci, home } = emulator;
    writeFileSync(path.join(home, "credential.json"), "{}");
    // Of three versions the first is DEPRECATED: Vault deletes no other.
    for (const text of ["one", "two"]) {
      const content = Buffer.from(`{"a":"${text}"}`).toString("base64");
      const ran = await oci(
        ...["vault", "secret", "update-base64", "--secret-id", secretId, "--secret-content-content", content],
        ...["--force", "--wait-for-state", "ACTIVE"],
      );
      expect(ran).toMatchObject({ code: 0 });
    }
    env = {
      ...{ OCI_CLI_CONFIG_FILE: configFile, OCI_CLI_ENDPOINT: url, COMPARTMENT: compartmentId, VAULT: vaultId },
      ...{ KEY: keyId, SECRET: secretId, NUMBER: "2", number: "1" },
    };
  });
  /** A write leaves the secret UPDATING until it has been looked at. */
  const settle = async () => {
    const { oci, secretId } = emulator;
    expect(await oci("vault", "secret", "get", "--secret-id", secretId)).toMatchObject({ code: 0 });
  };
  afterAll(async () => {
    await emulator.stop();
  });

  it("are found", () => {
    expect(commands.length).toBeGreaterThanOrEqual(6);
  });

  it.each(commands)("does what it says: %s", async (command) => {
    if (/ (?:update|schedule)/.test(command)) await settle();
    // A failure behind a pipe or in a substitution leaves no exit code, and always a line.
    expect(await emulator.shell(command, env)).toMatchObject({ code: 0, stderr: "" });
  });
});
