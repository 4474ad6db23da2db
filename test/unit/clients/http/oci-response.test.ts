import { describe, expect, test } from "vitest";
import { ociAnswer } from "../../../../src/clients/http/oci-response.ts";
import type { HttpResponse } from "../../../../src/clients/http/transport.ts";

const headers = { etag: '"e1"', "opc-request-id": "r1", "content-type": "application/json" };

/** What the SDK asks of an answer; how a body cannot be read belongs to it. */
async function readBySdk(answer: () => Response) {
  const settled = async (read: (answer: Response) => Promise<unknown>) => {
    try {
      return await read(answer());
    } catch (thrown) {
      return thrown instanceof Error ? thrown.name : thrown;
    }
  };
  const { status, ok } = answer();
  const shown = ["etag", "ETag", "opc-request-id", "opc-next-page"].map((name) => answer().headers.get(name));
  const [text, json] = [await settled((one) => one.text()), await settled((one) => one.json())];
  return { status, ok, shown, text, json };
}

describe("an answer of OCI is read as fetch reads it", () => {
  test.each([
    [200, '{"a":[1,"é"]}'],
    [200, "null"],
    [200, ""],
    [200, '{"cut'],
    [200, "<html>Bad gateway</html>"],
    [200, '\uFEFF{"a":1}'],
    [299, "{}"],
    [300, "{}"],
    [301, ""],
    [404, '{"code":"NotAuthorizedOrNotFound","message":"m"}'],
    [500, "no JSON"],
    [599, ""],
    [204, ""],
    [304, ""],
  ])("status %i, body %j", async (status, body) => {
    const byFetch = () => new Response(body === "" ? null : body, { status, headers });
    expect(await readBySdk(() => ociAnswer({ status, headers, body: "" }, body))).toEqual(await readBySdk(byFetch));
  });
});

test.each([
  [101, ""],
  [204, "{}"],
  [600, ""],
])("what fetch makes no answer of is none: status %i, body %j", (status, body) => {
  const answer: HttpResponse = { status, headers, body };
  expect(() => ociAnswer(answer, body)).toThrow();
});
