import { controls } from "../../adversary/controls.ts";
import type { PlantedBug } from "../planted-bug.ts";

/** What an attacker gains who may write a secret but not read it, and whose client a value belongs to. */
export const clientBugs: readonly PlantedBug[] = [
  {
    name: "values-crossing-clients",
    what: "what is held of one client is presented as another one's, at whatever address a content names",
    patches: controls.noCheckOfClients.patches,
    unit: "adversary/uaa,alone,open/H2/heal/token/c1-current@0/-",
    reason: /^exfiltrated: /,
  },
  {
    name: "authority-bound-by-id-alone",
    what: "a second authority speaks for any client whose id is the one it is bound to, wherever that may be",
    patches: controls.bindingsByIdAndOrigin.patches,
    unit: "adversary/oci-iam,secret-id,base/H1/own-heal/token/own-c6-beside@0/-",
    reason: /^foreign: /,
  },
  {
    name: "strangers-value-installed",
    what: "a PENDING value whose writer knew none of ours is given to the issuer",
    patches: controls.noProofOfOwnValues.patches,
    unit: "adversary/keycloak,alone,open/H1/whole/token/c7-pending@1/-",
    reason: /^planted: /,
  },
  {
    name: "fixed-second-name",
    what: "the name of a version that comes second can be guessed, and taken beforehand",
    patches: controls.fixedSecondName.patches,
    unit: "adversary/oci-iam,alone,open/H1/whole/token/name-after@0/-",
    reason: /^lost: /,
  },
  {
    name: "made-up-claim-believed",
    what: "a claim counts although its text is not that of the version it names",
    patches: [
      {
        file: "rotation/observe/contents.ts",
        find: "return bare?.equals(content.bare) === true ? base : null;",
        replace: "return bare === undefined ? null : base;",
      },
    ],
    unit: "adversary/oci-iam,alone,open/H3/heal/token/c8-pending@0/-",
    reason: /^silent: .* nothing names it$/,
  },
];
