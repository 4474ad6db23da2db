import type { CommandGroup } from "../command.ts";
import { applyPolicy } from "./keycloak/apply.ts";
import { planPolicy } from "./keycloak/plan.ts";
import { showPolicy } from "./keycloak/show.ts";
import { startPolicy } from "./keycloak/start.ts";

const policyCommands: CommandGroup = {
  name: "policy",
  summary: "the client policy under which two secrets of a client work at once",
  description: `Under a client policy with the executor secret-rotation, a client's older secret keeps working next to the new one. These
commands show, plan and write the policy, and start existing clients on it.

They sign in to Keycloak with a credential in Vault, never with one on the command line. --authority names the secret, whose content is a
second authority's (kind, issuer, url, realm, clientId, clientSecret, mayRotate; realm is the administrator's own, such as master). The
server must have the feature client-secret-rotation; if it has not, the commands say so.`,
  examples: [
    {
      does: "what is there?",
      line: "keycloak policy show https://sso.example.org shop --authority ocid1.vaultsecret.oc1.iad.admin",
    },
  ],
  commands: [showPolicy, planPolicy, applyPolicy, startPolicy],
};

export const keycloakCommands: CommandGroup = {
  name: "keycloak",
  summary: "set up a Keycloak realm for rotations",
  description: "What a Keycloak realm needs for rotations without a gap.",
  examples: [],
  commands: [policyCommands],
};
