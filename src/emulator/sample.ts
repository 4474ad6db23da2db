import type { Emulator } from "./emulator.ts";
import { ROTATED_ONCE } from "./rotated-once.ts";

/** What the emulator creates at its first start. Holds no secret. */
export interface Sample {
  readonly functionId: string;
  readonly applicationId: string;
  readonly secretId: string;
  readonly secretName: string;
  readonly appId: string;
  readonly clientId: string;
  readonly compartmentId: string;
  readonly vaultId: string;
  readonly keyId: string;
}

const NAME = "sample-app-credential";
const INTERVAL_DAYS = 30;

/** An application of the emulated domain: its secret's content, in the format of Oracle's sample. */
export function sampleApplication({ admin }: Pick<Emulator, "admin">, url: string) {
  const { appId, clientId, secret } = admin.createApp();
  // Oracle's sample names the domain by its instance id. Here it answers on loopback, which only a URL can say.
  return { domainUrl: url, appId, clientId, appSecret: secret };
}

/** The setting that a function needs before it sends credentials to an emulated issuer. @param url of the emulator */
export function issuerSettings(url: string): { readonly OROT_ISSUER_ORIGINS: string } {
  return { OROT_ISSUER_ORIGINS: url };
}

/**
 * Creates the function, and a secret with this content that it rotates every 30 days. The secret carries the note that a first rotation
 * would write, so that all rotations are alike.
 * @param url of the emulated issuers
 */
export function createSampleSecret(
  { admin }: Pick<Emulator, "admin">,
  content: object,
  url: string,
): { readonly functionId: string; readonly secretId: string } {
  const functionId = admin.createFunction({ config: issuerSettings(url) });
  const text = JSON.stringify(content, null, 2);
  const secretId = admin.createSecret({
    name: NAME,
    content: text,
    functionId,
    rotationIntervalDays: INTERVAL_DAYS,
    metadata: ROTATED_ONCE,
  });
  return { functionId, secretId };
}

/** The sample application with its secret. One made by an earlier run is reused. */
export function ensureSample(emulator: Emulator, url: string): Sample {
  const found = Object.values(emulator.state.vault.secrets).find((secret) => secret.name === NAME);
  const secretId = found?.id ?? createSampleSecret(emulator, sampleApplication(emulator, url), url).secretId;
  return describe(emulator, secretId);
}

function describe(emulator: Emulator, secretId: string): Sample {
  const { name: secretName, compartmentId, vaultId, keyId, rotationConfig } = emulator.admin.secret(secretId);
  const content: unknown = JSON.parse(emulator.admin.content(secretId, 1) ?? "{}");
  const { appId, clientId } = content as { appId: string; clientId: string };
  const functionId = String(rotationConfig?.targetSystemDetails["functionId"]);
  const applicationId = emulator.state.functions.functions[functionId]?.applicationId ?? "";
  return { functionId, applicationId, secretId, secretName, appId, clientId, compartmentId, vaultId, keyId };
}

/** Commands of the product's own command line (built by `npm run build`), for a shell that `--env` has set up, with a word on each. */
export const ownCommands: readonly { readonly does: string; readonly command: string }[] = [
  { does: "set that shell up for this emulator", command: 'eval "$(npm run -s emulator -- --env)"' },
  { does: "list the secrets, and what is due", command: "npx oci-rotate scan" },
  { does: "everything about the secret", command: `npx oci-rotate status ${NAME}` },
  { does: "rotate it", command: `npx oci-rotate rotate ${NAME}` },
  { does: "what an operator should fix", command: `npx oci-rotate doctor ${NAME}` },
];

/** The commands of the official `oci` command line that work against this emulator, with a word on each. */
export function ociCommands(
  sample: Sample,
  url: string,
  configFile: string,
): readonly { does: string; command: string }[] {
  const oci = `oci --config-file ${configFile} --endpoint ${url}`;
  const secret = `--secret-id ${sample.secretId}`;
  const event = `'{"secretId":"${sample.secretId}"}'`;
  return [
    { does: "look at the secret", command: `${oci} vault secret get ${secret}` },
    { does: "list secrets", command: `${oci} vault secret list --compartment-id ${sample.compartmentId}` },
    { does: "list its versions", command: `${oci} vault secret-version list ${secret}` },
    { does: "rotate it as Vault's schedule does", command: `${oci} vault secret rotate ${secret}` },
    {
      does: "see the result",
      command: `${oci} work-requests work-request get --work-request-id <id that rotate printed>`,
    },
    {
      does: "rotate it by calling the function",
      command: `${oci} fn function invoke --function-id ${sample.functionId} --file - --body ${event}`,
    },
    {
      does: "read CURRENT (prints the emulator's secret)",
      command: `${oci} secrets secret-bundle get ${secret} --stage CURRENT`,
    },
    { does: "stop a rotation and the schedule", command: `${oci} vault secret cancel-secret-rotation ${secret}` },
  ];
}
