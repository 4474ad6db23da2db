import nock from "nock";
import { describe, expect, test } from "vitest";
import { expectFailure } from "../../../support/failures.ts";
import { HOST, KEY, mint, open, setUp, TOKEN_PATH } from "./edfi-cms-rig.ts";

test.each([
  ["apiClientId", { apiClientId: "7" }, "must be a whole number"],
  ["apiClientId", { apiClientId: 0 }, "must be a whole number"],
  [
    "applicationId",
    { applicationId: 3 },
    "must not stand next to apiClientId: only one of the two names what is reset",
  ],
  ["apiClientId", { apiClientId: undefined }, "is missing, and so is applicationId in its place"],
  ["tenant", { tenant: "a b" }, "must be text without spaces"],
  ["apiVersion", { apiVersion: "v1" }, 'must be "v2" or "v3"'],
])("a content is told what its member %s must be: %j", async (member, members, words) => {
  const { message } = await expectFailure(() => open(members), "CONTENT_INVALID");
  expect(message).toBe(`the member ${member} of the secret's content ${words}`);
});

test("a login with a key that the service does not know is told as that, with what to correct", async () => {
  nock(HOST)
    .post(TOKEN_PATH)
    .reply(401, { type: "urn:ed-fi:api:security:authentication", errors: ["invalid_client. words"] });
  expect(await setUp().credential.login(null)).toMatchObject({
    error: {
      message: "the service knows no approved client with the key in clientId",
      nextAction: "correct clientId, url or tenant in the secret's content, or approve the client",
    },
  });
});

describe("an operator is told how a reset ended", () => {
  test.each<[number, object, string, string]>([
    [200, { key: KEY }, "the new client secret could not be read from the answer", ""],
    [409, {}, "another reset of the same application is under way (409)", ""],
    [503, {}, "resetting was answered 503", ""],
    [401, {}, "the second authority's token was refused at resetting", ""],
    [403, {}, "resetting was refused with 403", "give the second authority the role cms-client and the scope"],
    [400, {}, "resetting was refused with 400", "check the id and the tenant in the content"],
  ])("answered %i %j", async (status, body, message, next) => {
    nock(HOST)
      .put(/reset-credential$/)
      .reply(status, body);
    const result = await mint(setUp());
    if (!("error" in result)) throw new Error("not refused");
    expect(result.error.message).toBe(message);
    expect(result.error.nextAction).toContain(next);
  });
});
