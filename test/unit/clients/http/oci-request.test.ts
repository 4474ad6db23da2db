import { expect, test } from "vitest";
import type { OciSigner } from "../../../../src/clients/http/oci-http-client.ts";
import { createOciRequester } from "../../../../src/clients/http/oci-request.ts";
import type { HttpRequest } from "../../../../src/clients/http/transport.ts";

const URL_OF_IT = "https://telemetry.example.org/20180401/metrics";
const answer = { status: 503, headers: {}, body: "any" };

function setUp() {
  const sent: HttpRequest[] = [];
  const signed: object[] = [];
  const signer: OciSigner = {
    async signHttpRequest(request) {
      const { method, uri, headers } = request;
      signed.push({ method, uri, body: request.body, headers: Object.fromEntries(headers.entries()) });
      headers.set("authorization", "Signature canary");
    },
  };
  const send = createOciRequester(async (request) => {
    sent.push(request);
    return answer;
  }, signer);
  return { sent, signed, send };
}

test("a request is signed with its body as JSON, and sent as it was signed; any status is its answer", async () => {
  const { sent, signed, send } = setUp();
  expect(await send({ method: "POST", url: URL_OF_IT, body: "{}", deadline: 7 })).toBe(answer);
  const headers = { accept: "application/json", "content-type": "application/json" };
  expect(signed).toEqual([{ method: "POST", uri: URL_OF_IT, body: "{}", headers }]);
  expect(sent).toEqual([
    {
      method: "POST",
      url: URL_OF_IT,
      body: "{}",
      deadline: 7,
      headers: { ...headers, authorization: "Signature canary" },
    },
  ]);
});

test("a request without a body has no type of one", async () => {
  const { sent, signed, send } = setUp();
  await send({ method: "GET", url: URL_OF_IT, deadline: 7 });
  expect(signed).toEqual([{ method: "GET", uri: URL_OF_IT, body: undefined, headers: { accept: "application/json" } }]);
  expect(sent[0]).not.toHaveProperty("body");
});
