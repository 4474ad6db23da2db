import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cloud, openCloud } from "./cloud.ts";
import { startFunction } from "./function.ts";
import { type Image, openImage } from "./image.ts";

const PRINCIPAL_MISSING =
  "SETTINGS_INVALID: the function has no resource principal: one of the variables OCI_RESOURCE_PRINCIPAL_* is missing or unusable. " +
  "Next: run it as an OCI Function, which sets them.";
const CORRECT_IT = "Next: correct the function's configuration.";

describe("the configuration of the built function", () => {
  let image: Image;
  let cloud: Cloud;
  let folder: string;
  beforeAll(async () => {
    image = openImage();
    cloud = await openCloud();
    folder = mkdtempSync(path.join(tmpdir(), "principal-"));
    chmodSync(folder, 0o755);
  });
  afterAll(async () => {
    await cloud.close();
    await image.remove();
    rmSync(folder, { recursive: true, force: true });
  });
  const without = (...names: string[]) =>
    Object.fromEntries(Object.entries(cloud.environment()).filter(([name]) => !names.includes(name)));
  /** What two events get from one process, and what it wrote. */
  const invokeTwice = async (environment: Record<string, string>) => {
    const fn = await startFunction(image, environment);
    const event = { step: "VERIFY_CONNECTION", secretId: cloud.secretId };
    const answers = [(await fn.call(event)).json, (await fn.call(event)).json];
    const alive = !fn.exited;
    const { stdout, stderr } = await fn.stop();
    expect(alive).toBe(true);
    expect(stderr).toEqual([]);
    return { answers, log: stdout.map((line): Record<string, unknown> => JSON.parse(line)), text: stdout.join("\n") };
  };

  it.each([
    ["OROT_NO_SUCH_SETTING", "canary-value", "is not a setting"],
    ["OROT_SUBSCRIBER_LIMIT", "21", "must be 0 to 20"],
    ["OROT_PAUSED", "canary-value", "must be true or false"],
    ["OROT_BUDGET_SECONDS", "999999999", "must be 10 to 3600"],
    ["OROT_VAULT_ENDPOINT", "canary-value", "must be an https URL without a path (http only on loopback)"],
  ])("answers 500 to every call with %s=%s, naming it and not its value", async (name, value, what) => {
    cloud.calls();
    const { answers, log, text } = await invokeTwice({ ...cloud.environment(), [name]: value });
    const next = what.startsWith("is not")
      ? "Next: correct its name or remove it; docs/reference.md lists all settings."
      : "";
    const returnMessage = `SETTINGS_INVALID: ${name} ${what}. ${next === "" ? CORRECT_IT : next}`;
    const answer = { responseCode: 500, returnMessage, versionNo: null };
    expect(answers).toEqual([answer, answer]);
    expect(log.map(({ outcome, level }) => [outcome, level])).toEqual([
      ["SETTINGS_INVALID", "error"],
      ["SETTINGS_INVALID", "error"],
    ]);
    expect(text).not.toContain("canary-value");
    expect(cloud.calls()).toEqual([]);
  });

  it("takes a call with an invalid event for a problem of the settings first", async () => {
    const fn = await startFunction(image, { ...cloud.environment(), OROT_PAUSED: "yes" });
    const { status, json } = await fn.call("");
    await fn.stop();
    expect(status).toBe(200);
    expect(json["returnMessage"]).toMatch(/^SETTINGS_INVALID: OROT_PAUSED /);
  });

  it.each<[string, () => Record<string, string>]>([
    ["no resource principal", () => ({})],
    ["a principal without a key", () => without("OCI_RESOURCE_PRINCIPAL_PRIVATE_PEM")],
    ["a principal of another version", () => ({ ...cloud.environment(), OCI_RESOURCE_PRINCIPAL_VERSION: "1.1" })],
    [
      "a principal whose files are missing",
      () => ({
        ...cloud.environment(),
        OCI_RESOURCE_PRINCIPAL_RPST: "/nowhere/rpst",
        OCI_RESOURCE_PRINCIPAL_PRIVATE_PEM: "/nowhere/private.pem",
      }),
    ],
  ])("answers 500 to every call with %s", async (_name, environment) => {
    const { answers } = await invokeTwice(environment());
    const answer = { responseCode: 500, returnMessage: PRINCIPAL_MISSING, versionNo: null };
    expect(answers).toEqual([answer, answer]);
  });

  it("answers 500 to every call in a region that the SDK does not know, naming the settings that help", async () => {
    const environment = without("OROT_VAULT_ENDPOINT", "OROT_SECRETS_ENDPOINT");
    const { answers, log } = await invokeTwice({ ...environment, OCI_RESOURCE_PRINCIPAL_REGION: "xx-nowhere-1" });
    const returnMessage =
      "SETTINGS_INVALID: OCI_RESOURCE_PRINCIPAL_REGION names a region that the SDK does not know. " +
      "Next: set OROT_VAULT_ENDPOINT and OROT_SECRETS_ENDPOINT.";
    const answer = { responseCode: 500, returnMessage, versionNo: null };
    expect(answers).toEqual([answer, answer]);
    expect(log.at(-1)).toMatchObject({ event: "call-ended", outcome: "SETTINGS_INVALID" });
  });

  it.each(["xx-nowhere-1", "IAD"])("works in the region %s where both endpoints are set", async (region) => {
    const { answers } = await invokeTwice({ ...cloud.environment(), OCI_RESOURCE_PRINCIPAL_REGION: region });
    expect(answers.map(({ responseCode }) => responseCode)).toEqual([200, 200]);
  });

  it("takes token and key from files, as the platform gives them", async () => {
    const environment = cloud.environment();
    for (const name of ["OCI_RESOURCE_PRINCIPAL_RPST", "OCI_RESOURCE_PRINCIPAL_PRIVATE_PEM"]) {
      const file = path.join(folder, name);
      writeFileSync(file, environment[name] ?? "", { mode: 0o644 });
      environment[name] = file;
    }
    expect((await invokeTwice(environment)).answers.map(({ responseCode }) => responseCode)).toEqual([200, 200]);
  });

  it("answers 403 with the policy line where Vault does not know the principal", async () => {
    const stranger = await openCloud();
    const { OROT_VAULT_ENDPOINT, OROT_SECRETS_ENDPOINT } = cloud.environment() as Record<string, string>;
    const { answers } = await invokeTwice({
      ...stranger.environment(),
      ...{ OROT_VAULT_ENDPOINT: OROT_VAULT_ENDPOINT ?? "", OROT_SECRETS_ENDPOINT: OROT_SECRETS_ENDPOINT ?? "" },
    });
    await stranger.close();
    expect(answers[0]).toMatchObject({ responseCode: 403, versionNo: null });
    expect(answers[0]?.["returnMessage"]).toMatch(
      /^VAULT_FORBIDDEN: Vault refused ListSecretVersions with 401\. Next: add the policy line "Allow dynamic-group /,
    );
  });

  it("mints nothing while OROT_PAUSED is on, and goes on verifying", async () => {
    const fn = await startFunction(image, { ...cloud.environment(), OROT_PAUSED: "true" });
    const { secretId } = cloud;
    cloud.calls();
    const verify = await fn.call({ step: "VERIFY_CONNECTION", secretId });
    const create = await fn.call({ step: "CREATE_PENDING_VERSION", secretId });
    await fn.stop();
    expect(verify.json).toMatchObject({ responseCode: 200, versionNo: 1 });
    expect(create.json).toMatchObject({ responseCode: 409, versionNo: null });
    expect(create.json["returnMessage"]).toMatch(/^PAUSED: /);
    expect(cloud.calls()).not.toContain("regenerate");
  });
});
