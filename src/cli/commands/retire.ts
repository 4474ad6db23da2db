import { defineCommand } from "../command.ts";
import { flag } from "../fields.ts";
import { actionReport, carryOut } from "../one-secret/carry-out.ts";
import { wayOptions } from "../one-secret/via.ts";
import { secretArgument } from "../secret-argument.ts";

export const retireCommand = defineCommand({
  name: "retire",
  summary: "end an overlap that is due: have the issuer delete the older client secret",
  description: `Where an issuer keeps two client secrets at once (UAA, Keycloak under a policy that rotates secrets), the older one keeps
working next to the new one for the grace (OROT_GRACE_HOURS). A heal or the next rotation ends that when it is due; this command ends it
now, once it is due.

Shows what it would do and why, asks, and does it: by the function that the secret's rotation targets, otherwise here with your own
credentials. The grace is the function's own setting (OROT_GRACE_HOURS, OROT_RETIRE_AFTER); if it runs here, those of your environment count. Before the grace is over
it is refused with GRACE_RUNNING. It is also refused if CURRENT does not log in, or if something is pending: run heal first.

The older client secret is deleted for good: rollback is no longer possible. For other issuers, where one client secret works at a time,
there is nothing to do.

After oci-rotate adopt --add a UAA still takes the value from before, which no version holds and whose holders nobody knows. No grace and no
rotation ends it; --unknown does. It has the UAA keep CURRENT's value alone, whatever else it holds, and ends every token of the client.
An expired value that a Keycloak has revived at an adoption ends with its grace; --unknown ends it before, and no token.`,
  arguments: secretArgument,
  options: {
    unknown: {
      flags: "--unknown",
      does: "keep CURRENT's value alone; also ends a value that no version holds, and at a UAA all tokens",
      takes: flag,
    },
    ...wayOptions,
  },
  data: actionReport,
  examples: [
    { does: "is an overlap due?", line: "retire ocid1.vaultsecret.oc1.iad.example --dry-run" },
    { does: "in a script", line: "retire ocid1.vaultsecret.oc1.iad.example --yes --json" },
    { does: "end the value from before an adoption", line: "retire ocid1.vaultsecret.oc1.iad.example --unknown" },
  ],
  run: (context, values) =>
    carryOut(
      context,
      {
        action: "retire",
        plannable: values.unknown ? { name: "RETIRE", endsUnstored: true } : { name: "RETIRE" },
        event: values.unknown ? { unknown: true } : {},
        question: (planned, name) => {
          if (values.unknown)
            return `Have the issuer end every client secret of ${name} but CURRENT's, and all tokens,`;
          const which = planned?.previous ? `of version ${planned.previous.versionNo} ` : "";
          return `Have the issuer delete the older client secret ${which}of ${name} for good,`;
        },
        isDue: ({ changes }) => changes,
      },
      values,
    ),
});
