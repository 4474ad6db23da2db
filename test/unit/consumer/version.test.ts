import { describe, expect, it } from "vitest";
import { judgeTokenError } from "../../../src/consumer/token-error.ts";
import { readCurrent, readPending } from "../../../src/consumer/version.ts";
import { claim, content } from "./rig.ts";

const currentOf = (text: string) => readCurrent({ content: text, versionNo: 7 });
const pendingOf = (text: string) => readPending({ content: text, versionNo: 8 });
const messageOf = (text: string) => {
  try {
    currentOf(text);
    return "no error";
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : "no error";
  }
};
const NO_OBJECT = "CONTENT_INVALID: the secret's content is not a JSON object.";
const noText = (name: string) => `CONTENT_INVALID: the secret's content has no text in the member ${name}.`;

describe("CURRENT is not usable, and why is told,", () => {
  it.each([
    ["null", NO_OBJECT],
    ["7", NO_OBJECT],
    ['"text"', NO_OBJECT],
    ["[]", NO_OBJECT],
    ['{"clientId":', NO_OBJECT],
    ['{"clientId":7,"appSecret":"s"}', noText("clientId")],
    ['{"clientId":"a","appSecret":""}', noText("appSecret")],
    ['{"clientId":"a","issuer":"oci-iam","clientSecret":"s"}', noText("appSecret")],
    ['{"clientId":"a","issuer":"uaa","appSecret":"s"}', noText("clientSecret")],
    ['{"clientId":"a","appSecret":null}', noText("appSecret")],
    ['{"clientId":"a","appSecret":null,"_rotation":{}}', "NO_VALUE_YET: the secret holds no client secret yet."],
  ])("if its content is %s", (text, message) => {
    expect(messageOf(text)).toMatch(message);
  });
});

it.each([
  ['{"clientId":"a","appSecret":"s"}', false],
  ['{"clientId":"a","issuer":"oci-iam","appSecret":"s"}', false],
  ['{"clientId":"a","issuer":"uaa","clientSecret":"s"}', false],
  ['\uFEFF{"clientId":"a","appSecret":"s"}', false],
  ['{"clientId":"a","appSecret":"s","_rotation":null}', true],
])("CURRENT with the content %j is used, and shows whether a rotation is under way", (text, isMarked) => {
  const seen = currentOf(text);
  expect(seen).toMatchObject({ versionNo: 7, isMarked });
  expect(seen.credential.clientSecret).toBe("s");
});

it.each([
  ["a claim", claim("s"), true],
  ["no object", "[]", false],
  ["no JSON", "s", false],
  ["without a client secret", '{"clientId":"a"}', false],
])("PENDING that is %s is not used", (_what, text, isMarked) => {
  expect(pendingOf(text)).toEqual({ versionNo: 8, credential: null, isMarked });
});

it("PENDING that is a credential may be used, and shows no rotation", () => {
  const seen = pendingOf(content("s1"));
  expect(seen).toMatchObject({ versionNo: 8, isMarked: false });
  expect(seen.credential?.clientSecret).toBe("s1");
});

it.each<[number | undefined, string, string | undefined, string | null]>([
  [401, "invalid_client", undefined, "rejected"],
  [401, "unauthorized_client", "Client not enabled to retrieve service account", "secret-good"],
  [401, "invalid_client", "Unauthorized grant type: x", "secret-good"],
  [401, "unauthorized_client", "Public client not allowed to retrieve", null],
  [401, "unauthorized_client", "Invalid method used to get client secret", null],
  [401, "invalid_token", undefined, null],
  [400, "invalid_client", undefined, "rejected"],
  [undefined, "invalid_client", undefined, "rejected"],
  [400, "unauthorized_client", undefined, null],
  [403, "invalid_client", undefined, null],
])("a token request answered %s %s %s says of the secret: %s", (status, error, description, judgement) => {
  expect(judgeTokenError(status, error, description)).toBe(judgement);
});
