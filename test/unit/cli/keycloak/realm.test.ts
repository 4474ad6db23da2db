import { expect, test } from "vitest";
import { useCli } from "../../../support/cli.ts";

const cli = useCli();
const URL = "https://sso.emulated.example";

/** The plan of a realm's policy, where requests below these paths have such an answer. */
async function planned(path: string, status: number, more: object = {}, body = "{}") {
  const w = await cli();
  const { admin } = w.emulator;
  admin.createRealm({ name: "shop" });
  const roles = ["manage-realm", "manage-clients"];
  const { clientId, secret } = admin.createKeycloakClient({ realm: "shop", clientId: "warden", roles });
  w.canary.add(secret);
  const content = {
    ...{ kind: "client-secret", issuer: "keycloak", url: URL, realm: "shop", clientId, clientSecret: secret },
    ...{ mayRotate: [], ...more },
  };
  const authority = admin.createSecret({ name: "authority", content: JSON.stringify(content) });
  const run = await w.runWith(
    {
      transport: async (request) =>
        request.url.startsWith(`${URL}${path}`)
          ? { status, headers: { "content-type": "application/json" }, body }
          : w.emulator.transport(request),
    },
    ...["keycloak", "policy", "plan", URL, "shop", "--authority", authority, "--json"],
  );
  const { error, feature } = run.json() as { error?: object; feature?: string };
  return { error, feature, exitCode: run.exitCode };
}
const PROFILES = "GET /client-policies/profiles";

test.each([
  [
    403,
    "ISSUER_FORBIDDEN",
    `${PROFILES} was refused with 403`,
    "give the administrator's service account the roles manage-realm and manage-clients of realm-management; view-realm is enough for reading",
  ],
  [
    404,
    "ISSUER_CONFIGURATION",
    `${PROFILES} was answered 404`,
    "check the server's URL (with /auth where it has that path) and the realm",
  ],
  [
    500,
    "ISSUER_UNAVAILABLE",
    `${PROFILES} was answered 500`,
    "try again; if this persists while a policy rotates secrets, the server may run without its feature",
  ],
  [400, "ISSUER_CONFIGURATION", `${PROFILES} was refused with 400`, "check the realm's settings"],
])("a realm that answers %d is told as %s", async (status, code, what, next) => {
  expect(await planned("/admin/realms/shop/client-policies", status)).toMatchObject({
    ...{ exitCode: 1, error: { code, what, means: null, next } },
  });
});

test.each<[number, string, string]>([
  [200, '{"features":[{"name":"CLIENT_SECRET_ROTATION","enabled":true}]}', "on"],
  [200, '{"features":[{"name":"CLIENT_SECRET_ROTATION","enabled":false},{"name":"OTHER","enabled":true}]}', "off"],
  [200, '{"features":[]}', "off"],
  [200, "{}", "unknown"],
  [403, '{"features":[{"name":"CLIENT_SECRET_ROTATION","enabled":true}]}', "unknown"],
])("a server that answers %d and %s has the feature: %s", async (status, body, feature) => {
  expect(await planned("/admin/serverinfo", status, {}, body)).toMatchObject({ feature });
});

const NEXT =
  "name a secret with the members kind, issuer, url, realm, clientId, clientSecret and mayRotate (docs/deploying.md, second authorities)";
test.each<[object, string]>([
  [{ issuer: "uaa", realm: undefined }, "is not for Keycloak"],
  [{ url: "https://other.example.org" }, "is for the server at https://other.example.org, not for this one"],
])("an authority with %j is refused, and nothing is sent to the realm", async (more, what) => {
  expect(await planned("/", 500, more)).toMatchObject({
    ...{ exitCode: 2, error: { code: "USAGE", what: `the secret of --authority ${what}`, means: null, next: NEXT } },
  });
});

test("an administrator that is refused is told as that", async () => {
  expect(await planned("/none", 500, { clientSecret: "another" })).toMatchObject({
    exitCode: 1,
    error: {
      code: "SECRET_REJECTED",
      what: "the Keycloak realm refuses the credential in the secret of --authority",
      next: "store a working one there; for Keycloak, its member realm must be the administrator's own realm",
    },
  });
});
