import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { CallName } from "../../src/emulator/core/call-names.ts";
import type { FaultKind } from "../../src/emulator/core/faults.ts";
import { leaks, secretsOf } from "./canary.ts";
import { openCloud } from "./cloud.ts";
import { type RunningFunction, startFunction } from "./function.ts";
import { useRunningFunction } from "./running.ts";

/** Less than the margin for the answer: every read is asked once, and nothing is waited for. */
const NO_SECOND_TRY = { seconds: 4 };
const TRY_LATER = "Next: try again later: no working client secret was given up.";

const on = useRunningFunction();
afterEach(() => {
  on.cloud.emulator.faults.clear();
  on.cloud.emulator.switches.deny = [];
});

const policy = (verb: string) =>
  `the policy line "Allow dynamic-group <function's group> to ${verb} in compartment id <compartment> where target.secret.id = '<secret>'"`;

const reads = [
  { step: "VERIFY_CONNECTION", call: "list-versions", operation: "ListSecretVersions", verb: "read secret-versions" },
  { step: "VERIFY_CONNECTION", call: "read-current", operation: "GetSecretBundle", verb: "read secret-bundles" },
  { step: "CREATE_PENDING_VERSION", call: "get-secret", operation: "GetSecret", verb: "use secrets" },
  { step: "PROMOTE_PENDING_VERSION", call: "get-secret", operation: "GetSecret", verb: "use secrets" },
] as const;

describe.each(reads)("when Vault fails at $call in $step", ({ step, call, operation, verb }) => {
  const unavailable = (what: string) => ({
    responseCode: 503,
    returnMessage: `VAULT_UNAVAILABLE: ${what}. ${TRY_LATER}`,
    versionNo: null,
  });
  const ask = async () => {
    const { status, json } = await on.fn.call({ step, secretId: on.cloud.secretId, versionNo: 1 }, NO_SECOND_TRY);
    expect(status).toBe(200);
    expect(on.cloud.emulator.admin.versions(on.cloud.secretId)).toHaveLength(1);
    return json;
  };

  it.each<FaultKind>(["refused", "answer-lost"])(
    "answers 503 to %s, naming operation, host and cause",
    async (kind) => {
      on.cloud.emulator.faults.add({ call, kind });
      const { host } = new URL(on.cloud.environment()["OROT_VAULT_ENDPOINT"] ?? "");
      const what = `Vault did not answer ${operation}: the connection to ${host} broke off (ECONNRESET)`;
      expect(await ask()).toEqual(unavailable(what));
      expect(on.cloud.emulator.faults.struck).toBeGreaterThan(0);
    },
  );

  it.each<[FaultKind, string]>([
    ["rate-limited", `Vault answered ${operation} with 429: too many requests`],
    ["server-error-before", `Vault answered ${operation} with 500`],
    ["truncated", `the answer to ${operation} could not be read`],
  ])("answers 503 to %s, naming the operation", async (kind, what) => {
    on.cloud.emulator.faults.add({ call, kind });
    expect(await ask()).toEqual(unavailable(what));
    expect(on.cloud.emulator.faults.struck).toBeGreaterThan(0);
  });

  it("answers 404 to 404, with the policy line", async () => {
    on.cloud.emulator.switches.deny = [call];
    expect(await ask()).toEqual({
      responseCode: 404,
      returnMessage:
        `SECRET_NOT_FOUND: ${operation} was answered 404: the secret or version does not exist, or the function may not see it. ` +
        `Next: check the OCID, and ${policy(verb)}.`,
      versionNo: null,
    });
  });

  it("answers 403 to 401, with the policy line", async () => {
    on.cloud.emulator.faults.add({ call, kind: "unauthorized" });
    expect(await ask()).toEqual({
      responseCode: 403,
      returnMessage: `VAULT_FORBIDDEN: Vault refused ${operation} with 401. Next: add ${policy(verb)}, and allow 15 minutes for it to take effect.`,
      versionNo: null,
    });
  });

  it("works again as soon as Vault does", async () => {
    const event = { step: "VERIFY_CONNECTION", secretId: on.cloud.secretId };
    expect((await on.fn.call(event, NO_SECOND_TRY)).json).toMatchObject({ responseCode: 200, versionNo: 1 });
  });
});

