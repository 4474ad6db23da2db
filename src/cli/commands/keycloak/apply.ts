import { RotationError } from "../../../base/errors.ts";
import { CliError } from "../../cli-error.ts";
import { defineCommand } from "../../command.ts";
import { exitCodes } from "../../exit-codes.ts";
import { FEATURE_NEXT, FEATURE_OFF, type Realm } from "../../keycloak/realm.ts";
import { planPolicies, type RealmPolicies, type WantedPolicy } from "../../keycloak/rotation-policy.ts";
import { place, readPolicies, wantedOptions, wantedPolicy } from "./parameters.ts";
import { isDue, planFor, plannedData, plannedResult, planText } from "./planned.ts";

const off = () => new CliError("ANSWERED", { code: "FEATURE_OFF", what: FEATURE_OFF, next: FEATURE_NEXT });

/** Writes profiles first, since policies name them. Each list is read again right before its PUT, which replaces it whole. */
async function write(realm: Realm, wanted: WantedPolicy): Promise<void> {
  const withProfile = planPolicies(await readPolicies(realm), wanted);
  if (withProfile.changes[0]?.step !== "keep") {
    const { profiles } = withProfile.merged;
    const { status } = await realm.send("PUT", "/client-policies/profiles", { profiles }, [400]);
    // Keycloak answers the same 400 without the feature as for a profile in the list that it rejects.
    if (status === 400) {
      if ((await realm.feature()) !== "on") throw off();
      throw new RotationError(
        "POLICY_REFUSED",
        "the realm refuses the list of client profiles",
        "look at its profiles",
      );
    }
  }
  const withPolicy = planPolicies(await readPolicies(realm), wanted);
  if (withPolicy.changes[1]?.step !== "keep") {
    const { policies } = withPolicy.merged;
    const { status } = await realm.send("PUT", "/client-policies/policies", { policies }, [400]);
    if (status === 400) {
      throw new RotationError(
        "POLICY_REFUSED",
        "the realm refuses the list of client policies",
        "look at its policies",
      );
    }
  }
}

const namesOf = ({ profiles, policies }: RealmPolicies) => [...profiles, ...policies].map((item) => item["name"]);

export const applyPolicy = defineCommand({
  name: "apply",
  summary: "add the client profile and policy that rotate secrets to the realm",
  description: `Writes a client profile with the executor secret-rotation and a client policy that uses it. It shows the plan and asks
first. Other profiles and policies stay as they are, and so do other executors of an existing profile. Keycloak takes the lists only whole
and has no versions of them: make sure that no one else changes them in the same second.

From then on, a client that the policy matches keeps its older secret for a while whenever it gets a new one, and its secret expires after
--expiration. Choose a shorter interval for Vault's schedule. The policy takes effect for an existing client at its next change: keycloak
policy start makes one.

The service account needs manage-realm of realm-management.`,
  arguments: place,
  options: wantedOptions,
  data: plannedData,
  examples: [
    {
      does: "secrets that expire after 90 days, for clients with the client role",
      line: "keycloak policy apply https://sso.example.org shop --authority ocid1.vaultsecret.oc1.iad.admin --expiration 90d",
    },
  ],
  async run(context, values) {
    const { out, print, confirm } = context;
    const wanted = wantedPolicy(values);
    const planned = await planFor(context, values, wanted);
    const text = planText(planned, values.name);
    if (!isDue(planned)) {
      print(plannedResult(planned, values, false), text);
      return exitCodes.done;
    }
    if (planned.feature === "off") throw off();
    if (wanted.meets.kind === "confidential") {
      out.warn(`the policy also matches the administrator's client: rotate its secret too`);
    }
    out.note(text);
    if (!(await confirm("Write this to the realm?"))) {
      throw new CliError("NOT_CONFIRMED", { what: "the realm was not changed", next: "nothing" });
    }
    await write(planned.realm, wanted);
    const after = await readPolicies(planned.realm);
    const gone = namesOf(planned.current).filter((name) => !namesOf(after).includes(name));
    if (gone.length > 0 || isDue({ plan: planPolicies(after, wanted) })) {
      throw new RotationError(
        "VERDICT_UNKNOWN",
        "the realm's policies were changed by someone else meanwhile",
        "run it again",
      );
    }
    print(plannedResult(planned, values, true), text);
    return exitCodes.done;
  },
});
