import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../../src/base/clock.ts";
import { runProgram } from "../../src/cli/program.ts";
import { createNetworkTransport } from "../../src/clients/http/network.ts";
import { keycloakCalls } from "../contract/keycloak-calls.ts";
import { useCli } from "../support/cli.ts";
import { openRealKeycloak, type RealKeycloak } from "./keycloak-under-test.ts";

const cli = useCli();
let keycloak: RealKeycloak;

beforeAll(async () => {
  keycloak = await openRealKeycloak();
});
afterAll(async () => {
  await keycloak.stop();
});

/** The command in real time: Vault emulated, Keycloak the real one. */
async function policyCommand() {
  const w = await cli();
  const { url, realm, administrator } = keycloak;
  const content = {
    kind: "client-secret",
    issuer: "keycloak",
    url,
    realm,
    clientId: administrator.clientId,
    clientSecret: administrator.secret,
    mayRotate: [],
  };
  const authority = w.emulator.admin.createSecret({ name: "authority", content: JSON.stringify(content) });
  const network = createNetworkTransport(systemClock);
  return async (verb: string, ...words: readonly string[]) => {
    const written = { stdout: "", stderr: "" };
    const runtime = {
      ...w.runtime({}, written),
      clock: systemClock,
      transport: (request: Parameters<typeof network>[0]) =>
        request.url.startsWith(url)
          ? network(request)
          : w.emulator.transport({ ...request, deadline: w.clock.monotonic() + 10_000 }),
    };
    const args = ["keycloak", "policy", verb, url, realm, "--authority", authority, "--json", "--yes", ...words];
    const exitCode = await runProgram(runtime, args);
    return { exitCode, stderr: written.stderr, json: JSON.parse(written.stdout) };
  };
}

describe("oci-rotate keycloak policy at the real Keycloak", () => {
  it("plans, applies beside what others have, starts a client, and finds nothing left to do", async () => {
    const run = await policyCommand();
    const { asAdministrator, of } = keycloakCalls(keycloak);
    const theirs = {
      name: "theirs",
      description: "of others",
      executors: [{ executor: "registration-access-token-rotation-disabled", configuration: {} }],
    };
    const anyone = { condition: "any-client", configuration: {} };
    const policy = { name: "theirs", enabled: true, conditions: [anyone], profiles: ["theirs"] };
    await asAdministrator("PUT", "/client-policies/profiles", { profiles: [theirs] });
    await asAdministrator("PUT", "/client-policies/policies", { policies: [policy] });
    const client = await keycloak.makeClient();

    expect(await run("plan", "--expiration", "90d")).toMatchObject({ exitCode: 4, json: { feature: "on" } });
    expect(await run("apply", "--expiration", "90d")).toMatchObject({ exitCode: 0, json: { applied: true } });
    expect((await run("plan", "--expiration", "90d")).exitCode).toBe(0);
    expect((await run("apply", "--expiration", "60d")).json.changes[0].differences).toEqual([
      "expiration-period: 90d -> 60d",
    ]);
    const { profiles } = (await asAdministrator("GET", "/client-policies/profiles")).json as { profiles: object[] };
    expect(profiles).toMatchObject([theirs, { name: "oci-rotate" }]);
    expect((await asAdministrator("GET", "/client-policies/policies")).json["policies"]).toMatchObject([
      policy,
      { name: "oci-rotate", enabled: true },
    ]);

    const started = await run("start", "--client", client.clientId);
    expect(started).toMatchObject({ exitCode: 0, json: { clients: [{ outcome: "started" }] } });
    const { logins, secret, regenerate } = of(client);
    expect(await secret()).toBe(client.secret);
    expect(await logins(client.secret, await regenerate())).toEqual([200, 200]);
    expect((await run("show")).json.policies).toMatchObject([{ name: "oci-rotate", expiration: 60 * 86_400 }]);
  });

  it("changes from a client role to every confidential client, and starts all but the administrator's own", async () => {
    const run = await policyCommand();
    // Made under the policy a client has its end from the start; this one was there before.
    const client = await keycloak.makeClient();
    expect((await run("apply", "--all-confidential")).exitCode).toBe(0);
    const { json } = await run("start", "--all");
    const ids = json.clients.map((one: { clientId: string }) => one.clientId);
    expect(ids).toContain(client.clientId);
    expect(ids).not.toContain(keycloak.administrator.clientId);
    expect(new Set(json.clients.map((one: { outcome: string }) => one.outcome))).toEqual(
      new Set(["started", "running"]),
    );
  });
});
