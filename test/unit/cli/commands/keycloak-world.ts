import type { CliOptions, CliWorld, useCli } from "../../../support/cli.ts";

export const URL = "https://sso.emulated.example";
export const OTHER = {
  name: "others",
  executors: [{ executor: "registration-access-token-rotation-disabled", more: 1 }],
};
export const OTHER_POLICY = {
  name: "theirs",
  enabled: true,
  conditions: [{ condition: "any-client" }],
  profiles: ["others"],
};

export const FEATURE_OFF =
  "warning: the server runs without the feature client-secret-rotation; next: start Keycloak with --features=client-secret-rotation (or KC_FEATURES=client-secret-rotation); from 26.8 on it is on by default";

type Cli = ReturnType<typeof useCli>;
type Switches = NonNullable<Parameters<Cli>[0]>["switches"];

/** A realm with a profile and a policy of somebody else, and an administrator whose credential lies in Vault. */
export const createRealmWorld =
  (cli: Cli) =>
  async (switches: Switches = {}, roles = ["manage-realm", "manage-clients"], name = "shop") => {
    const w = await cli({ switches: switches ?? {} });
    const { admin } = w.emulator;
    admin.createRealm({ name });
    Object.assign(admin.realm(name), { profiles: [OTHER], policies: [OTHER_POLICY] });
    const administrator = admin.createKeycloakClient({ realm: name, clientId: "warden", roles });
    const content = {
      kind: "client-secret",
      issuer: "keycloak",
      url: URL,
      realm: name,
      clientId: administrator.clientId,
      clientSecret: administrator.secret,
      mayRotate: [],
    };
    const store = (more: object) =>
      admin.createSecret({ name: "authority", content: JSON.stringify({ ...content, ...more }) });
    w.canary.add(administrator.secret);
    const authority = store({});
    const policyWith = (given: CliOptions, verb: string, ...words: readonly string[]) =>
      w.runWith(given, "keycloak", "policy", verb, URL, name, "--authority", authority, ...words);
    const policy = (verb: string, ...words: readonly string[]) => policyWith({}, verb, ...words);
    return { w, policy, policyWith, store, realm: () => admin.realm(name) };
  };

export const makeClient = (w: CliWorld, clientId: string, more: object = {}) =>
  w.emulator.admin.createKeycloakClient({ realm: "shop", clientId, ...more });
export const puts = (requests: readonly { method: string; target: string }[]) =>
  requests.filter(({ method }) => method === "PUT").map(({ target }) => target);
