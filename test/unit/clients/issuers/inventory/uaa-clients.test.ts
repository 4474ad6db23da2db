import { describe, expect, test } from "vitest";
import { probeEmpty, uaaClients, uaaZones } from "../../../../../src/clients/issuers/inventory/uaa-clients.ts";
import { expectFailure } from "../../../../support/failures.ts";
import { createReader, paged, status } from "./reader.ts";

const BASE = "https://uaa.example.org";

function listing(all: readonly object[], totalResults?: number) {
  const { reader, asked } = createReader((path) => {
    const url = new URL(path, BASE);
    const offset = String(Number(url.searchParams.get("startIndex")) - 1);
    return { resources: paged(all, offset, url.searchParams.get("count")), totalResults };
  });
  return { asked, go: () => uaaClients(reader, BASE) };
}

const only = async (members: object) => (await listing([{ client_id: "app", ...members }]).go()).clients[0];

describe("the clients of a zone", () => {
  test.each<[string, object, string | null]>([
    ["a key by address", { jwks_uri: "https://app.example.org/keys" }, "key"],
    ["a key", { jwks: "{}" }, "key"],
    ["nothing, with the implicit grant alone", { authorized_grant_types: ["implicit"] }, "public"],
    ["what the list does not tell", { authorized_grant_types: ["implicit", "client_credentials"] }, null],
    ["what the list does not tell, without grants", { authorized_grant_types: [] }, null],
    ["what the list does not tell, with nothing told", {}, null],
  ])("may show who they are by %s", async (_what, members, kind) => {
    expect((await only(members))?.kind).toBe(kind);
  });

  test("are listed with what the zone tells of them", async () => {
    expect(
      await only({ name: "App", owner: "Ada", contact: "ada@example.org", lastModified: 1_767_225_600_000 }),
    ).toEqual({
      ...{ clientId: "app", subject: null, name: "App", kind: null, isEnabled: null, isBuiltIn: false, owner: "Ada" },
      ...{ contact: "ada@example.org", madeAt: null, changedAt: 1_767_225_600_000, secretMadeAt: null },
      ...{ endsAt: "never", mayChange: null },
    });
    expect(await only({})).toMatchObject({ name: null, owner: null, contact: null, changedAt: null });
  });

  test.each([
    ...["admin", "cf", "login", "identity", "dashboard", "cloud_controller", "cc-service-dashboards", "doppler"],
    ...["gorouter", "ssh-proxy", "tcp_emitter", "tcp_router", "network-policy", "routing_api_client"],
  ])("%s is the platform's own", async (client_id) => {
    expect((await only({ client_id }))?.isBuiltIn).toBe(true);
  });

  test("are all read", async () => {
    const many = Array.from({ length: 1_100 }, (_, at) => ({ client_id: `app-${at}` }));
    const { go, asked } = listing(many, 1_100);
    expect(await go()).toMatchObject({ isComplete: true, clients: { length: 1_100 } });
    expect(asked.slice(0, 2).map(({ path }) => path)).toEqual([
      "/oauth/clients?startIndex=1&count=500",
      "/oauth/clients?startIndex=500&count=500",
    ]);
  });

  test.each([
    ["whole if the zone counts as many", 1, true],
    ["whole if the zone tells no count", undefined, true],
    ["not whole if the zone counts more", 2, false],
  ])("are a list that is %s", async (_what, total, isComplete) => {
    expect((await listing([{ client_id: "app" }], total).go()).isComplete).toBe(isComplete);
  });

  test("cannot be told from a list of another form", async () => {
    await expectFailure(listing([{}]).go, "VERDICT_UNKNOWN", "the UAA's list of clients could not be read");
  });
});

describe("the zones of a UAA", () => {
  test("are in the order of their ids", async () => {
    const zones = [
      { id: "uaa", subdomain: "" },
      { id: "a", subdomain: "z" },
    ];
    const { reader, asked } = createReader(() => zones);
    expect(await uaaZones(reader, BASE)).toEqual([
      { id: "a", subdomain: "z" },
      { id: "uaa", subdomain: "" },
    ]);
    expect(asked.map(({ path }) => path)).toEqual(["/identity-zones"]);
  });

  test("cannot be told from a list of another form", async () => {
    const { reader } = createReader(() => [{ id: "a" }]);
    await expectFailure(() => uaaZones(reader, BASE), "VERDICT_UNKNOWN", "the UAA's list of zones could not be read");
  });
});

test.each([
  ["that is accepted needs none", status(200), "public"],
  ["that is refused needs one", status(401), "secret"],
])("a login without a secret %s", async (_what, answer, kind) => {
  const { reader, asked } = createReader(() => answer);
  expect(await probeEmpty(reader, BASE, "app")).toBe(kind);
  expect(asked).toEqual([
    expect.objectContaining({ headers: { authorization: `Basic ${Buffer.from("app:").toString("base64")}` } }),
  ]);
});
