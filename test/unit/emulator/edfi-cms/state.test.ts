import { describe, expect, it } from "vitest";
import { DAY_MS } from "../../../../src/base/durations.ts";
import { createSeededEntropy } from "../../../../src/emulator/core/seeded-entropy.ts";
import { createSwitches, type Switches } from "../../../../src/emulator/core/switches.ts";
import { newSecretValue } from "../../../../src/emulator/edfi-cms/state.ts";
import { setUpCms } from "./harness.ts";

const LATER = 29 * DAY_MS;

describe("a secret value of the Ed-Fi CMS", () => {
  const values = (changes: Partial<Switches>) => {
    const entropy = createSeededEntropy(7);
    return Array.from({ length: 50 }, () => newSecretValue(entropy, createSwitches(changes)));
  };

  it("has a lower and an upper case letter, a digit and a special character, and none that a form would change", () => {
    for (const value of values({})) {
      expect(value).toMatch(/^[A-Za-z0-9!@#$^*()\-_[\]{}:;,.?]{32,128}$/);
      for (const needed of [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z0-9]/]) {
        expect(value).toMatch(needed);
      }
    }
  });

  it("was 32 hex characters, or Keycloak's own", () => {
    for (const value of values({ "edfi-release": "v0.7" })) {
      expect(value).toMatch(/^[0-9a-f]{32}$/);
    }
    for (const value of values({ "edfi-release": "v0.7", "edfi-backend": "keycloak" })) {
      expect(value).toMatch(/^[A-Za-z0-9]{32}$/);
    }
  });
});

describe("a reset before Keycloak", () => {
  it.each(["v8", "v0.7"] as const)("ends the old secret at once in %s without a policy", async (release) => {
    const { reset, login, client } = setUpCms({ "edfi-backend": "keycloak", "edfi-release": release });
    const secret = String((await reset()).json["secret"]);
    expect([login(secret), login(client.secret)]).toEqual(["accepted", "rejected"]);
  });

  it("kept the old secret for two days under a policy in v0.7, and no older one", async () => {
    const { reset, login, client, clock } = setUpCms({
      "edfi-backend": "keycloak-with-policy",
      "edfi-release": "v0.7",
    });
    const first = String((await reset()).json["secret"]);
    expect([login(first), login(client.secret)]).toEqual(["accepted", "accepted"]);
    const second = String((await reset()).json["secret"]);
    expect([login(second), login(first), login(client.secret)]).toEqual(["accepted", "accepted", "rejected"]);
    await clock.sleep(2 * DAY_MS);
    expect([login(second), login(first)]).toEqual(["accepted", "rejected"]);
    await clock.sleep(LATER);
    expect(login(second)).toBe("rejected");
  });

  it("gives no overlap and no longer life under a policy since March 2026", async () => {
    const { emulator, token, put, clock, admin } = setUpCms({ "edfi-backend": "keycloak-with-policy" });
    const client = admin.createApiClient({ secretExpiresInMs: DAY_MS });
    const answer = await put(`/v3/apiClients/${client.apiClientId}/reset-credential`);
    const secret = String(answer.json["secret"]);
    expect(emulator.admin.edfiLogin(client.key, client.secret)).toBe("rejected");
    expect((await token(client.key, secret)).status).toBe(200);
    await clock.sleep(DAY_MS);
    expect((await token(client.key, secret)).status).toBe(401);
  });

  it("hands out a secret that dies in two days where the policy had ended the old one", async () => {
    const { admin, put, clock } = setUpCms({ "edfi-backend": "keycloak-with-policy" });
    const client = admin.createApiClient({ secretExpiresInMs: DAY_MS });
    await clock.sleep(DAY_MS);
    expect(admin.edfiLogin(client.key, client.secret)).toBe("rejected");
    const answer = await put(`/v3/apiClients/${client.apiClientId}/reset-credential`);
    const secret = String(answer.json["secret"]);
    const hidden = admin.apiClient(client.key).secret;
    expect(secret).not.toBe(hidden);
    const login = (value: string) => admin.edfiLogin(client.key, value);
    expect([login(secret), login(hidden)]).toEqual(["accepted", "accepted"]);
    await clock.sleep(2 * DAY_MS);
    expect([login(secret), login(hidden)]).toEqual(["rejected", "accepted"]);
  });
});

describe("the admin of the emulated Ed-Fi CMS", () => {
  it("throws for a key that was never made", () => {
    const { admin } = setUpCms();
    expect(() => admin.apiClient("nobody")).toThrow("the emulator has no api client nobody");
  });
});
