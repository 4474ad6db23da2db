import * as z from "zod/mini";
import { printable } from "../../../base/printable.ts";
import { defineCommand } from "../../command.ts";
import { exitCodes } from "../../exit-codes.ts";
import { FEATURE_NEXT, FEATURE_OFF, openRealm } from "../../keycloak/realm.ts";
import { periodText, rotatingPolicies } from "../../keycloak/rotation-policy.ts";
import { renderTable } from "../../output/table.ts";
import { authority, place, readPolicies } from "./parameters.ts";

const seconds = z.nullable(z.number());
const shown = z.object({
  url: z.string(),
  realm: z.string(),
  feature: z.enum(["on", "off", "unknown"]),
  policies: z.array(
    z.object({
      name: z.string(),
      isEnabled: z.boolean(),
      meets: z.string(),
      profile: z.string(),
      expiration: seconds,
      rotated: seconds,
      remaining: seconds,
    }),
  ),
});

export const showPolicy = defineCommand({
  name: "show",
  summary: "show which client policies of a realm rotate secrets, and whether the server has the feature",
  description: `Lists every client policy of the realm whose profile has the executor secret-rotation, including those made by others: which
clients it matches, and its three periods. Only reads. The administrator's service account needs view-realm of realm-management.`,
  arguments: place,
  options: { authority },
  data: shown,
  examples: [
    {
      does: "what is there?",
      line: "keycloak policy show https://sso.example.org shop --authority ocid1.vaultsecret.oc1.iad.admin",
    },
  ],
  async run(context, values) {
    const { out, print } = context;
    const { url, realm } = values;
    const opened = await openRealm(context, values);
    const policies = rotatingPolicies(await readPolicies(opened));
    const feature = await opened.feature();
    if (feature === "off") out.warn(`${FEATURE_OFF}; next: ${FEATURE_NEXT}`);
    const rows = policies.map((policy) => [
      printable(policy.name),
      policy.isEnabled ? "yes" : "no",
      printable(policy.meets),
      printable(policy.profile),
      ...[policy.expiration, policy.rotated, policy.remaining].map(periodText),
    ]);
    const head = ["POLICY", "ENABLED", "MEETS", "PROFILE", "EXPIRATION", "ROTATED", "REMAINING"];
    print(
      { url, realm, feature, policies },
      `feature client-secret-rotation: ${feature}\n${rows.length === 0 ? "no policy of this realm rotates secrets\n" : renderTable(head, rows)}`,
    );
    return exitCodes.done;
  },
});
