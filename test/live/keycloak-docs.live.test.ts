/** The commands of docs/issuers/keycloak.md, against the real Keycloak. */
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { runPage, scriptsOf } from "../support/page-script.ts";
import { type KeycloakWorlds, openKeycloakWorlds } from "./keycloak-world.ts";
import { outcome, rotate } from "./rotations.ts";

let worlds: KeycloakWorlds;
beforeAll(async () => {
  worlds = await openKeycloakWorlds();
});
afterAll(async () => {
  await worlds.stop();
});

it("the commands of Keycloak's page let a client rotate itself, with two values for the grace", async () => {
  const world = await worlds.open({}, { serviceAccount: false });
  expect(await outcome(world)).toBe("ISSUER_FORBIDDEN 403");
  const { url, realm } = worlds.keycloak;
  const { admin } = inject("keycloak");
  const blocks = scriptsOf("docs/issuers/keycloak.md", "test/live/keycloak-docs.live.test.ts");
  expect(blocks).toHaveLength(4);
  await runPage(blocks, {
    values: { KC: url, ADMIN: admin.name, REALM: realm, CLIENT: world.client.clientId },
    files: { "admin-password": `${admin.password}\n` },
  });
  await rotate(world, "one call");
  expect(await world.logins()).toEqual([200, 200]);
});
