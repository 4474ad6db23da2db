import { parseSettings } from "../../src/base/settings/settings.ts";
import type { HttpRequest, HttpResponse } from "../../src/clients/http/transport.ts";
import { isObject, parseObject } from "../../src/emulator/core/wire.ts";
import type { Answer, Dependencies, Handler } from "../../src/rotation/handler.ts";

const SCOPE = "urn:opc:idm:__myscopes__";
const MAX_POLLS = 10;

/** What the plain order asks of the network. */
interface Plain {
  send(
    method: HttpRequest["method"],
    url: string,
    headers?: Record<string, string>,
    body?: string,
  ): Promise<HttpResponse>;
  readonly vault: string;
  readonly bundles: string;
  sleep(ms: number): Promise<void>;
}

interface Credential {
  readonly content: Record<string, unknown>;
  readonly origin: string;
  readonly versionNo: number;
}

async function readBundle(plain: Plain, secretId: string, query: string): Promise<Credential> {
  const answer = await plain.send("GET", `${plain.bundles}/20190301/secretbundles/${secretId}?${query}`);
  const body = parseObject(answer.body) ?? {};
  const held = isObject(body["secretBundleContent"]) ? body["secretBundleContent"]["content"] : "";
  const content = parseObject(Buffer.from(String(held), "base64").toString("utf8")) ?? {};
  const origin = `https://${String(content["iamDomainInstanceId"])}.identity.oraclecloud.com`;
  return { content, origin, versionNo: Number(body["versionNumber"]) };
}

async function token(plain: Plain, { content, origin }: Credential): Promise<string> {
  const basic = Buffer.from(`${String(content["clientId"])}:${String(content["appSecret"])}`).toString("base64");
  const headers = { authorization: `Basic ${basic}`, "content-type": "application/x-www-form-urlencoded" };
  const form = new URLSearchParams({ grant_type: "client_credentials", scope: SCOPE }).toString();
  const answer = await plain.send("POST", `${origin}/oauth2/v1/token`, headers, form);
  return String(parseObject(answer.body)?.["access_token"]);
}

async function untilActive(plain: Plain, secretId: string): Promise<void> {
  for (let poll = 0; poll < MAX_POLLS; poll++) {
    const answer = await plain.send("GET", `${plain.vault}/20180608/secrets/${secretId}`);
    if (parseObject(answer.body)?.["lifecycleState"] === "ACTIVE") return;
    await plain.sleep(1_000);
  }
}

async function update(plain: Plain, secretId: string, details: object): Promise<void> {
  const headers = { "content-type": "application/json" };
  await plain.send("PUT", `${plain.vault}/20180608/secrets/${secretId}`, headers, JSON.stringify(details));
  await untilActive(plain, secretId);
}

async function create(plain: Plain, secretId: string): Promise<number> {
  const current = await readBundle(plain, secretId, "stage=CURRENT");
  const headers = { authorization: `Bearer ${await token(plain, current)}`, "content-type": "application/scim+json" };
  const body = JSON.stringify({ appId: current.content["appId"] });
  const minted = await plain.send("POST", `${current.origin}/admin/v1/AppClientSecretRegenerator`, headers, body);
  const content = { ...current.content, appSecret: parseObject(minted.body)?.["clientSecret"] };
  const encoded = Buffer.from(JSON.stringify(content)).toString("base64");
  await update(plain, secretId, { secretContent: { contentType: "BASE64", content: encoded, stage: "PENDING" } });
  return (await readBundle(plain, secretId, "stage=PENDING")).versionNo;
}

async function step(plain: Plain, name: unknown, secretId: string, versionNo: unknown): Promise<number> {
  switch (name) {
    case "VERIFY_CONNECTION": {
      const current = await readBundle(plain, secretId, "stage=CURRENT");
      await token(plain, current);
      return current.versionNo;
    }
    case "CREATE_PENDING_VERSION":
      return create(plain, secretId);
    case "UPDATE_TARGET_SYSTEM":
      return (await readBundle(plain, secretId, "stage=PENDING")).versionNo;
    case "PROMOTE_PENDING_VERSION":
      await update(plain, secretId, { currentVersionNumber: Number(versionNo) });
      return Number(versionNo);
    default: {
      const created = await create(plain, secretId);
      await update(plain, secretId, { currentVersionNumber: created });
      return created;
    }
  }
}

/**
 * The order that most rotators follow, as a control: regenerate, then store, then promote; every status is believed, nothing is written
 * before the mint, nothing is read back, no new secret logs in before it is promoted. The checker must find that it loses secrets.
 */
export function plainOrder({ clock, transport, vaultAccess }: Dependencies): Handler {
  return async (body, { deadline }): Promise<Answer> => {
    const event = parseObject(new TextDecoder().decode(body)) ?? {};
    const refuse = (responseCode: number, code: string, what: string): Answer => ({
      responseCode,
      returnMessage: `${code}: ${what}. Next: try again later.`,
      versionNo: null,
    });
    if ("action" in event) return refuse(400, "EVENT_INVALID", "the plain order knows no actions");
    const access = vaultAccess(parseSettings({}));
    const ends = clock.monotonic() + (deadline === null ? 300_000 : deadline.getTime() - clock.now());
    const plain: Plain = {
      vault: access.vaultEndpoint,
      bundles: access.secretsEndpoint,
      sleep: (ms) => clock.sleep(ms),
      send: async (method, url, headers = {}, text) => {
        const answer = await transport({
          method,
          url,
          headers,
          ...(text === undefined ? {} : { body: text }),
          deadline: Math.min(ends, clock.monotonic() + 10_000),
        });
        if (answer.status >= 300) throw new Error(`answered ${answer.status}`);
        return answer;
      },
    };
    try {
      const versionNo = await step(plain, event["step"], String(event["secretId"]), event["versionNo"]);
      return { responseCode: 200, returnMessage: "OK: done. Next: nothing.", versionNo };
    } catch {
      return refuse(503, "UNAVAILABLE", "a request failed");
    }
  };
}
