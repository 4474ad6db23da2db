import { describe, expect, it } from "vitest";
import { useRunningFunction } from "./running.ts";

const CANARY = "canary-value";

describe("a secret whose content the built function cannot use", () => {
  const on = useRunningFunction(() => [CANARY]);

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
    const { secretId } = on.cloud.addSecret(change);
    on.cloud.calls();
    for (const step of ["VERIFY_CONNECTION", "CREATE_PENDING_VERSION"]) {
      const { status, json, text } = await on.fn.call({ step, secretId });
      expect(status).toBe(200);
      expect(json).toMatchObject({ responseCode: 400, versionNo: null });
      expect(String(json["returnMessage"]).startsWith(returnMessage)).toBe(true);
      expect(text).not.toContain(CANARY);
    }
    expect(new Set(on.cloud.calls())).toEqual(new Set(["get-secret", "list-versions", "read-current"]));
    expect(on.cloud.emulator.admin.versions(secretId)).toHaveLength(1);
  });

  it("answers 400 with the next action to a wrong client secret in CURRENT, and changes nothing", async () => {
    const { secretId, clientId } = on.cloud.addSecret((credential) => ({ ...credential, appSecret: CANARY }));
    const create = await on.fn.call({ step: "CREATE_PENDING_VERSION", secretId });
    expect(create.json).toMatchObject({ responseCode: 400, versionNo: null });
    expect(create.json["returnMessage"]).toMatch(/^LOCKED_OUT: .* Next: regenerate in the console, /);
    const check = await on.fn.call({ action: "check", secretId });
    expect(check.json).toMatchObject({ responseCode: 400, verdicts: { current: "rejected", pending: null } });
    expect(check.json["returnMessage"]).toMatch(/^SECRET_REJECTED: /);
    expect(on.cloud.emulator.admin.app(clientId).mints).toBe(0);
    expect(on.cloud.emulator.admin.versions(secretId)).toHaveLength(1);
  });

  it("carries over what it does not know, byte for byte, around the new client secret", async () => {
    const text = (secret: string, url: string, appId: string, clientId: string) =>
      `{\r\n\t"note" : "Gr\\u00fc\u00dfe \\/",\n "domainUrl":"${url}", "appId":"${appId}",\n  "clientId": "${clientId}","appSecret" :  ${secret} ,"n":1.00e2 }\n`;
    let make = (_secret: string) => "";
    const { secretId } = on.cloud.addSecret(({ appSecret = "", domainUrl = "", appId = "", clientId = "" }) => {
      make = (secret) => text(JSON.stringify(secret), domainUrl, appId, clientId);
      return make(appSecret);
    });
    const { json } = await on.fn.call({ secretId });
    const { number } = on.cloud.current(secretId);
    expect(json).toMatchObject({ responseCode: 200, versionNo: number });
    const stored = on.cloud.emulator.admin.content(secretId, number) ?? "";
    expect(stored).toBe(make(JSON.parse(stored).appSecret));
  });
});
