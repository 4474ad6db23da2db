import nock from "nock";
import { describe, expect, test } from "vitest";
import { expectFailure, expectNoTrace } from "../../../support/failures.ts";
import { breaksAfter, errorWithCode, neverAnswers, stallsAfter, tooLarge } from "../../../support/hostile-replies.ts";
import { silenceSdk } from "../../../support/silence-sdk.ts";
import { BUNDLE_PATH, createVaultRig, SECRET_PATH, SECRETS, SIGNATURE, VAULT } from "../../../support/vault-rig.ts";

const CANARY = "canary/+9c1f~4711";
const DATE = "Sun, 22 Nov 2026 10:00:00 GMT";
const CREATED = "2026-11-01T00:00:00Z";
const error = (code: string) => ({ code, message: `quotes ${CANARY}` });
const version = (versionNumber: number) => ({
  secretId: "x",
  versionNumber,
  timeCreated: CREATED,
  stages: ["DEPRECATED"],
});
const bundle = {
  secretId: "x",
  versionNumber: 2,
  timeCreated: CREATED,
  stages: ["CURRENT"],
  secretBundleContent: { contentType: "BASE64", content: Buffer.from(`{"appSecret":"${CANARY}"}`).toString("base64") },
};

silenceSdk();

describe("readSecret", () => {
  test("asks for the secret with a signed request and gives its state with the etag", async () => {
    nock(VAULT, { reqheaders: { authorization: SIGNATURE }, badheaders: ["opc-client-retries"] })
      .get(SECRET_PATH)
      .reply(200, { lifecycleState: "ACTIVE", currentVersionNumber: 2 }, { etag: "e1" });
    expect(await createVaultRig().store.readSecret()).toEqual({
      etag: "e1",
      lifecycle: "ACTIVE",
      currentVersionNo: 2,
      isReplica: false,
      metadata: {},
      tags: {},
      compartmentId: null,
      definedTags: {},
      schedule: {
        expiry: null,
        rotation: {
          ...{ functionId: null, intervalDays: null, isScheduled: false, lastAt: null, nextAt: null },
          ...{ status: null, targetType: null },
        },
      },
    });
  });
});

describe("listVersions", () => {
  test("follows the pages to the end, and gives the highest number first with OCI's own time", async () => {
    nock(VAULT)
      .get(`${SECRET_PATH}/versions`)
      .query({ limit: "100", sortBy: "VERSION_NUMBER", sortOrder: "DESC" })
      .reply(200, [version(1), version(3)], { "opc-next-page": "p2", date: "Sun, 22 Nov 2026 09:59:59 GMT" })
      .get(`${SECRET_PATH}/versions`)
      .query({ limit: "100", sortBy: "VERSION_NUMBER", sortOrder: "DESC", page: "p2" })
      .reply(200, [version(2)], { date: DATE });
    const list = await createVaultRig().store.listVersions();
    expect(list?.versions.map(({ versionNo }) => versionNo)).toEqual([3, 2, 1]);
    expect(list?.asOf).toBe(Date.parse(DATE));
  });

  test("takes the function's own time where OCI sends none", async () => {
    nock(VAULT).get(`${SECRET_PATH}/versions`).query(true).reply(200, []);
    const { store, clock } = createVaultRig();
    expect(await store.listVersions()).toEqual({ versions: [], asOf: clock.now() });
  });

  test("is null while the secret is UPDATING, and is not asked again", async () => {
    nock(VAULT).get(`${SECRET_PATH}/versions`).query(true).reply(409, error("IncorrectState"));
    const { store, clock } = createVaultRig();
    expect(await store.listVersions()).toBeNull();
    expect(clock.slept).toEqual([]);
  });

  test("starts from the first page again when a later one fails", async () => {
    nock(VAULT)
      .get(`${SECRET_PATH}/versions`)
      .query((query) => query["page"] === undefined)
      .twice()
      .reply(200, [version(2)], { "opc-next-page": "p2" })
      .get(`${SECRET_PATH}/versions`)
      .query((query) => query["page"] === "p2")
      .reply(503)
      .get(`${SECRET_PATH}/versions`)
      .query((query) => query["page"] === "p2")
      .reply(200, [version(1)]);
    const list = await createVaultRig().store.listVersions();
    expect(list?.versions.map(({ versionNo }) => versionNo)).toEqual([2, 1]);
  });

  test("gives up on a list that does not end", async () => {
    nock(VAULT)
      .get(`${SECRET_PATH}/versions`)
      .query(true)
      .times(100)
      .reply(200, [version(1)], { "opc-next-page": "again" });
    const { store } = createVaultRig();
    await expectFailure(() => store.listVersions(), "VAULT_UNAVAILABLE", "did not end after 100 pages");
  });
});

