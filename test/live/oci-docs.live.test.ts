import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ROOT } from "../../scripts/run.ts";
import { type OciEmulator, openOciEmulator } from "./oci-emulator.ts";

/** Commands of the guide whose service the emulator has; of the others only the command line's own judgement is tested. */
const SERVED =
  /^oci (?:vault secret (?:create-base64|get|list|update|rotate)|vault secret-version list|fn (?:function|application) (?:list|get)|ons topic create)\b/;

/** The `oci` commands in the guide's shell blocks, each on one line. */
function commandsOf(guide: string): readonly string[] {
  const blocks = [...guide.matchAll(/^```sh\n(.*?)^```/gms)].map((block) => block[1] ?? "");
  const lines = blocks.join("\n").replaceAll("\\\n", " ").split("\n");
  return lines.filter((line) => line.startsWith("oci "));
}

describe("the commands of docs/deploying.md", () => {
  const commands = commandsOf(readFileSync(path.join(ROOT, "docs", "deploying.md"), "utf8"));
  let emulator: OciEmulator;
  let env: Readonly<Record<string, string>>;
  beforeAll(async () => {
    emulator = await openOciEmulator();
    for (const name of ["credential.json", "authority.json"]) writeFileSync(path.join(emulator.home, name), "{}");
    writeFileSync(path.join(emulator.home, "policies.json"), "[]");
    env = {
      OCI_CLI_CONFIG_FILE: emulator.configFile,
      OCI_CLI_ENDPOINT: emulator.url,
      COMPARTMENT: emulator.compartmentId,
      VAULT: emulator.vaultId,
      KEY: emulator.keyId,
      SUBNET: "ocid1.subnet.oc1..none",
      APPLICATION: emulator.applicationId,
      FUNCTION: emulator.functionId,
      SECRET: emulator.secretId,
      AUTHORITY: emulator.secretId,
      SCHEDULE: "ocid1.resourceschedule.oc1..none",
      TOPIC: "ocid1.onstopic.oc1..none",
      IMAGE: "iad.ocir.io/namespace/oci-rotate:0.1.0-0123456789ab-42.1",
      DIGEST: `sha256:${"0".repeat(64)}`,
      ETAG: "f1",
    };
  });
  afterAll(async () => {
    await emulator.stop();
  });

  it("are found", () => {
    expect(commands.length).toBeGreaterThanOrEqual(10);
    expect(commands.filter((command) => SERVED.test(command)).length).toBeGreaterThanOrEqual(4);
  });

  it.each(commands.filter((command) => SERVED.test(command)))("does what it says: %s", async (command) => {
    const ran = await emulator.shell(command, env);
    expect(ran).toMatchObject({ code: 0, stderr: "" });
    expect(ran.json).not.toEqual({});
  });

  it.each(commands.filter((command) => !SERVED.test(command)))("is one that exists: %s", async (command) => {
    const ran = await emulator.shell(command, env);
    // 2 is a mistake in the command; 1 comes with the emulator's own refusal, so the request was complete.
    expect(ran).toMatchObject({ code: 1, stdout: "" });
    // A placeholder for an id is not found; everything else is an operation that the emulator leaves out.
    expect(ran.stderr).toContain(`"status": ${command.includes("ocid1...") ? 404 : 501}`);
  });
});
