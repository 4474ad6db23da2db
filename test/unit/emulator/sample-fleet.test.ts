import { describe, expect, it } from "vitest";
import { DAY_MS } from "../../../src/emulator/core/wire.ts";
import { createSampleFleet } from "../../../src/emulator/sample-fleet.ts";
import { setUp } from "./harness.ts";

function fleet() {
  const { emulator } = setUp();
  const { admin, state } = emulator;
  const now = emulator.clock.now();
  const functionId = admin.createFunction();
  const settings = createSampleFleet(emulator, functionId, "http://127.0.0.1:1", now);
  const secret = (name: string) => {
    const found = Object.values(state.vault.secrets).find((candidate) => candidate.name === name);
    if (found === undefined) throw new Error(`no secret ${name}`);
    return found;
  };
  const content = (name: string, number = 1) => JSON.parse(admin.content(secret(name).id, number) ?? "{}");
  const login = (name: string, number = 1) => {
    const { clientId, appSecret } = content(name, number);
    return admin.login(clientId, appSecret);
  };
  return { admin, state, now, functionId, settings, secret, content, login };
}

describe("the fleet to try", () => {
  it("is at the issuers as its names say", () => {
    const { admin, content, login, secret } = fleet();
    expect(login("orders-healthy")).toBe("accepted");
    expect(login("warehouse-locked-out")).toBe("rejected");
    expect([login("shipping-interrupted", 1), login("shipping-interrupted", 2)]).toEqual(["rejected", "accepted"]);
    const billing = [1, 2].map((number) => content("billing-overlapping", number).clientSecret);
    expect(billing.map((value) => admin.uaaLogin("billing", value))).toEqual(["accepted", "accepted"]);
    expect(secret("billing-overlapping").versions.map(({ stage }) => stage)).toEqual(["PREVIOUS", "CURRENT"]);
    expect(new Set(billing).size).toBe(2);
    const { realm, clientId, clientSecret } = content("storefront-keycloak");
    expect(admin.keycloakLogin(realm, clientId, clientSecret)).toBe("accepted");
    expect(admin.edfiLogin(content("roster-edfi").clientId, content("roster-edfi").clientSecret)).toBe("accepted");
    expect(login("payroll-failed")).toBe("accepted");
    expect(admin.app("payroll").clientCredentials).toBe(false);
  });

  it("says who owns each secret, and changes none by itself within the first hours", () => {
    const { state, now, functionId } = fleet();
    const owned = Object.values(state.vault.secrets).filter(({ freeformTags }) => freeformTags["orot-owner"]);
    const members = owned.filter(
      ({ rotationConfig }) => rotationConfig?.targetSystemDetails["functionId"] === functionId,
    );
    expect(members).toHaveLength(9);
    for (const { nextRotationAt } of members) expect(nextRotationAt).toBeGreaterThanOrEqual(now + DAY_MS);
  });

  it("has a secret that nothing rotates, an expired one, and authorities that the function is told of", () => {
    const { settings, secret, admin, now } = fleet();
    expect(secret("crm-unmanaged").rotationConfig).toBeNull();
    const { rules, versions } = secret("reports-expired");
    const days = Number(/\d+/.exec(String(rules[0]?.["secretVersionExpiryInterval"]))?.[0]);
    expect((versions[0]?.createdAt ?? now) + days * DAY_MS).toBeLessThan(now);
    const [shop, roster] = settings.OROT_AUTHORITY_SECRET_IDS.split(",").map((id) =>
      JSON.parse(admin.content(id, 1) ?? "{}"),
    );
    expect(roster.mayRotate[0].secretId).toBe(secret("roster-edfi").id);
    expect(admin.keycloakLogin(shop.realm, shop.clientId, shop.clientSecret)).toBe("accepted");
  });
});
