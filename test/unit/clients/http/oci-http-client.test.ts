import nock from "nock";
import type { HttpClient } from "oci-common";
import { describe, expect, test, vi } from "vitest";
import { createOciHttpClient, type OciSigner } from "../../../../src/clients/http/oci-http-client.ts";
import { thrownBy } from "../../../support/failures.ts";
import { errorWithCode, neverAnswers } from "../../../support/hostile-replies.ts";
import { CALL_TIMEOUT_MS, createRig } from "../../../support/issuer-rig.ts";

type Method = Parameters<HttpClient["send"]>[0]["method"];

const ORIGIN = "https://vaults.example.org";

function setUp() {
  const rig = createRig();
  const signed = vi.fn<OciSigner["signHttpRequest"]>(async (request) => {
    request.headers.append("authorization", 'Signature version="1"');
  });
  const dates: number[] = [];
  const client = createOciHttpClient(rig.transport, { signHttpRequest: signed }, rig.budget, (date) =>
    dates.push(date),
  );
  return { ...rig, signed, dates, client };
}
const request = (method: Method, body?: string) => ({
  method,
  uri: `${ORIGIN}/20180608/a`,
  headers: new Headers({ "opc-request-id": "r1" }),
  ...(body === undefined ? {} : { body }),
});

test("a request is signed with its body, and goes out with the headers that signing added", async () => {
  nock(ORIGIN, { reqheaders: { authorization: 'Signature version="1"', "opc-request-id": "r1" } })
    .put("/20180608/a", '{"b":1}')
    .reply(200, '{"c":2}', { etag: '"e1"' });
  const { client, signed } = setUp();
  const answer = await client.send(request("PUT", '{"b":1}'));
  expect(answer.status).toBe(200);
  expect(answer.headers.get("etag")).toBe('"e1"');
  expect(await answer.text()).toBe('{"c":2}');
  expect(signed.mock.calls[0]?.[0]).toMatchObject({ method: "PUT", uri: `${ORIGIN}/20180608/a`, body: '{"b":1}' });
  expect(signed.mock.calls[0]?.[1]).toBe(false);
});

test("a request without a body is signed and sent without one", async () => {
  nock(ORIGIN).get("/20180608/a", "").reply(200);
  const { client, signed } = setUp();
  await client.send(request("GET"), true);
  expect(signed.mock.calls[0]?.[0]).not.toHaveProperty("body");
  expect(signed.mock.calls[0]?.[1]).toBe(true);
});

test("only text is sent as a body", async () => {
  nock(ORIGIN).put("/20180608/a", "").reply(200);
  const { client, signed } = setUp();
  await client.send({ ...request("PUT"), body: new Uint8Array([1]) });
  expect(signed.mock.calls[0]?.[0]).not.toHaveProperty("body");
});

test.each([200, 204, 404, 409, 500])("status %i with an empty body is an answer", async (status) => {
  nock(ORIGIN).post("/20180608/a").reply(status);
  const answer = await setUp().client.send(request("POST"));
  expect(answer.status).toBe(status);
  expect(await answer.text()).toBe("");
});

describe("the Date of an answer", () => {
  test("is passed on in milliseconds", async () => {
    nock(ORIGIN).get("/20180608/a").reply(500, "", { date: "Sun, 22 Nov 2026 10:00:00 GMT" });
    const { client, dates } = setUp();
    await client.send(request("GET"));
    expect(dates).toEqual([Date.UTC(2026, 10, 22, 10)]);
  });

  test.each([{}, { date: "yesterday" }])("is not passed on where it is %j", async (headers) => {
    nock(ORIGIN).get("/20180608/a").reply(200, "", headers);
    const { client, dates } = setUp();
    await client.send(request("GET"));
    expect(dates).toEqual([]);
  });
});

test("each call ends with the invocation's deadline, and its request is destroyed", async () => {
  const { client, clock } = setUp();
  const { reply, destroyed } = neverAnswers(clock);
  nock(ORIGIN).get("/20180608/a").reply(200, reply);
  const thrown = await thrownBy(() => client.send(request("GET")));
  expect(thrown).toMatchObject({ name: "TransportError", failure: "TIMED_OUT" });
  expect(clock.waits).toEqual([CALL_TIMEOUT_MS]);
  await destroyed;
});

test("a lost connection rejects with TransportError", async () => {
  nock(ORIGIN).get("/20180608/a").replyWithError(errorWithCode("ECONNRESET"));
  const thrown = await thrownBy(() => setUp().client.send(request("GET")));
  expect(thrown).toMatchObject({ name: "TransportError", failure: "CONNECTION_LOST" });
});

test("a request that cannot be signed is not sent", async () => {
  const { client, signed } = setUp();
  signed.mockRejectedValueOnce(new Error("no key"));
  await expect(client.send(request("PUT", "{}"))).rejects.toThrow("no key");
});

test("a method that is not in use is not sent", async () => {
  await expect(setUp().client.send(request("HEAD"))).rejects.toThrow("the method HEAD is not in use here");
});
