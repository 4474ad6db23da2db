import { describe, expect, test } from "vitest";
import type { Realm } from "../../../../src/cli/keycloak/realm.ts";
import { clientsWithSecrets, startClient } from "../../../../src/cli/keycloak/start-client.ts";
import { expectFailure } from "../../../support/failures.ts";

const NOW = Date.UTC(2026, 0, 1);
const EXPIRES = "client.secret.expiration.time";
const inMs = (ms: number) => ({ attributes: { [EXPIRES]: String((NOW + ms) / 1000) } });
const stored = { id: "uuid", clientId: "app" };

/** A realm that answers a search with these, one after the other, and has these roles. */
function realmOf(answers: readonly unknown[], roles: readonly string[] = []) {
  const sent: unknown[][] = [];
  let searches = 0;
  const realm: Realm = {
    administrator: "admin",
    feature: async () => "on",
    async send(method, path, body) {
      sent.push(body === undefined ? [method, path] : [method, path, body]);
      if (method !== "GET") return { status: 204, data: "", headers: {} };
      if (path.includes("/roles/"))
        return { status: roles.some((role) => path.endsWith(role)) ? 200 : 404, data: "{}", headers: {} };
      const answer = answers[Math.min(searches++, answers.length - 1)];
      return { status: 200, data: JSON.stringify(answer), headers: {} };
    },
  };
  return { realm, sent, changes: () => sent.filter(([method]) => method !== "GET") };
}

const start = (realm: Realm, role: string | null = null) =>
  startClient(realm, "app", role === null ? { kind: "confidential" } : { kind: "client-role", role }, NOW);

describe("a client under a policy", () => {
  test.each<[string, object[], string, number | null]>([
    ["that is not there is unknown", [{ ...stored, clientId: "another" }], "unknown", null],
    ["that is public has no secret", [{ ...stored, publicClient: true }], "no-secret", null],
    ["that never logs in has no secret", [{ ...stored, bearerOnly: true }], "no-secret", null],
    ["that logs in by a key has no secret", [{ ...stored, clientAuthenticatorType: "client-jwt" }], "no-secret", null],
    ["whose secret has expired is left alone", [{ ...stored, ...inMs(-1_000) }], "expired", NOW - 1_000],
    ["whose secret expires within a minute is left alone", [{ ...stored, ...inMs(60_000) }], "expired", NOW + 60_000],
    ["whose secret expires later is running", [{ ...stored, ...inMs(61_000) }], "running", NOW + 61_000],
  ])("%s", async (_what, found, outcome, expiresAt) => {
    const { realm, changes } = realmOf([found]);
    expect(await start(realm)).toEqual({ clientId: "app", outcome, expiresAt });
    expect(changes()).toEqual([]);
  });

  test("is started by a change of nothing", async () => {
    const { realm, changes } = realmOf([[stored], [{ ...stored, ...inMs(90_000) }]]);
    expect(await start(realm)).toEqual({ clientId: "app", outcome: "started", expiresAt: NOW + 90_000 });
    expect(changes()).toEqual([["PUT", "/clients/uuid", { attributes: {} }]]);
  });

  test.each([true, false])("keeps its authorization services: %s", async (authorizationServicesEnabled) => {
    const { realm, changes } = realmOf([[{ ...stored, authorizationServicesEnabled }]]);
    await start(realm);
    expect(changes()).toEqual([["PUT", "/clients/uuid", { attributes: {}, authorizationServicesEnabled }]]);
  });

  test.each<[string, object[]]>([
    ["has no end afterwards", [stored]],
    ["is gone afterwards", []],
  ])("that %s is not met by it", async (_what, after) => {
    const { realm } = realmOf([[stored], after]);
    expect(await start(realm)).toEqual({ clientId: "app", outcome: "not-met", expiresAt: null });
  });

  test("is given the role, which is made if it is not there", async () => {
    const running = [{ ...stored, ...inMs(61_000) }];
    const without = realmOf([running]);
    expect((await start(without.realm, "a role")).outcome).toBe("running");
    expect(without.sent).toContainEqual(["GET", "/clients/uuid/roles/a%20role"]);
    expect(without.changes()).toEqual([["POST", "/clients/uuid/roles", { name: "a role" }]]);
    const having = realmOf([running], ["role"]);
    await start(having.realm, "role");
    expect(having.changes()).toEqual([]);
  });

  test("cannot be told from an answer of another form", async () => {
    await expectFailure(
      () => start(realmOf([{}]).realm),
      "VERDICT_UNKNOWN",
      "the answer to GET /clients could not be read",
    );
  });
});

test("clients with a secret of their own are found on every page, and no page is asked for in vain", async () => {
  const page = (from: number, count: number) =>
    Array.from({ length: count }, (_, at) => ({ ...stored, clientId: `app-${from + at}`, publicClient: at === 1 }));
  const { realm, sent } = realmOf([page(0, 100), page(100, 100), page(200, 3)]);
  const found: string[] = [];
  for await (const { clientId } of clientsWithSecrets(realm)) found.push(clientId);
  expect(found).toHaveLength(200);
  expect(sent).toEqual([0, 100, 200].map((first) => ["GET", `/clients?first=${first}&max=100`]));
});
