import { describe, expect, it } from "vitest";
import { type KeycloakUnderTest, keycloakCalls, LONG, type Periods, secretRotation } from "./keycloak-calls.ts";

const INVALID =
  "proposed client profile contains the executor, which does not have valid provider, or has invalid configuration.";

/** Client profiles and policies, and what tells whether the server rotates at all. */
export function describeKeycloakPolicies(keycloak: () => KeycloakUnderTest): void {
  const calls = () => keycloakCalls(keycloak());
  const putProfile = (executors: readonly object[]) =>
    calls().asAdministrator("PUT", "/client-policies/profiles", { profiles: [{ name: "rotation", executors }] });
  const putPolicy = (more: object) =>
    calls().asAdministrator("PUT", "/client-policies/policies", {
      policies: [{ name: "rotation", enabled: true, conditions: [], profiles: ["rotation"], ...more }],
    });

  describe("client policies", () => {
    it("are read as they were written; a PUT replaces the whole list", async () => {
      const { rotateBy, asAdministrator, withoutPolicy } = calls();
      await rotateBy(LONG);
      const profiles = await asAdministrator("GET", "/client-policies/profiles");
      expect([profiles.status, profiles.json]).toEqual([
        200,
        { profiles: [{ name: "rotation", executors: [secretRotation(LONG)] }] },
      ]);
      const policies = await asAdministrator("GET", "/client-policies/policies");
      expect(policies.json["policies"]).toMatchObject([{ name: "rotation", enabled: true, profiles: ["rotation"] }]);
      await withoutPolicy();
      expect((await asAdministrator("GET", "/client-policies/policies")).json).toEqual({ policies: [] });
    });

    it("take periods as texts too, which then rotate", async () => {
      const { rotateBy, of } = calls();
      await rotateBy({ expiration: "600", rotated: "400", remaining: "100" });
      const client = await keycloak().makeClient();
      const { regenerate, logins } = of(client);
      expect(await logins(client.secret, await regenerate())).toEqual([200, 200]);
    });

    it.each<[string, Periods]>([
      ["an expiration of 0", { expiration: 0, rotated: 0, remaining: 0 }],
      ["a rotated period longer than the expiration", { ...LONG, rotated: 601 }],
      ["a remaining period longer than the expiration", { ...LONG, remaining: 601 }],
    ])("refuse %s", async (_what, periods) => {
      const { status, json } = await putProfile([secretRotation(periods)]);
      expect([status, json]).toEqual([400, { errorMessage: INVALID }]);
    });

    it("refuse unknown executors, and end in 500 where a period is missing or no number", async () => {
      const unknown = await putProfile([{ executor: "none", configuration: {} }]);
      expect([unknown.status, unknown.json]).toEqual([400, { errorMessage: INVALID }]);
      const short = { executor: "secret-rotation", configuration: { "expiration-period": 10 } };
      expect((await putProfile([short])).status).toBe(500);
      expect((await putProfile([secretRotation({ ...LONG, rotated: "x" })])).status).toBe(500);
    });

    it("refuse unknown profiles and conditions", async () => {
      const profile = await putPolicy({ profiles: ["none"] });
      expect([profile.status, profile.json]).toEqual([
        400,
        { errorMessage: "Policy rotation contains invalid profile none" },
      ]);
      const condition = await putPolicy({ conditions: [{ condition: "none", configuration: {} }] });
      expect([condition.status, condition.json]).toEqual([
        400,
        { errorMessage: "Policy rotation contains invalid condition none" },
      ]);
    });

    it.each<[string, object]>([
      ["is disabled", { enabled: false, conditions: [{ condition: "any-client", configuration: {} }] }],
      ["has no condition", {}],
      [
        "is about public clients",
        { conditions: [{ condition: "client-access-type", configuration: { type: ["public"] } }] },
      ],
    ])("rotate nothing where the policy %s", async (_what, policy) => {
      await putProfile([secretRotation(LONG)]);
      expect((await putPolicy(policy)).status).toBe(204);
      const { regenerate, rotated } = calls().of(await keycloak().makeClient());
      await regenerate();
      expect((await rotated()).status).toBe(404);
    });

    it("take hold of a client that was there before at a PUT that changes nothing, and leave its secret", async () => {
      const { rotateBy, withoutPolicy, asAdministrator, of } = calls();
      await withoutPolicy();
      const client = await keycloak().makeClient();
      const { put, attributes, logins, secret } = of(client);
      const owners = { condition: "client-roles", configuration: { roles: ["started"] } };
      await rotateBy(LONG, [owners]);
      expect(await logins(client.secret)).toEqual([200]);
      expect((await put({ attributes: {} })).status).toBe(204);
      expect((await attributes())["expiration.time"]).toBeUndefined();
      const roles = `/clients/${client.uuid}/roles`;
      expect((await asAdministrator("GET", `${roles}/started`)).status).toBe(404);
      expect((await asAdministrator("POST", roles, { name: "started" })).status).toBe(201);
      expect((await asAdministrator("POST", roles, { name: "started" })).status).toBe(409);
      expect((await asAdministrator("GET", `${roles}/started`)).json).toMatchObject({
        name: "started",
        clientRole: true,
      });
      expect((await put({ attributes: {} })).status).toBe(204);
      expect(Number((await attributes())["expiration.time"])).toBeGreaterThan(0);
      expect(await secret()).toBe(client.secret);
      await withoutPolicy();
    });

    it("are for clients that are listed page by page", async () => {
      const { asAdministrator } = calls();
      await keycloak().makeClient();
      await keycloak().makeClient();
      const page = async (first: number) =>
        (await asAdministrator("GET", `/clients?first=${first}&max=1`)).list.map(({ clientId }) => clientId);
      const [one, two] = [await page(0), await page(1)];
      expect([one.length, two.length]).toEqual([1, 1]);
      expect(one).not.toEqual(two);
      expect(await page(100_000)).toEqual([]);
    });

    it("are for managers of the realm; its viewers read, and managers of clients do not even that", async () => {
      const statuses = async (role: string) => {
        const { admin, bearer } = calls();
        const token = await bearer(await keycloak().makeClient({ roles: [role] }));
        const read = await admin("GET", "/client-policies/profiles", token);
        const write = await admin("PUT", "/client-policies/profiles", token, { profiles: [] });
        return [read.status, write.status];
      };
      expect(await statuses("manage-clients")).toEqual([403, 403]);
      expect(await statuses("view-realm")).toEqual([200, 403]);
      expect(await statuses("manage-realm")).toEqual([200, 204]);
    });
  });

  it("the server's information tells every administrator whether the feature is on", async () => {
    const { send, bearer } = calls();
    const client = await keycloak().makeClient({ roles: ["manage-clients"] });
    const { status, json } = await send("GET", "/admin/serverinfo", await bearer(client));
    expect(status).toBe(200);
    expect(json["features"]).toContainEqual(
      expect.objectContaining({ name: "CLIENT_SECRET_ROTATION", type: "PREVIEW", enabled: true }),
    );
    const nobody = await keycloak().makeClient();
    expect((await send("GET", "/admin/serverinfo", await bearer(nobody))).status).toBe(403);
  });
}
