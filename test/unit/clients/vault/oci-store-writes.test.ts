import nock from "nock";
import { describe, expect, test, vi } from "vitest";
import { Secret } from "../../../../src/base/secret.ts";
import type { SecretStore, Write } from "../../../../src/clients/vault/store.ts";
import { expectNoTrace } from "../../../support/failures.ts";
import { breaksAfter, errorWithCode, neverAnswers, stallsAfter, tooLarge } from "../../../support/hostile-replies.ts";
import { silenceSdk } from "../../../support/silence-sdk.ts";
import { createVaultRig, SECRET_PATH, SIGNATURE, VAULT } from "../../../support/vault-rig.ts";

const CANARY = "canary/+9c1f~4711";
const CONTENT = `{"appSecret":"${CANARY} é😀"}`;
const AT = Date.UTC(2026, 10, 24);
const DELETION_PATH = `${SECRET_PATH}/version/3/actions/scheduleDeletion`;
const ok = { id: "x", lifecycleState: "UPDATING" };
const error = (code: string, message = `quotes ${CANARY}`) => ({ code, message });

silenceSdk();

describe("what goes over the wire", () => {
  const signed = { reqheaders: { authorization: SIGNATURE, "if-match": "e1" }, badheaders: ["opc-retry-token"] };

  test.each(["PENDING", "CURRENT"] as const)("writeVersion as %s sends the content alone, named", async (stage) => {
    nock(VAULT, signed)
      .put(SECRET_PATH, {
        secretContent: {
          contentType: "BASE64",
          content: Buffer.from(CONTENT).toString("base64"),
          name: "orot-4",
          stage,
        },
      })
      .reply(200, ok);
    const write = await createVaultRig().store.writeVersion("orot-4", stage, new Secret(CONTENT), "e1");
    expect(write).toEqual({ outcome: "done" });
  });

  test("promote sends the version number alone", async () => {
    nock(VAULT, signed).put(SECRET_PATH, { currentVersionNumber: 4 }).reply(200, ok);
    expect(await createVaultRig().store.promote(4, "e1")).toEqual({ outcome: "done" });
  });

  test("promote sends all tags and metadata in the same write where it is given some", async () => {
    const freeformTags = { team: "payments", "orot-expires-on": "unknown v4" };
    const metadata = { orot: "{}" };
    nock(VAULT, signed).put(SECRET_PATH, { currentVersionNumber: 4, freeformTags, metadata }).reply(200, ok);
    const annotations = { tags: freeformTags, metadata };
    expect(await createVaultRig().store.promote(4, "e1", annotations)).toEqual({ outcome: "done" });
  });

  test("scheduleVersionDeletion sends the instant", async () => {
    nock(VAULT, signed).post(DELETION_PATH, { timeOfDeletion: "2026-11-24T00:00:00.000Z" }).reply(200);
    expect(await createVaultRig().store.scheduleVersionDeletion(3, AT, "e1")).toEqual({ outcome: "done" });
  });

  test("without an etag no if-match is sent", async () => {
    nock(VAULT, { badheaders: ["if-match"] })
      .put(SECRET_PATH)
      .twice()
      .reply(200, ok)
      .post(DELETION_PATH)
      .reply(200);
    const { store } = createVaultRig();
    await store.writeVersion("orot-4", "PENDING", new Secret(CONTENT), null);
    await store.promote(4, null);
    expect(await store.scheduleVersionDeletion(3, AT, null)).toEqual({ outcome: "done" });
  });
});

interface Operation {
  readonly name: string;
  readonly intercept: () => nock.Interceptor;
  readonly run: (store: SecretStore) => Promise<Write>;
}
const operations: readonly Operation[] = [
  {
    name: "writeVersion",
    intercept: () => nock(VAULT).put(SECRET_PATH),
    run: (store) => store.writeVersion("orot-4", "PENDING", new Secret(CONTENT), "e1"),
  },
  { name: "promote", intercept: () => nock(VAULT).put(SECRET_PATH), run: (store) => store.promote(4, "e1") },
  {
    name: "scheduleVersionDeletion",
    intercept: () => nock(VAULT).post(DELETION_PATH),
    run: (store) => store.scheduleVersionDeletion(3, AT, "e1"),
  },
];

