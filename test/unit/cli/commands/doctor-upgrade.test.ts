import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { type CliWorld, expectOnlyReads, useCli } from "../../../support/cli.ts";
import { uaaClient } from "../../../support/clients.ts";
import { deployed } from "./doctor-rig.ts";

const cli = useCli();

const DOMAIN = `https://idcs-${"0".repeat(32)}.identity.oraclecloud.com`;
const UAA = "https://uaa.emulated.example";
const SET = "fn config function rotation oci-rotate";

interface Step {
  readonly why: string;
  readonly line: string | null;
}

async function upgrade(w: CliWorld, ...args: readonly string[]): Promise<readonly Step[]> {
  const run = await w.run("doctor", ...args, "--upgrade", "--json");
  expectOnlyReads(run);
  return run.json()["upgrade"] as readonly Step[];
}

const lines = (steps: readonly Step[]) => steps.flatMap(({ line }) => (line === null ? [] : [line]));

/** Another secret that the same function rotates. */
function another(w: CliWorld, functionId: string, content: object): string {
  const id = w.emulator.admin.createSecret({
    name: `more-${Object.keys(w.emulator.state.vault.secrets).length}`,
    content: JSON.stringify(content),
  });
  w.emulator.admin.secret(id).rotationConfig = {
    targetSystemDetails: { targetSystemType: "FUNCTION", functionId },
    isScheduledRotationEnabled: true,
    rotationInterval: "P30D",
  };
  return id;
}

function oldAuthority(w: CliWorld, content: object): string {
  const { clientId, secret } = w.emulator.admin.createApp({ admin: true });
  w.canary.add(secret);
  const text = JSON.stringify({ kind: "client-secret", clientId, clientSecret: secret, note: "keep", ...content });
  return w.emulator.admin.createSecret({ name: "authority", content: text });
}

