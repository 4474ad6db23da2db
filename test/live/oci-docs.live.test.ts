import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ociCommands, readDocuments } from "../../scripts/docs-check/documents.ts";
import { stackZip } from "../../scripts/terraform/stack.ts";
import { type OciEmulator, openOciEmulator } from "./oci-emulator.ts";

/** Commands whose service the emulator has; of the others only the command line's own judgement is tested. */
const SERVED =
  /^oci (?:vault secret (?:create-base64|get|list|update|update-base64|rotate|cancel-secret-rotation|schedule-secret-deletion)|vault secret-version list|fn (?:function|application) (?:list|get)|fn function update container-function(?!.*--image)|ons topic create)\b/;
/** Changes that the others would suffer from come last. */
const LAST = /\b(?:cancel-secret-rotation|schedule-secret-deletion)\b/;
const FILES = ["credential.json", "authority.json", "callback.json", "variables.json"];

/** A placeholder for an id is not found; everything else is an operation that the emulator leaves out. */
function refusalOf(command: string): string {
  // It would go to the host that the key's name tells: it stops there, and has then read all of its options.
  if (command.includes(" image-signature sign-upload ")) return "Failed to split key ocid";
  return `"status": ${command.includes("ocid1...") ? 404 : 501}`;
}

describe("the oci commands of the documents", () => {
  // Those of the runbook have a test of their own.
  const documents = readDocuments().filter(({ name }) => !name.startsWith("docs/runbook/"));
  const commands = ociCommands(documents).toSorted((a, b) => Number(LAST.test(a)) - Number(LAST.test(b)));
  let emulator: OciEmulator;
  let env: Readonly<Record<string, string>>;
  beforeAll(async () => {
    emulator = await openOciEmulator();
    const { home, url, functionId, secretId, oci } = emulator;
    mkdirSync(path.join(home, "dist"));
    for (const name of FILES) writeFileSync(path.join(home, name), "{}");
    writeFileSync(path.join(home, "dist/oci-rotate-stack.zip"), stackZip().bytes);
    writeFileSync(path.join(home, "policies.json"), "[]");
    const found = await oci("fn", "function", "get", "--function-id", functionId, "--query", "etag", "--raw-output");
    env = {
      ...{ OCI_CLI_CONFIG_FILE: emulator.configFile, OCI_CLI_ENDPOINT: url, MANAGEMENT: url },
      ...{ COMPARTMENT: emulator.compartmentId, TENANCY: emulator.compartmentId, VAULT: emulator.vaultId },
      ...{
        KEY: emulator.keyId,
        SIGNING_KEY: "ocid1.key.oc1..none",
        SIGNING_KEY_VERSION: "ocid1.keyversion.oc1..none",
      },
      ...{ SUBNET: "ocid1.subnet.oc1..none", APPLICATION: emulator.applicationId, FUNCTION: functionId },
      ...{ SECRET: secretId, AUTHORITY: secretId, MIRROR: functionId, STACK: "ocid1.ormstack.oc1..none" },
      ...{ SCHEDULE: "ocid1.resourceschedule.oc1..none", TOPIC: "ocid1.onstopic.oc1..none" },
      ...{ GATEWAY: "ocid1.apigateway.oc1..none", IMAGE_ID: "ocid1.containerimage.oc1..none" },
      ...{ IMAGE: "fra.ocir.io/namespace/oci-rotate:0.1.0-1", DIGEST: `sha256:${"0".repeat(64)}` },
      ...{ LOG_GROUP: "ocid1.loggroup.oc1..none", LOG: "ocid1.log.oc1..none", SINCE: "2026-11-22T10:00:00Z" },
      ETAG: found.stdout.trim(),
    };
  });
  afterAll(async () => {
    await emulator.stop();
  });
  /** A write leaves the secret UPDATING until it has been looked at. */
  const settle = () => emulator.oci("vault", "secret", "get", "--secret-id", emulator.secretId);

  it("are found", () => {
    expect(commands.length).toBeGreaterThanOrEqual(35);
    expect(commands.filter((command) => SERVED.test(command)).length).toBeGreaterThanOrEqual(14);
  });

  it.each(commands.filter((command) => SERVED.test(command)))("do what they say: %s", async (command) => {
    await settle();
    const ran = await emulator.shell(command, env);
    expect(ran).toMatchObject({ code: 0 });
    expect(ran.stderr).not.toContain("Error");
    if (!LAST.test(command)) expect(ran.stdout).not.toBe("");
  });

  it.each(commands.filter((command) => !SERVED.test(command)))("are ones that exist: %s", async (command) => {
    const ran = await emulator.shell(command, env);
    // 2 is a mistake in the command; 1 comes with the emulator's own refusal, so the request was complete.
    expect(ran).toMatchObject({ code: 1, json: {} });
    expect(ran.stderr).toContain(refusalOf(command));
  });
});
