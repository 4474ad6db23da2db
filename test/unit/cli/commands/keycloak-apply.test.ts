import { describe, expect, test } from "vitest";
import type { Transport } from "../../../../src/clients/http/transport.ts";
import { type CliWorld, expectOnlyReads, useCli } from "../../../support/cli.ts";
import { createRealmWorld, FEATURE_OFF, OTHER, OTHER_POLICY, puts } from "./keycloak-world.ts";

const cli = useCli();
const world = createRealmWorld(cli);

describe("oci-rotate keycloak policy apply", () => {
  test("takes a realm with a blank in its name", async () => {
    const { policy, realm } = await world({}, ["manage-realm", "manage-clients"], "Company GmbH");
    expect((await policy("apply", "--yes")).exitCode).toBe(0);
    expect(realm().policies).toMatchObject([OTHER_POLICY, { name: "oci-rotate", enabled: true }]);
  });

  test("adds profile and policy beside those of others, and is done the second time", async () => {
    const { policy, realm } = await world();
    const run = await policy("apply", "--yes", "--json");
    expect(run.json()).toMatchObject({ applied: true, feature: "on", changes: [{ step: "add" }, { step: "add" }] });
    expect(realm().profiles).toMatchObject([
      OTHER,
      {
        name: "oci-rotate",
        executors: [
          {
            executor: "secret-rotation",
            configuration: {
              "expiration-period": 3_888_000,
              "rotated-expiration-period": 172_800,
              "remaining-rotation-period": 864_000,
            },
          },
        ],
      },
    ]);
    expect(realm().policies).toMatchObject([OTHER_POLICY, { name: "oci-rotate", enabled: true }]);
    expect((await policy("plan")).exitCode).toBe(0);
    const again = await policy("apply", "--yes");
    expect(again).toMatchObject({ exitCode: 0, stderr: "" });
    expect(again.stdout).toBe("keep the profile oci-rotate\nkeep the policy oci-rotate\n");
    expectOnlyReads(again);
    expect((await policy("apply", "--yes", "--json")).json()).toMatchObject({ applied: false });
  });

  test("changes its own periods and clients alone, and keeps what else its profile does", async () => {
    const { policy, realm } = await world();
    await policy("apply", "--yes");
    const own = realm().profiles[1] as { executors: object[] };
    own.executors.unshift({ executor: "registration-access-token-rotation-disabled" });
    const run = await policy("apply", "--yes", "--expiration", "60d", "--all-confidential");
    expect(run.exitCode).toBe(0);
    expect(run.stdout).toContain("  expiration-period: 45d -> 60d\n");
    expect(run.stdout).toContain("owns the client role rotated-by-oci-rotate -> access type confidential");
    expect(run.stderr).toContain("also matches the administrator's client");
    expect(realm().profiles[0]).toEqual(OTHER);
    expect(own.executors).toHaveLength(2);
    expect(realm().profiles[1]).toMatchObject({ executors: [{}, { executor: "secret-rotation" }] });
    expect(realm().policies[0]).toEqual(OTHER_POLICY);
  });

  test("shows the plan and asks, and writes nothing after a no", async () => {
    const { policyWith } = await world();
    const run = await policyWith({ answers: ["n"], environment: { NO_COLOR: "1" } }, "apply");
    expect(run).toMatchObject({ exitCode: 1, stdout: "" });
    expect(run.stderr).toMatch(/^add the profile oci-rotate\n {2}expiration-period: 45d\n/);
    expect(run.stderr).toContain("\nadd the policy oci-rotate\n  meets: owns the client role rotated-by-oci-rotate\n");
    expect(run.stderr).toMatch(
      /\nWrite this to the realm\? \[y\/N\] error: the realm was not changed\.\nnext: {2}nothing\.\n$/,
    );
    expectOnlyReads(run);
  });

  test("writes a policy alone where the profile is as it should be", async () => {
    const { policy, realm } = await world();
    await policy("apply", "--yes");
    realm().policies.pop();
    const run = await policy("apply", "--yes", "--json");
    expect(run.json()).toMatchObject({ applied: true, changes: [{ step: "keep" }, { of: "policy", step: "add" }] });
    expect(puts(run.requests)).toEqual(["/admin/realms/shop/client-policies/policies"]);
  });

  test("says how to switch the feature on where the server has it off", async () => {
    const { policy } = await world({ "keycloak-rotation": "off" });
    const run = await policy("apply", "--yes");
    expect(run.exitCode).toBe(1);
    const next = FEATURE_OFF.slice(FEATURE_OFF.indexOf("start"));
    expect(run.stderr).toBe(
      `${FEATURE_OFF}\nerror: the server runs without the feature client-secret-rotation.\nnext:  ${next}.\n`,
    );
    expectOnlyReads(run);
  });

  /** A realm that answers requests to this path with this status. */
  const answering =
    ({ emulator }: CliWorld, method: string, end: string, status: number): Transport =>
    async (request) =>
      request.method === method && request.url.endsWith(end)
        ? { status, headers: {}, body: "" }
        : emulator.transport(request);

  test.each(["profiles", "policies"])("says that the realm refuses the list of %s", async (list) => {
    const { w, policyWith } = await world();
    const transport = answering(w, "PUT", `/client-policies/${list}`, 400);
    const run = await policyWith({ transport }, "apply", "--yes");
    expect(run).toMatchObject({ exitCode: 1, stdout: "" });
    expect(run.stderr).toBe(
      `error: POLICY_REFUSED: the realm refuses the list of client ${list}.\nnext:  look at its ${list}.\n`,
    );
  });

  test("takes a refused list for the missing feature where the server does not show its features", async () => {
    const { w, policyWith } = await world({ "keycloak-rotation": "off" });
    const run = await policyWith({ transport: answering(w, "GET", "/admin/serverinfo", 403) }, "apply", "--yes");
    expect(run).toMatchObject({ exitCode: 1, stdout: "" });
    expect(run.stderr).toMatch(/^error: the server runs without the feature client-secret-rotation\.\n/);
  });

  test.each([
    ["a profile of somebody else is gone", () => ({ profiles: [] })],
    ["a policy of somebody else is gone", () => ({ policies: [] })],
    ["its own policy is gone", () => ({ policies: [OTHER_POLICY] })],
  ])("after its writes %s: somebody else wrote too", async (_what, change) => {
    const { w, policyWith, realm } = await world();
    const transport: Transport = async (request) => {
      const response = await w.emulator.transport(request);
      const isLast = request.method === "PUT" && request.url.endsWith("/policies");
      if (isLast) Object.assign(realm(), change());
      return response;
    };
    const run = await policyWith({ transport }, "apply", "--yes");
    expect(run).toMatchObject({ exitCode: 1, stdout: "" });
    expect(run.stderr).toContain(
      "the realm's policies were changed by someone else meanwhile.\nnext:  run it again.\n",
    );
  });

  test("names the role that the administrator lacks", async () => {
    const { policy } = await world({}, ["view-realm"]);
    expect((await policy("plan")).exitCode).toBe(4);
    const run = await policy("apply", "--yes");
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toContain("the roles manage-realm and manage-clients");
  });
});
