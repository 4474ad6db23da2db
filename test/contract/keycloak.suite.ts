import { afterAll, beforeAll, describe } from "vitest";
import type { KeycloakUnderTest } from "./keycloak-calls.ts";
import { describeKeycloakExpiry } from "./keycloak-expiry.suite.ts";
import { describeKeycloakLogins } from "./keycloak-login.suite.ts";
import { describeKeycloakPolicies } from "./keycloak-policies.suite.ts";
import { describeKeycloakRegistration } from "./keycloak-registration.suite.ts";
import { describeKeycloakReplacement } from "./keycloak-replacement.suite.ts";
import { describeKeycloakRights } from "./keycloak-rights.suite.ts";
import { describeKeycloakRotation } from "./keycloak-rotation.suite.ts";

/** What the product relies on, asked of a Keycloak over HTTP. The tests of one realm run in order: they share its client policies. */
export function describeKeycloak(name: string, open: () => Promise<KeycloakUnderTest>): void {
  describe(`${name} as Keycloak`, () => {
    let keycloak: KeycloakUnderTest;
    beforeAll(async () => {
      keycloak = await open();
    });
    afterAll(async () => {
      await keycloak.stop();
    });

    describeKeycloakLogins(() => keycloak);
    describeKeycloakRights(() => keycloak);
    describeKeycloakReplacement(() => keycloak);
    describeKeycloakRotation(() => keycloak);
    describeKeycloakExpiry(() => keycloak);
    describeKeycloakRegistration(() => keycloak);
    describeKeycloakPolicies(() => keycloak);
  });
}