describe("readVersion", () => {
  test("asks by number alone and gives the content with OCI's own time", async () => {
    nock(SECRETS).get(BUNDLE_PATH).query({ versionNumber: "2" }).reply(200, bundle, { date: DATE });
    const stored = await createVaultRig().store.readVersion(2);
    expect(stored).toMatchObject({ versionNo: 2, versionStages: ["CURRENT"], asOf: Date.parse(DATE) });
    expect(stored.content.reveal()).toBe(`{"appSecret":"${CANARY}"}`);
    expectNoTrace(stored, CANARY);
  });

  test("asks again after 404, since a reader may lag behind a write", async () => {
    nock(SECRETS)
      .get(BUNDLE_PATH)
      .query(true)
      .twice()
      .reply(404, error("NotAuthorizedOrNotFound"))
      .get(BUNDLE_PATH)
      .query(true)
      .reply(200, bundle);
    const { store, clock } = createVaultRig();
    expect((await store.readVersion(2)).versionNo).toBe(2);
    expect(clock.slept).toEqual([500, 1_000]);
  });

  test("takes a fifth 404 for an answer", async () => {
    nock(SECRETS).get(BUNDLE_PATH).query(true).times(5).reply(404, error("NotAuthorizedOrNotFound"));
    const { store } = createVaultRig();
    expectNoTrace(await expectFailure(() => store.readVersion(2), "SECRET_NOT_FOUND", "GetSecretBundle"), CANARY);
  });

  test.each([
    ["cut off", (i: nock.Interceptor) => i.reply(200, JSON.stringify(bundle).slice(0, -40))],
    ["no JSON", (i: nock.Interceptor) => i.reply(200, `<html>${CANARY}</html>`)],
  ])("asks again where the answer is %s, and tells none of it", async (_what, answer) => {
    for (let count = 0; count < 5; count++) answer(nock(SECRETS).get(BUNDLE_PATH).query(true));
    const { store } = createVaultRig();
    const failure = await expectFailure(() => store.readVersion(2), "VAULT_UNAVAILABLE", "could not be read");
    expectNoTrace(failure, CANARY);
    expectNoTrace(failure, bundle.secretBundleContent.content);
  });

  test("does not ask again where the answer has another shape", async () => {
    nock(SECRETS)
      .get(BUNDLE_PATH)
      .query(true)
      .reply(200, { ...bundle, versionNumber: "2" });
    const { store } = createVaultRig();
    expectNoTrace(await expectFailure(() => store.readVersion(2), "VAULT_UNAVAILABLE", "could not be read"), CANARY);
  });
});

describe("a read that fails", () => {
  const get = () => nock(VAULT).get(SECRET_PATH);
  const good = { lifecycleState: "ACTIVE" };

  test.each<[string, (i: nock.Interceptor) => nock.Scope]>([
    ["429", (i) => i.reply(429, error("TooManyRequests"), { "retry-after": "1" })],
    ["429 without Retry-After", (i) => i.reply(429)],
    ["500", (i) => i.reply(500, error("InternalServerError"))],
    ["503 without JSON", (i) => i.reply(503, `<html>${CANARY}`)],
    ["a reset connection", (i) => i.replyWithError(errorWithCode("ECONNRESET", CANARY))],
    ["a refused connection", (i) => i.replyWithError(errorWithCode("ECONNREFUSED", CANARY))],
    ["a broken body", (i) => i.reply(200, breaksAfter('{"lifecycle'))],
    ["truncated JSON", (i) => i.reply(200, '{"lifecycleState":"ACT')],
    ["too large a body", (i) => i.reply(200, tooLarge)],
  ])("is repeated after %s, three times in all", async (_what, fail) => {
    fail(get());
    fail(get());
    get().reply(200, good);
    const { store, clock } = createVaultRig();
    expect((await store.readSecret()).lifecycle).toBe("ACTIVE");
    expect(clock.slept).toEqual([500, 1_000]);

    for (let count = 0; count < 3; count++) fail(get());
    expectNoTrace(await expectFailure(() => store.readSecret(), "VAULT_UNAVAILABLE", "GetSecret"), CANARY);
  });

  test("by being slow is repeated, and its request is destroyed", async () => {
    const { store, clock } = createVaultRig();
    const { reply, destroyed } = neverAnswers(clock);
    get().reply(200, reply);
    get().reply(200, stallsAfter('{"lifecycleState":', clock));
    get().reply(200, good);
    expect((await store.readSecret()).lifecycle).toBe("ACTIVE");
    expect(clock.waits).toEqual([10_000, 10_000, 10_000]);
    await destroyed;
  });

  test.each([
    [400, "InvalidParameter", "SECRET_NOT_ROTATABLE"],
    [401, "NotAuthenticated", "VAULT_FORBIDDEN"],
    [403, "NotAuthorized", "VAULT_FORBIDDEN"],
    [404, "NotAuthorizedOrNotFound", "SECRET_NOT_FOUND"],
    [409, "Conflict", "SECRET_NOT_ROTATABLE"],
  ] as const)("with %i %s is not repeated", async (status, serviceCode, code) => {
    get().reply(status, error(serviceCode));
    const { store, clock } = createVaultRig();
    expectNoTrace(await expectFailure(() => store.readSecret(), code, "GetSecret"), CANARY);
    expect(clock.slept).toEqual([]);
  });

  test("is not repeated where the delay does not fit into the time left", async () => {
    get().reply(503);
    const { store } = createVaultRig(400);
    await expectFailure(() => store.readSecret(), "VAULT_UNAVAILABLE", "503");
  });

  test("holds neither signature nor content", async () => {
    for (let count = 0; count < 3; count++) get().replyWithError(errorWithCode("ECONNRESET", SIGNATURE));
    const { store } = createVaultRig();
    const failure = await expectFailure(() => store.readSecret(), "VAULT_UNAVAILABLE", "did not answer GetSecret");
    expectNoTrace(failure, "canary.session.token");
  });

  test("ten times in a row with 409 opens no circuit breaker", async () => {
    nock(VAULT).get(`${SECRET_PATH}/versions`).query(true).times(15).reply(409, error("IncorrectState"));
    const { store } = createVaultRig();
    for (let count = 0; count < 15; count++) expect(await store.listVersions()).toBeNull();
  });
});
