import { expect, test } from "vitest";
import { createReader, type SendGet } from "../../../../src/cli/clients/reader.ts";
import { thrownBy } from "../../../support/failures.ts";

/** Answers with these one after the other, and then with the last one. */
function reading(answers: readonly (readonly [status: number, body: string])[], issuer = "uaa") {
  const sent: Parameters<SendGet>[0][] = [];
  const send: SendGet = async (request) => {
    sent.push(request);
    const [status, data] = answers[Math.min(sent.length, answers.length) - 1] ?? [500, ""];
    return { status, data };
  };
  return { reader: createReader(send, issuer, { a: "1" }), sent };
}
const URL = "https://uaa.example.org/clients";

test("a list is read as JSON, with the headers of all who have added some", async () => {
  const { reader, sent } = reading([[200, '{"a":1}']]);
  expect(await reader.with({ b: "2" }).with({ a: "3" }).get(URL, "reading the clients")).toEqual({
    ...{ status: 200, body: { a: 1 } },
  });
  await reader.get(URL, "reading the clients");
  expect(sent).toEqual([
    { url: URL, headers: { a: "3", b: "2" }, what: "reading the clients" },
    { url: URL, headers: { a: "1" }, what: "reading the clients" },
  ]);
});

test("a 429 is repeated, three requests at most", async () => {
  const late = reading([
    [429, ""],
    [429, ""],
    [200, "1"],
  ]);
  expect(await late.reader.get(URL, "it")).toEqual({ status: 200, body: 1 });
  const request = { url: URL, headers: { a: "1" }, what: "it" };
  expect(late.sent).toEqual([request, request, request]);
  const never = reading([[429, ""]]);
  expect(await thrownBy(() => never.reader.get(URL, "it"))).toMatchObject({ message: "it was answered 429" });
  expect(never.sent).toHaveLength(3);
  const soon = reading([
    [429, ""],
    [404, ""],
  ]);
  expect(await soon.reader.get(URL, "it", [404])).toMatchObject({ status: 404 });
  expect(soon.sent).toHaveLength(2);
});

test.each([
  [
    "keycloak",
    "give the authority's service account the role view-clients of realm-management; in the realm master, of the client REALM-realm",
  ],
  [
    "uaa",
    "give the authority's client the authority clients.read; for another zone zones.ID.clients.read, and zones.read to list zones",
  ],
  ["oci-iam", "give whoever reads the app role User Administrator in the domain, or a higher one"],
  ["edfi-cms", "give the authority the scope edfi_admin_api/readonly_access and the role cms-client"],
  ["another", "check its rights"],
])("a refusal by %s names the right that is missing", async (issuer, nextAction) => {
  for (const status of [401, 403]) {
    expect(await thrownBy(() => reading([[status, ""]], issuer).reader.get(URL, "it"))).toMatchObject({
      ...{ code: "ISSUER_FORBIDDEN", message: `it was refused with ${status}`, nextAction },
    });
  }
});

test.each([
  [404, "ISSUER_CONFIGURATION", "it was answered 404", "check the address, and the realm, zone or tenant"],
  [503, "ISSUER_UNAVAILABLE", "it was answered 503", "try again later"],
  [400, "ISSUER_CONFIGURATION", "it was refused with 400", "check the address and the issuer's settings"],
])("a status of %d is told as %s", async (status, code, message, nextAction) => {
  expect(await thrownBy(() => reading([[status, ""]]).reader.get(URL, "it"))).toMatchObject({
    ...{ code, message, nextAction },
  });
});
