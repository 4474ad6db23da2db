import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cloud, openCloud } from "./cloud.ts";
import { type RunningFunction, startFunction } from "./function.ts";
import { type Image, openImage } from "./image.ts";

const CANARY = "canary-value";

describe("a secret whose content the built function cannot use", () => {
  let image: Image;
  let cloud: Cloud;
  let fn: RunningFunction;
  beforeAll(async () => {
    image = openImage();
    cloud = await openCloud();
    fn = await startFunction(image, cloud.environment());
  });
  afterAll(async () => {
    const { stdout, stderr } = await fn.stop();
    await cloud.close();
    await image.remove();
    expect(stderr).toEqual([]);
    expect(stdout.join("\n")).not.toContain(CANARY);
  });

  it.each<[string, (credential: Record<string, string>) => unknown, string]>([
    ["no JSON", () => CANARY, "CONTENT_INVALID: the secret's content is not JSON."],
    ["an array", () => [CANARY], "CONTENT_INVALID: the secret's content is not a JSON object."],
    [
      "a JSON string that holds JSON",
      (credential) => JSON.stringify(JSON.stringify(credential)),
      "CONTENT_INVALID: the secret's content is not a JSON object.",
    ],
    [
      "no appSecret",
      ({ appSecret: _, ...rest }) => rest,
      "CONTENT_INVALID: the member appSecret of the secret's content is missing.",
    ],
    [
      "a number as clientId",
      (credential) => ({ ...credential, clientId: 1 }),
      "CONTENT_INVALID: the member clientId of the secret's content must be a string that is not empty.",
    ],
    [
      "an appId of another form",
      (credential) => ({ ...credential, appId: CANARY }),
      "CONTENT_INVALID: the member appId of the secret's content must be 32 hexadecimal characters.",
    ],
    [
      "no address",
      ({ domainUrl: _, ...rest }) => rest,
      "CONTENT_INVALID: the member iamDomainInstanceId of the secret's content is missing, and so is domainUrl in its place.",
    ],
    [
      "an address over http",
      (credential) => ({ ...credential, domainUrl: `http://${CANARY}.example` }),
      "ORIGIN_NOT_ALLOWED: ",
    ],
    [
      "an address that the settings do not allow",
      (credential) => ({ ...credential, domainUrl: "https://elsewhere.example" }),
      "ORIGIN_NOT_ALLOWED: the issuer's address, https://elsewhere.example, is not in OROT_ISSUER_ORIGINS.",
    ],
    ["an unknown issuer", (credential) => ({ ...credential, issuer: CANARY }), "ISSUER_UNKNOWN: "],
  ])("answers 400 to %s in every step, and leaves the issuer alone", async (_name, change, returnMessage) => {
    const { secretId } = cloud.addSecret(change);
    cloud.calls();
    for (const step of ["VERIFY_CONNECTION", "CREATE_PENDING_VERSION"]) {
      const { status, json, text } = await fn.call({ step, secretId });
      expect(status).toBe(200);
      expect(json).toMatchObject({ responseCode: 400, versionNo: null });
      expect(String(json["returnMessage"]).startsWith(returnMessage)).toBe(true);
      expect(text).not.toContain(CANARY);
    }
    expect(new Set(cloud.calls())).toEqual(new Set(["get-secret", "list-versions", "read-current"]));
    expect(cloud.emulator.admin.versions(secretId)).toHaveLength(1);
  });

  it("answers 400 with the next action to a wrong client secret in CURRENT, and changes nothing", async () => {
    const { secretId, clientId } = cloud.addSecret((credential) => ({ ...credential, appSecret: CANARY }));
    const create = await fn.call({ step: "CREATE_PENDING_VERSION", secretId });
    expect(create.json).toMatchObject({ responseCode: 400, versionNo: null });
    expect(create.json["returnMessage"]).toMatch(/^LOCKED_OUT: .* Next: regenerate in the console, /);
    const check = await fn.call({ action: "check", secretId });
    expect(check.json).toMatchObject({ responseCode: 400, verdicts: { current: "rejected", pending: null } });
    expect(check.json["returnMessage"]).toMatch(/^SECRET_REJECTED: /);
    expect(cloud.emulator.admin.app(clientId).mints).toBe(0);
    expect(cloud.emulator.admin.versions(secretId)).toHaveLength(1);
  });

  it("carries over what it does not know, byte for byte, around the new client secret", async () => {
    const text = (secret: string, url: string, appId: string, clientId: string) =>
      `{\r\n\t"note" : "Gr\\u00fc\u00dfe \\/",\n "domainUrl":"${url}", "appId":"${appId}",\n  "clientId": "${clientId}","appSecret" :  ${secret} ,"n":1.00e2 }\n`;
    let make = (_secret: string) => "";
    const { secretId } = cloud.addSecret(({ appSecret = "", domainUrl = "", appId = "", clientId = "" }) => {
      make = (secret) => text(JSON.stringify(secret), domainUrl, appId, clientId);
      return make(appSecret);
    });
    const { json } = await fn.call({ secretId });
    const { number } = cloud.current(secretId);
    expect(json).toMatchObject({ responseCode: 200, versionNo: number });
    const stored = cloud.emulator.admin.content(secretId, number) ?? "";
    expect(stored).toBe(make(JSON.parse(stored).appSecret));
  });
});