describe("where something else answers at Vault's address", () => {
  let server: Server;
  let reply: { status: number; type: string; body: string };
  let stub: RunningFunction;
  beforeAll(async () => {
    server = createServer((_request, response) => {
      response.writeHead(reply.status, { "content-type": reply.type }).end(reply.body);
    });
    await new Promise<void>((resolve) => {
      server.listen(0, "127.0.0.1", resolve);
    });
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    stub = await startFunction(on.image, {
      ...on.cloud.environment(),
      OROT_VAULT_ENDPOINT: url,
      OROT_SECRETS_ENDPOINT: url,
    });
  });
  afterAll(async () => {
    await stub.stop();
    await new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
  });
  const json = (code: string) => ({ type: "application/json", body: JSON.stringify({ code, message: "canary" }) });
  const html = { type: "text/html", body: "<html>canary</html>" };

  it.each<[number, { type: string; body: string }, number, string]>([
    [403, json("NotAllowed"), 403, "VAULT_FORBIDDEN: Vault refused ListSecretVersions with 403."],
    [
      400,
      json("InvalidParameter"),
      409,
      "SECRET_NOT_ROTATABLE: Vault refused ListSecretVersions with 400 InvalidParameter.",
    ],
    [
      400,
      json("canary, or <b>text</b>"),
      409,
      "SECRET_NOT_ROTATABLE: Vault refused ListSecretVersions with 400 and an error code of 22 characters.",
    ],
    [
      400,
      json("canary"),
      409,
      "SECRET_NOT_ROTATABLE: Vault refused ListSecretVersions with 400 and an error code of 6 characters.",
    ],
    [429, html, 503, "VAULT_UNAVAILABLE: Vault answered ListSecretVersions with 429: too many requests."],
    [502, html, 503, "VAULT_UNAVAILABLE: Vault answered ListSecretVersions with 502."],
    [503, { type: "text/plain", body: "" }, 503, "VAULT_UNAVAILABLE: Vault answered ListSecretVersions with 503."],
    [200, html, 503, "VAULT_UNAVAILABLE: the answer to ListSecretVersions could not be read."],
    [
      200,
      { type: "application/json", body: "{}" },
      503,
      "VAULT_UNAVAILABLE: the answer to ListSecretVersions could not be read.",
    ],
    [
      200,
      { type: "application/json", body: '[{"canary":1}]' },
      503,
      "VAULT_UNAVAILABLE: the answer to ListSecretVersions could not be read.",
    ],
    [
      200,
      { type: "application/json", body: "null" },
      503,
      "VAULT_UNAVAILABLE: the answer to ListSecretVersions could not be read.",
    ],
  ])("turns %s with %o into responseCode %s", async (status, answer, responseCode, returnMessage) => {
    reply = { status, ...answer };
    const got = await stub.call({ step: "VERIFY_CONNECTION", secretId: on.cloud.secretId }, NO_SECOND_TRY);
    expect(got.status).toBe(200);
    expect(got.json).toMatchObject({ responseCode, versionNo: null });
    expect(String(got.json["returnMessage"]).startsWith(returnMessage)).toBe(true);
    expect(got.text).not.toContain("canary");
  });
});

describe("when nothing listens at Vault's address", () => {
  it("answers 503 to every step and action, and 503 again to the next call", async () => {
    const gone = await openCloud();
    const environment = gone.environment();
    await gone.close();
    const alone = await startFunction(on.image, environment);
    const { secretId } = gone;
    const events = [
      { step: "VERIFY_CONNECTION", secretId },
      { step: "CREATE_PENDING_VERSION", secretId },
      { step: "UPDATE_TARGET_SYSTEM", secretId },
      { step: "PROMOTE_PENDING_VERSION", secretId, versionNo: 1 },
      { secretId },
      { action: "check", secretId },
      { action: "rollback", secretId },
    ];
    for (const event of events) {
      const { status, json } = await alone.call(event, NO_SECOND_TRY);
      expect(status).toBe(200);
      expect(json).toMatchObject({ responseCode: 503, versionNo: null });
      expect(json["returnMessage"]).toMatch(
        /^VAULT_UNAVAILABLE: Vault did not answer (ListSecretVersions|GetSecret): 127\.0\.0\.1:\d+ refuses connections\. Next: check the address/,
      );
    }
    const { stderr } = await alone.stop();
    expect(stderr).toEqual([]);
  });
});

