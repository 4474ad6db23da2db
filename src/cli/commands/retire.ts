import { defineActionCommand } from "../one-secret/action-command.ts";

export const retireCommand = defineActionCommand(
  {
    summary: "end an overlap that is due: have the issuer forget the older client secret",
    description: `Where an issuer keeps two client secrets at once (UAA, Keycloak under a policy that rotates secrets), the older one works on beside the new
one for the grace (OROT_GRACE_HOURS). A heal and the next rotation end that when it is due; this command ends it now that it is.

Shows what would be done and why, asks, and has it done: by the function that the secret's rotation targets, else here with your own
credentials. The grace is the function's own setting; where it runs here, OROT_GRACE_HOURS of your environment counts. Before the grace is over
it is refused with GRACE_RUNNING. It is refused too where CURRENT does not log in, or something is pending: then heal comes first.

The older client secret is gone for good after this: rollback is no longer possible. Elsewhere, where one client secret works at a time, there is
nothing to do.`,
    examples: [
      { does: "is there an overlap that is due?", line: "retire ocid1.vaultsecret.oc1.iad.example --dry-run" },
      { does: "in a script", line: "retire ocid1.vaultsecret.oc1.iad.example --yes --json" },
    ],
  },
  {
    action: "retire",
    plannable: { name: "RETIRE" },
    question: (planned, name) => {
      const which = planned?.previous ? `of version ${planned.previous.versionNo} ` : "";
      return `Have the issuer forget the older client secret ${which}of ${name} for good,`;
    },
    isDue: ({ changes }) => changes,
  },
);
