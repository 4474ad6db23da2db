import { parseSettings } from "../../../src/base/settings/settings.ts";
import type { HttpRequest, HttpResponse } from "../../../src/clients/http/transport.ts";
import { isObject, parseObject } from "../../../src/emulator/core/wire.ts";
import type { Answer, Dependencies } from "../../../src/rotation/handler.ts";
import type { Subject } from "../world.ts";

/** What the sample's mappers bind; they fail on any other member. */
const TOKEN = ["access_token", "token_type", "expires_in"];
const REGENERATED = ["appId", "id", "clientSecret"];
const EVENT = ["step", "secretId", "versionNo"];
const CONTENT = ["iamDomainInstanceId", "appId", "clientId", "appSecret"];

const SCHEMAS = ["urn:ietf:params:scim:schemas:oracle:idcs:AppClientSecretRegenerator"];
const ACTIVE_LIMIT_MS = 300_000;
const MOST_WAIT_MS = 30_000;
const REQUEST_MS = 60_000;

type Members = Readonly<Record<string, unknown>>;

interface Found {
  readonly content: Members;
  readonly versionNo: number;
}

/** Reads JSON as the sample's mapper does. @param known null: any member is taken */
function bound(text: string, known: readonly string[] | null): Members {
  const value = parseObject(text);
  if (value === undefined) throw new Error("no JSON object");
  const stranger = Object.keys(value).find((name) => known !== null && !known.includes(name));
  if (stranger !== undefined) throw new Error(`unrecognised field ${stranger}`);
  return value;
}

class Call {
  readonly #dependencies: Dependencies;
  readonly #secretId: string;
  readonly #contentMembers: readonly string[] | null;

  constructor(dependencies: Dependencies, secretId: string, contentMembers: readonly string[] | null) {
    this.#dependencies = dependencies;
    this.#secretId = secretId;
    this.#contentMembers = contentMembers;
  }

  async step(name: unknown, versionNo: unknown): Promise<number | null> {
    switch (name) {
      case "VERIFY_CONNECTION": {
        const found = (await this.#at("PENDING")) ?? (await this.#at("CURRENT"));
        if (found === null) return null;
        await this.#token(found.content);
        return found.versionNo;
      }
      case "CREATE_PENDING_VERSION":
        return this.#create();
      case "UPDATE_TARGET_SYSTEM":
        // The sample unboxes the number.
        if (typeof versionNo !== "number") throw new Error("versionNo is null");
        return (await this.#at("PENDING"))?.versionNo ?? null;
      case "PROMOTE_PENDING_VERSION":
        await this.#write({ currentVersionNumber: versionNo });
        return null;
      default:
        throw new Error("unknown step");
    }
  }

  async #create(): Promise<null> {
    const pending = await this.#at("PENDING");
    const current = (await this.#at("CURRENT"))?.content;
    if (current === undefined) throw new Error("CURRENT does not exist");
    if (pending !== null) return null;
    const headers = { authorization: `Bearer ${await this.#token(current)}`, "content-type": "application/json" };
    const body = JSON.stringify({ appId: current["appId"], schemas: SCHEMAS });
    const minted = await this.#send("POST", `${origin(current)}/admin/v1/AppClientSecretRegenerator`, headers, body);
    const appSecret = bound(minted.body, REGENERATED)["clientSecret"];
    const text = JSON.stringify({ ...current, appSecret }, null, 2);
    const content = Buffer.from(text).toString("base64");
    await this.#write({ secretContent: { contentType: "BASE64", content, stage: "PENDING" } });
    return null;
  }

  async #at(stage: "PENDING" | "CURRENT"): Promise<Found | null> {
    const { secretsEndpoint } = this.#dependencies.vaultAccess(parseSettings({}));
    const answer = await this.#send(
      "GET",
      `${secretsEndpoint}/20190301/secretbundles/${this.#secretId}?stage=${stage}`,
    );
    if (answer.status === 404) return null;
    const bundle = parseObject(answer.body);
    const held = bundle?.["secretBundleContent"];
    const text = Buffer.from(String(isObject(held) ? held["content"] : ""), "base64").toString("utf8");
    return { content: bound(text, this.#contentMembers), versionNo: Number(bundle?.["versionNumber"]) };
  }

  async #token(content: Members): Promise<string> {
    const basic = Buffer.from(`${content["clientId"]}:${content["appSecret"]}`).toString("base64");
    const headers = {
      host: `${new URL(origin(content)).host}:443`,
      authorization: `Basic ${basic}`,
      "content-type": "application/x-www-form-urlencoded",
    };
    const form = new URLSearchParams({ grant_type: "client_credentials", scope: "urn:opc:idm:__myscopes__" });
    const answer = await this.#send("POST", `${origin(content)}/oauth2/v1/token`, headers, form.toString());
    // No status is looked at: without a token the next call sends what stands for none.
    const token = answer.status === 200 ? bound(answer.body, TOKEN)["access_token"] : "false";
    return String(token);
  }

  async #write(details: object): Promise<void> {
    const { vaultEndpoint } = this.#dependencies.vaultAccess(parseSettings({}));
    const url = `${vaultEndpoint}/20180608/secrets/${this.#secretId}`;
    const answer = await this.#send("PUT", url, { "content-type": "application/json" }, JSON.stringify(details));
    if (answer.status !== 200) throw new Error(`Vault answered ${answer.status}`);
    const { clock } = this.#dependencies;
    const ends = clock.monotonic() + ACTIVE_LIMIT_MS;
    for (let wait = 1_000; clock.monotonic() < ends; wait = Math.min(wait * 2, MOST_WAIT_MS)) {
      const secret = await this.#send("GET", url);
      if (parseObject(secret.body)?.["lifecycleState"] === "ACTIVE") return;
      await clock.sleep(wait);
    }
    throw new Error("not ACTIVE");
  }

  #send(
    method: HttpRequest["method"],
    url: string,
    headers: Readonly<Record<string, string>> = {},
    body?: string,
  ): Promise<HttpResponse> {
    const { clock, transport } = this.#dependencies;
    const text = body === undefined ? {} : { body };
    return transport({ method, url, headers, ...text, deadline: clock.monotonic() + REQUEST_MS });
  }
}

function origin(content: Members): string {
  return `https://${content["iamDomainInstanceId"]}.identity.oraclecloud.com`;
}

/**
 * Oracle's sample in Java by the order of its calls: no if-match, no version name, no claim, a promotion that looks at nothing.
 * @param isStrict the mapper of the content fails on members that the sample does not know; its source does not say for certain whether it does
 */
export function javaSample(isStrict: boolean): Subject {
  const answer = (responseCode: number, returnMessage: string, versionNo: number | null): Answer => ({
    responseCode,
    returnMessage,
    versionNo,
  });
  return (dependencies) => async (body) => {
    try {
      const event = bound(new TextDecoder().decode(body), EVENT);
      const call = new Call(dependencies, String(event["secretId"]), isStrict ? CONTENT : null);
      return answer(200, "", await call.step(event["step"], event["versionNo"]));
    } catch {
      return answer(500, "the sample has failed", null);
    }
  };
}