describe("oci-rotate doctor --upgrade", () => {
  test("finds nothing in a configuration of this edition", async () => {
    const w = await cli();
    deployed(w);
    expect(await upgrade(w, w.secretId)).toEqual([]);
    expect((await w.run("doctor", w.secretId, "--upgrade")).stdout).toContain(
      "upgrade: nothing is of an earlier edition",
    );
    expect((await w.run("doctor", w.secretId, "--json")).json()).not.toHaveProperty("upgrade");
  });

  test("prints the addresses to admit where the setting was not needed before, for every secret that is rotated", async () => {
    const w = await cli({ client: uaaClient() });
    const functionId = deployed(w, { OROT_ISSUER_ORIGINS: null });
    const { appId, clientId, secret } = w.emulator.admin.createApp();
    another(w, functionId, { domainUrl: DOMAIN, appId, clientId, appSecret: secret });
    another(w, functionId, {
      ...{ issuer: "edfi-cms", url: "https://cms.example/config", apiClientId: 7, clientId: "key", clientSecret: "x" },
      tokenUrl: "https://sso.example/realms/edfi/protocol/openid-connect/token",
    });
    const [line = "", ...more] = lines(await upgrade(w, w.secretId));
    expect(more).toEqual([]);
    const [, addresses = ""] = line.split(`${SET} OROT_ISSUER_ORIGINS `);
    expect(new Set(addresses.split(","))).toEqual(
      new Set([
        ...[`${UAA}/uaa`, DOMAIN, "https://cms.example/config"],
        "https://sso.example/realms/edfi/protocol/openid-connect/token",
      ]),
    );
  });

  test("leaves identity domains at Oracle's own addresses as they are", async () => {
    const w = await cli();
    const functionId = w.emulator.admin.createFunction();
    expect(await upgrade(w, w.secretId, "--function", functionId)).toEqual([]);
  });

  test("adds to the addresses that are admitted those that are missing", async () => {
    const w = await cli({ client: uaaClient() });
    deployed(w);
    expect(lines(await upgrade(w, w.secretId))).toEqual([`${SET} OROT_ISSUER_ORIGINS ${DOMAIN},${UAA}/uaa`]);
  });

  test("completes the Apps of the function's own principal, although the setting cannot be read any more", async () => {
    const w = await cli();
    const functionId = deployed(w, {
      OROT_RESOURCE_PRINCIPAL_APPS: `${DOMAIN}#${w.app.appId.toUpperCase()},${DOMAIN}#${"f".repeat(32)}`,
    });
    const steps = await upgrade(w, w.secretId, "--function", functionId);
    expect(lines(steps)).toEqual([
      `${SET} OROT_RESOURCE_PRINCIPAL_APPS '${[DOMAIN, w.app.appId, w.app.clientId, w.secretId].join("#")}'`,
    ]);
    expect(steps.map(({ why }) => why)).toContainEqual(
      expect.stringContaining(`names the App ${"f".repeat(32)}, and none of the secrets found is its`),
    );
  });

  test("prints an authority's new content for all secrets whose clients it named, by a line that keeps its value to itself", async () => {
    const w = await cli({ client: uaaClient({ clientId: "it's" }) });
    const authority = oldAuthority(w, { issuer: "uaa", origin: UAA, mayRotate: ["it's", "second", "gone"] });
    const functionId = deployed(w, { OROT_ISSUER_ORIGINS: UAA, OROT_AUTHORITY_SECRET_IDS: authority });
    const second = another(w, functionId, { issuer: "uaa", url: `${UAA}/uaa`, clientId: "second", clientSecret: "x" });
    const far = another(w, functionId, { issuer: "uaa", url: `${UAA}/other`, clientId: "second", clientSecret: "x" });
    another(w, functionId, { issuer: "uaa", url: `${UAA}/uaa`, clientId: "third", clientSecret: "x" });
    const steps = await upgrade(w, w.secretId);
    const [line = ""] = lines(steps);
    expect(line).toMatch(
      new RegExp(`^oci vault secret update-base64 --secret-id ${authority} --secret-content-content`),
    );
    expect(steps.map(({ why }) => why)).toContainEqual(
      `${far} is at ${UAA}/other: that address needs another authority's secret`,
    );

    const [, script = ""] = /\| (node -e .*)\)"$/.exec(line) ?? [];
    const stored = Buffer.from(w.emulator.admin.content(authority, 1) ?? "").toString("base64");
    const merged = execFileSync("sh", ["-c", script], { input: stored, encoding: "utf8" });
    const { clientSecret, clientId } = JSON.parse(w.emulator.admin.content(authority, 1) ?? "");
    expect(JSON.parse(Buffer.from(merged, "base64").toString("utf8"))).toEqual({
      ...{ kind: "client-secret", issuer: "uaa", url: `${UAA}/uaa`, clientId, clientSecret, note: "keep" },
      mayRotate: [
        { client: "it's", secretId: w.secretId },
        { client: "second", secretId: second },
      ],
    });
  });

  test("says where an old authority names the client of no secret, and which secrets could not be read", async () => {
    const w = await cli();
    const authority = oldAuthority(w, { issuer: "oci-iam", origin: DOMAIN, mayRotate: ["0".repeat(32)] });
    const functionId = deployed(w, { OROT_AUTHORITY_SECRET_IDS: `${authority},ocid1.vaultsecret.oc1..gone` });
    const odd = w.emulator.admin.createSecret({ name: "odd", content: "no JSON" });
    w.emulator.admin.secret(odd).rotationConfig = w.emulator.admin.secret(w.secretId).rotationConfig;
    const steps = await upgrade(w, "--function", functionId);
    expect(lines(steps)).toEqual([]);
    expect(steps.map(({ why }) => why)).toEqual([
      `the authority in ${authority} has the old form, and names a client of none of the secrets found`,
      `${odd} was left out: the secret's content is not JSON`,
      expect.stringMatching(/^ocid1\.vaultsecret\.oc1\.\.gone was left out: GetSecretBundle was answered 404/),
    ]);
  });

  test("names secrets that hold one and the same client: one of them may not be its owner's", async () => {
    const w = await cli();
    const functionId = deployed(w);
    const twin = another(w, functionId, { ...w.client.content, appSecret: "a-guess" });
    expect((await upgrade(w, w.secretId)).map(({ why }) => why)).toEqual([
      `these secrets name the same client, and only one of them can be rotated: ${w.secretId}, ${twin}`,
    ]);
  });

  test("says which other setting is in the way", async () => {
    const w = await cli();
    deployed(w, { OROT_PAUSED: "perhaps" });
    expect(await upgrade(w, w.secretId)).toEqual([{ why: expect.stringContaining("OROT_PAUSED must be"), line: null }]);
  });

  test("prints comments and lines that can be pasted as they are, with nothing that could move a cursor", async () => {
    const w = await cli({ client: uaaClient({ clientId: "app\u202e" }) });
    const authority = oldAuthority(w, { issuer: "uaa", origin: UAA, mayRotate: ["*"] });
    deployed(w, { OROT_ISSUER_ORIGINS: UAA, OROT_AUTHORITY_SECRET_IDS: authority });
    const { stdout } = await w.run("doctor", w.secretId, "--upgrade");
    const printed = stdout.slice(stdout.indexOf("upgrade:"));
    expect(
      printed
        .split("\n")
        .slice(1, -1)
        .every((line) => /^(# |oci |fn )/.test(line)),
    ).toBe(true);
    expect(printed).toContain(String.raw`app\u202e`);
    expect(printed).not.toContain("\u202e");
  });
});
