import { expect, test } from "vitest";
import type { InvokeFunction } from "../../../src/emulator/functions/api.ts";
import { javaSample } from "../../prove/upgrades/java-sample.ts";
import { type CliWorld, useCli } from "../../support/cli.ts";
import { vaultAtWork } from "../../support/cli-due.ts";
import { scheduleRotation } from "../../support/outside-changes.ts";
import { STEPS } from "../../support/world.ts";
import { carryOut } from "./drill.ts";
import { theSecret } from "./worlds.ts";

const cli = useCli();

/** Oracle's sample as a function beside ours; the ids of both. */
function deployBoth(w: CliWorld): { readonly functionId: string; readonly sampleId: string } {
  const { emulator, clock } = w;
  const functionId = w.deploy();
  const sampleId = emulator.admin.createFunction();
  const { invoke: ours, transport, entropy } = emulator;
  if (ours === undefined) throw new Error("no function is deployed");
  const endpoints = {
    vaultEndpoint: "https://vaults.us-ashburn-1.oci.oraclecloud.com",
    secretsEndpoint: "https://secrets.vaults.us-ashburn-1.oci.oraclecloud.com",
  };
  const sample = javaSample(true)({
    ...{ clock, transport, entropy, environment: {}, write: () => undefined },
    vaultAccess: () => ({ ...endpoints, transport, signer: { signHttpRequest: async () => undefined } }),
  });
  const theirs: InvokeFunction = async (_, event, { callId }) => {
    const answer = await sample(Buffer.from(event), { callID: callId, deadline: null });
    return { status: 200, body: JSON.stringify(answer) };
  };
  emulator.invoke = (id, event, options) => (id === sampleId ? theirs : ours)(id, event, options);
  return { functionId, sampleId };
}

/** Vault works on what a command asks of it, and on nothing of its own accord: the world's time stands still between two commands. */
const withVault = (w: CliWorld): CliWorld => ({
  ...w,
  run: async (...words) => {
    if (!words.includes("vault")) return w.run(...words);
    const vault = vaultAtWork(w);
    try {
      return await w.run(...words);
    } finally {
      await vault.stop();
    }
  },
});

const versionsOf = (w: CliWorld) => w.emulator.admin.secret(w.secretId).versions;

test("migration", async () => {
  // The sample's requests are not signed here.
  const w = withVault(await cli({ switches: { "verify-signatures": "off" } }));
  const { functionId, sampleId } = deployBoth(w);
  scheduleRotation(w, sampleId, 30);

  await carryOut(w, "docs/migration.md", {
    begin: async () => {
      // The sample has rotated once, and was stopped in the next rotation, before it promoted.
      for (const step of [...STEPS, ...STEPS.slice(0, 2)]) {
        const event = { step, secretId: w.secretId, versionNo: versionsOf(w).length };
        const { body = "" } =
          (await w.emulator.invoke?.(sampleId, JSON.stringify(event), { callId: step, timeoutMs: 300_000 })) ?? {};
        expect(JSON.parse(body)).toMatchObject({ responseCode: 200 });
      }
      expect(w.versions()).toBe("1:PREVIOUS 2:CURRENT 3:PENDING");
      await w.clock.sleep(3_600_000);
    },
    variables: () => ({ ...theSecret(w), FUNCTION: functionId, SAMPLE: sampleId }),
    isWell: () => w.currentVerdict() === "accepted" && !w.versions().includes("PENDING"),
  });

  // The heal promoted the sample's third version; then each way there and back has rotated, and the sample was the last.
  const { rotationConfig } = w.emulator.admin.secret(w.secretId);
  expect(rotationConfig?.targetSystemDetails).toMatchObject({ functionId: sampleId });
  const credentials = versionsOf(w).filter(({ content }) => !Buffer.from(content, "base64").includes("_rotation"));
  expect(credentials.map(({ name }) => name?.replace(/-.*/, "") ?? "the sample's")).toEqual([
    ...["the sample's", "the sample's", "the sample's", "orot", "orot", "the sample's"],
  ]);
  expect(new Set(credentials.map(({ number }) => w.valueOf(number))).size).toBe(6);
});
