import { expect, it } from "vitest";
import type { InvokeFunction } from "../../../../src/emulator/functions/api.ts";
import { createScheduler } from "../../../../src/emulator/vault/scheduler.ts";
import { type Answer, setUp } from "../harness.ts";

/** What the sample's mappers bind; they fail on any other member. */
const TOKEN = ["access_token", "token_type", "expires_in"];
const REGENERATED = ["appId", "id", "clientSecret"];
const EVENT = ["step", "secretId", "versionNo"];

function bound(value: object, members: readonly string[]): Readonly<Record<string, unknown>> {
  const others = Object.keys(value).filter((name) => !members.includes(name));
  if (others.length > 0) throw new Error(`unrecognised field ${others.join(", ")}`);
  return { ...value };
}

/** The order of calls of Oracle's sample in Java: no if-match, no version name, a promotion that looks at nothing. */
function oracleSample({ send, control, bundle, emulator, base64 }: ReturnType<typeof setUp>): InvokeFunction {
  const at = async (stage: string) => {
    const answer = await bundle(`?stage=${stage}`);
    return answer.status === 404 ? null : answer.json;
  };
  const credentials = (found: Answer["json"] | null) => {
    if (found === null) throw new Error("the version does not exist");
    const { content } = found["secretBundleContent"] as { content: string };
    return JSON.parse(Buffer.from(content, "base64").toString("utf8")) as Record<string, string>;
  };
  const token = async ({ clientId, appSecret }: Record<string, string>) => {
    const form = new URLSearchParams({ grant_type: "client_credentials", scope: "urn:opc:idm:__myscopes__" });
    const headers = {
      host: "idcs-1.identity.oraclecloud.com:443",
      "content-type": "application/x-www-form-urlencoded",
      authorization: `Basic ${base64(`${clientId}:${appSecret}`)}`,
    };
    return bound((await send("POST", "/oauth2/v1/token", form.toString(), headers)).json, TOKEN)["access_token"];
  };
  const write = async (body: object) => {
    expect((await control("PUT", "", body)).status).toBe(200);
    for (let asked = 0; (await control("GET", "")).json["lifecycleState"] !== "ACTIVE"; asked += 1) {
      if (asked > 5) throw new Error("not ACTIVE");
      await emulator.clock.sleep(1000);
    }
  };
  const steps: Record<string, (versionNo: unknown) => Promise<unknown>> = {
    VERIFY_CONNECTION: async () => {
      const found = (await at("PENDING")) ?? (await at("CURRENT"));
      await token(credentials(found));
      return found?.["versionNumber"];
    },
    CREATE_PENDING_VERSION: async () => {
      const pending = await at("PENDING");
      const current = credentials(await at("CURRENT"));
      if (pending !== null) return null;
      const headers = { authorization: `Bearer ${await token(current)}`, "content-type": "application/json" };
      const schemas = ["urn:ietf:params:scim:schemas:oracle:idcs:AppClientSecretRegenerator"];
      const body = { appId: current["appId"], schemas };
      const minted = await send("POST", "/admin/v1/AppClientSecretRegenerator", body, headers);
      const text = JSON.stringify({ ...current, appSecret: bound(minted.json, REGENERATED)["clientSecret"] }, null, 2);
      await write({ secretContent: { contentType: "BASE64", content: base64(text), stage: "PENDING" } });
      return null;
    },
    UPDATE_TARGET_SYSTEM: async (versionNo) => {
      // The sample unboxes the number.
      if (typeof versionNo !== "number") throw new Error("versionNo is null");
      return (await at("PENDING"))?.["versionNumber"];
    },
    PROMOTE_PENDING_VERSION: async (versionNo) => {
      await write({ currentVersionNumber: versionNo });
      return null;
    },
  };
  return async (_functionId, text) => {
    const { step, versionNo } = bound(JSON.parse(text), EVENT);
    const answered = await steps[String(step)]?.(versionNo);
    return { status: 200, body: JSON.stringify({ responseCode: 200, returnMessage: "", versionNo: answered ?? null }) };
  };
}

it("rotates twice with the calls of Oracle's sample in Java, in their order and with its strict mappers", async () => {
  const made = setUp();
  const { emulator, secretId, app, stages } = made;
  const scheduler = createScheduler({ emulator, invoke: oracleSample(made) });
  for (const _ of ["first", "second"]) {
    const from = emulator.requests.length;
    expect(await scheduler.rotate(secretId)).toMatchObject({ status: "SUCCEEDED" });
    expect(emulator.requests.slice(from).map(({ call }) => call)).toEqual([
      ...["read-pending", "read-current", "token-current"],
      ...["read-pending", "read-current", "token-current", "regenerate", "write-pending", "get-secret", "get-secret"],
      "read-pending",
      ...["promote", "get-secret", "get-secret"],
    ]);
  }
  expect(stages()).toEqual({ 1: "DEPRECATED", 2: "PREVIOUS", 3: "CURRENT+LATEST" });
  const { appSecret } = JSON.parse(emulator.admin.content(secretId, 3) ?? "{}") as { appSecret: string };
  expect(emulator.admin.login(app.clientId, appSecret)).toBe("accepted");
});