// Each case answers one request; a second one would find no mock and fail the test.
describe.each(operations)("$name is sent once and", ({ intercept, run }) => {
  test.each<[number, string, Write["outcome"], string]>([
    [400, "InvalidParameter", "refused", "SECRET_NOT_ROTATABLE"],
    [400, "LimitExceeded", "refused", "SECRET_NOT_ROTATABLE"],
    [401, "NotAuthenticated", "refused", "VAULT_FORBIDDEN"],
    [403, "NotAuthorized", "refused", "VAULT_FORBIDDEN"],
    [404, "NotAuthorizedOrNotFound", "refused", "SECRET_NOT_FOUND"],
    [409, "Conflict", "refused", "SECRET_NOT_ROTATABLE"],
    [409, "IncorrectState", "busy", "VAULT_UNAVAILABLE"],
    [412, "NoEtagMatch", "race-lost", "VAULT_UNAVAILABLE"],
    [429, "TooManyRequests", "unknown", "VAULT_UNAVAILABLE"],
    [500, "InternalServerError", "unknown", "VAULT_UNAVAILABLE"],
    [503, "ServiceUnavailable", "unknown", "VAULT_UNAVAILABLE"],
  ])("answered %i %s is %s", async (status, serviceCode, outcome, code) => {
    intercept().reply(status, error(serviceCode), { "retry-after": "1" });
    const { store, clock } = createVaultRig();
    const write = await run(store);
    expect(write).toMatchObject({ outcome, error: { code } });
    expect(clock.slept).toEqual([]);
    expectNoTrace(write, CANARY);
  });

  test("answered that the name exists says so", async () => {
    intercept().reply(400, error("InvalidParameter", `The name already exists. ${CANARY}`));
    const write = await run(createVaultRig().store);
    expect(write.outcome).toBe("name-taken");
    expectNoTrace(write, CANARY);
  });

  test.each<[string, (i: nock.Interceptor) => nock.Scope]>([
    ["the connection is reset", (i) => i.replyWithError(errorWithCode("ECONNRESET", CONTENT))],
    ["the connection is refused", (i) => i.replyWithError(errorWithCode("ECONNREFUSED", CONTENT))],
    ["the answer breaks off", (i) => i.reply(200, breaksAfter('{"id":'))],
    ["the answer is too large", (i) => i.reply(200, tooLarge)],
    ["a gateway answers 502", (i) => i.reply(502, `<html>${CANARY}</html>`)],
  ])("has an unknown outcome where %s", async (_what, answer) => {
    answer(intercept());
    const write = await run(createVaultRig().store);
    expect(write).toMatchObject({ outcome: "unknown", error: { code: "VAULT_UNAVAILABLE" } });
    expectNoTrace(write, CANARY);
    expectNoTrace(write, CONTENT);
  });

  test("has an unknown outcome where no answer comes before the deadline, and leaves no request behind", async () => {
    const { store, clock } = createVaultRig();
    const { reply, destroyed } = neverAnswers(clock);
    intercept().reply(200, reply);
    expect((await run(store)).outcome).toBe("unknown");
    await destroyed;

    intercept().reply(200, stallsAfter('{"id":', clock));
    expect((await run(store)).outcome).toBe("unknown");
    expect(clock.running).toBe(0);
  });

  test("is not repeated where the environment turns the SDK's retries on", async () => {
    vi.stubEnv("OCI_SDK_DEFAULT_RETRY_ENABLED", "true");
    vi.stubEnv("OCI_SDK_DEFAULT_CIRCUITBREAKER_ENABLED", "true");
    intercept().reply(500, error("InternalServerError"));
    expect((await run(createVaultRig().store)).outcome).toBe("unknown");
  });
});

test.each(operations.slice(0, 2))(
  "$name with an answer that is no JSON may have landed",
  async ({ intercept, run }) => {
    intercept().reply(200, '{"id":"x","lifecyc');
    expect(await run(createVaultRig().store)).toMatchObject({
      outcome: "unknown",
      error: { code: "VAULT_UNAVAILABLE" },
    });
  },
);