describe("when the identity domain fails at a login", () => {
  it.each<[FaultKind, number, string]>([
    [
      "refused",
      503,
      "ISSUER_UNAVAILABLE: the identity domain did not answer the token request: the connection to 127.0.0.1:",
    ],
    [
      "answer-lost",
      503,
      "ISSUER_UNAVAILABLE: the identity domain did not answer the token request: the connection to 127.0.0.1:",
    ],
    ["server-error-before", 503, "ISSUER_UNAVAILABLE: the identity domain answered the token request with 500."],
    ["truncated", 503, "VERDICT_UNKNOWN: the answer to the token request could not be read."],
    [
      "client-error",
      400,
      "ISSUER_CONFIGURATION: the token request was answered 400 invalid_request, which says nothing about the client secret.",
    ],
  ])("tells %s apart from a refusal", async (kind, responseCode, returnMessage) => {
    on.cloud.emulator.faults.add({ call: "token-current", kind });
    const event = { step: "VERIFY_CONNECTION", secretId: on.cloud.secretId };
    const { json } = await on.fn.call(event, NO_SECOND_TRY);
    expect(json).toMatchObject({ responseCode, versionNo: null });
    expect(String(json["returnMessage"]).startsWith(returnMessage)).toBe(true);
    expect((await on.fn.call(event, NO_SECOND_TRY)).json).toMatchObject({ responseCode: 200 });
  });

  it("pauses after 429 and says for how long, without another request, also in the next call", async () => {
    const busy = await startFunction(on.image, on.cloud.environment());
    on.cloud.emulator.faults.add({ call: "token-current", kind: "rate-limited" });
    on.cloud.calls();
    const event = { step: "VERIFY_CONNECTION", secretId: on.cloud.secretId };
    const first = await busy.call(event, NO_SECOND_TRY);
    expect(first.json).toMatchObject({ responseCode: 503 });
    const second = await busy.call(event, { seconds: 20 });
    expect(second.json).toMatchObject({ responseCode: 503 });
    expect(second.json["returnMessage"]).toMatch(/^ISSUER_UNAVAILABLE: .* 429; the pause of another \d\d s /);
    expect(on.cloud.calls().filter((call) => call === "token-current")).toHaveLength(1);
    await busy.stop();
  });
});

describe("when a request that changes something fails", () => {
  // What UPDATING costs is no matter here.
  beforeAll(() => {
    on.cloud.emulator.switches["updating-polls"] = 0;
  });
  const create = async (call: CallName, kind: FaultKind) => {
    const { secretId, clientId } = on.cloud.addSecret();
    on.cloud.emulator.faults.add({ call, kind });
    const { status, json, text } = await on.fn.call({ step: "CREATE_PENDING_VERSION", secretId });
    expect(status).toBe(200);
    expect(leaks([text], secretsOf(on.cloud.emulator.state))).toBe(0);
    const { admin } = on.cloud.emulator;
    const { appSecret = "" } = JSON.parse(admin.content(secretId, Number(json["versionNo"] ?? 1)) ?? "{}");
    return { json, mints: admin.app(clientId).mints, works: admin.login(clientId, appSecret) };
  };

  it.each<[FaultKind, number, string]>([
    ["client-error", 400, "ISSUER_CONFIGURATION: regenerating was refused with 400 "],
    ["unauthorized", 503, "ISSUER_UNAVAILABLE: the token was refused at regenerating, or "],
  ])(
    "reports a regeneration that was refused with %s, and has changed nothing",
    async (kind, responseCode, message) => {
      const { json, mints, works } = await create("regenerate", kind);
      expect(json).toMatchObject({ responseCode, versionNo: null });
      expect(String(json["returnMessage"]).startsWith(message)).toBe(true);
      expect([mints, works]).toEqual([0, "accepted"]);
    },
  );

  it("answers 403 where the client may not regenerate", async () => {
    on.cloud.emulator.switches.deny = ["regenerate"];
    const { json, mints, works } = await create("get-version", "refused");
    expect(json).toMatchObject({ responseCode: 403, versionNo: null });
    expect(json["returnMessage"]).toMatch(/^ISSUER_FORBIDDEN: /);
    expect([mints, works]).toEqual([0, "accepted"]);
  });

  it.each<[CallName, FaultKind]>([
    ["regenerate", "answer-lost"],
    ["regenerate", "truncated"],
    ["regenerate", "server-error-after"],
    ["write-pending", "answer-lost"],
    ["write-pending", "truncated"],
    ["write-pending", "server-error-before"],
    ["write-pending", "rate-limited"],
  ])("stores the new value in spite of %s:%s", async (call, kind) => {
    const { json, works } = await create(call, kind);
    expect(json).toMatchObject({ responseCode: 200, versionNo: expect.any(Number) });
    expect(works).toBe("accepted");
  });

  it.each<FaultKind>(["answer-lost", "truncated", "rate-limited"])("promotes in spite of promote:%s", async (kind) => {
    const { secretId } = on.cloud.addSecret();
    on.cloud.emulator.faults.add({ call: "promote", kind });
    const { json } = await on.fn.call({ secretId });
    const { number, login } = on.cloud.current(secretId);
    expect(json).toMatchObject({ responseCode: 200, versionNo: number });
    expect(number).toBeGreaterThan(1);
    expect(login).toBe("accepted");
  });
});
