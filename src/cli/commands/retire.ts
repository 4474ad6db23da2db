import { defineActionCommand } from "../one-secret/action-command.ts";

export const retireCommand = defineActionCommand(
  {
    summary: "end an overlap that is due: have the issuer delete the older client secret",
    description: `Where an issuer keeps two client secrets at once (UAA, Keycloak under a policy that rotates secrets), the older one keeps
working next to the new one for the grace (OROT_GRACE_HOURS). A heal or the next rotation ends that when it is due; this command ends it
now, once it is due.

Shows what it would do and why, asks, and does it: by the function that the secret's rotation targets, otherwise here with your own
credentials. The grace is the function's own setting; if it runs here, OROT_GRACE_HOURS of your environment counts. Before the grace is over
it is refused with GRACE_RUNNING. It is also refused if CURRENT does not log in, or if something is pending: run heal first.

The older client secret is deleted for good: rollback is no longer possible. For other issuers, where one client secret works at a time,
there is nothing to do.`,
    examples: [
      { does: "is an overlap due?", line: "retire ocid1.vaultsecret.oc1.iad.example --dry-run" },
      { does: "in a script", line: "retire ocid1.vaultsecret.oc1.iad.example --yes --json" },
    ],
  },
  {
    action: "retire",
    plannable: { name: "RETIRE" },
    question: (planned, name) => {
      const which = planned?.previous ? `of version ${planned.previous.versionNo} ` : "";
      return `Have the issuer delete the older client secret ${which}of ${name} for good,`;
    },
    isDue: ({ changes }) => changes,
  },
);
