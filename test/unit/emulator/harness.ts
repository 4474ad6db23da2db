import type { HttpRequest, HttpResponse } from "../../../src/clients/http/transport.ts";
import { createSeededEntropy } from "../../../src/emulator/core/seeded-entropy.ts";
import { createVirtualClock } from "../../../src/emulator/core/virtual-clock.ts";
import { createEmulator, type EmulatorOptions } from "../../../src/emulator/emulator.ts";

type Method = HttpRequest["method"];

export interface Answer extends HttpResponse {
  /** The parsed body; an empty object where it is no JSON object. */
  readonly json: Record<string, unknown>;
  readonly list: readonly Record<string, unknown>[];
}

/** An emulator in virtual time with one application, its secret, and short hands for requests. */
export function setUp(options: Partial<EmulatorOptions> = {}) {
  const clock = createVirtualClock();
  const emulator = createEmulator({ clock, entropy: createSeededEntropy(42), ...options });
  const app = emulator.admin.createApp();
  const functionId = emulator.admin.createFunction();
  const content = (appSecret: string, more: object = {}) =>
    JSON.stringify({ iamDomainInstanceId: "idcs-1", appId: app.appId, clientId: app.clientId, appSecret, ...more });
  const secretId = emulator.admin.createSecret({ name: "app", content: content(app.secret), functionId });

  const send = async (method: Method, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const text = body === undefined || typeof body === "string" ? body : JSON.stringify(body);
    const response = await emulator.transport({
      method,
      url: `https://oci.example${path}`,
      headers,
      deadline: clock.monotonic() + 10_000,
      ...(text === undefined ? {} : { body: text }),
    });
    return parsed(response);
  };
  const control = (method: Method, path: string, body?: unknown, headers?: Record<string, string>) =>
    send(method, `/20180608/secrets/${secretId}${path}`, body, headers);
  const bundle = (query: string) => send("GET", `/20190301/secretbundles/${secretId}${query}`);
  const base64 = (text: string) => Buffer.from(text).toString("base64");
  /** Writes content and waits until the secret is ACTIVE. */
  const write = async (text: string, name: string, stage: "PENDING" | "CURRENT" = "PENDING") => {
    const secretContent = { contentType: "BASE64", content: base64(text), name, stage };
    const answer = await control("PUT", "", { secretContent });
    await active();
    return answer;
  };
  const promote = async (currentVersionNumber: number) => {
    const answer = await control("PUT", "", { currentVersionNumber });
    await active();
    return answer;
  };
  const active = async () => {
    for (let polls = 0; polls < 100; polls += 1) {
      const answer = await control("GET", "");
      if (answer.json["lifecycleState"] === "ACTIVE") return answer;
      await clock.sleep(100);
    }
    throw new Error("the secret did not become ACTIVE");
  };
  const stages = () =>
    Object.fromEntries(
      emulator.admin.versions(secretId).map((version) => [version.number, version.versionStages.join("+")]),
    );
  const token = (secret: string, scope = "urn:opc:idm:__myscopes__", clientId = app.clientId) =>
    send("POST", "/oauth2/v1/token", new URLSearchParams({ grant_type: "client_credentials", scope }).toString(), {
      "content-type": "application/x-www-form-urlencoded",
      authorization: `Basic ${base64(`${clientId}:${secret}`)}`,
    });
  const bearer = async (secret: string) => ({
    "content-type": "application/scim+json",
    authorization: `Bearer ${String((await token(secret)).json["access_token"])}`,
  });
  const regenerate = async (headers: Record<string, string>) =>
    send("POST", "/admin/v1/AppClientSecretRegenerator", { appId: app.appId }, headers);
  return {
    clock,
    emulator,
    app,
    functionId,
    secretId,
    content,
    send,
    control,
    bundle,
    base64,
    write,
    promote,
    active,
    stages,
    token,
    bearer,
    regenerate,
  };
}

function parsed(response: HttpResponse): Answer {
  let value: unknown;
  try {
    value = JSON.parse(response.body);
  } catch {
    value = {};
  }
  const list = Array.isArray(value) ? value.filter(isRecord) : [];
  return { ...response, json: isRecord(value) ? value : {}, list };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
