import { defineActionCommand } from "../one-secret/action-command.ts";

export const rollbackCommand = defineActionCommand(
  {
    summary: "go back to PREVIOUS, if it still logs in",
    description: `Makes the PREVIOUS version CURRENT again, only if the issuer accepts its client secret now. It does where the issuer keeps
two client secrets at once, until the older one is retired. Where only one works at a time, start a new rotation instead.

Logs in with PREVIOUS, shows what it would do, asks, and does it: by the function that the secret's rotation targets, otherwise here with
your own credentials. Nothing changes at the issuer. The next rotation makes a new value as usual.`,
    examples: [
      { does: "is a rollback possible?", line: "rollback ocid1.vaultsecret.oc1.iad.example --dry-run" },
      { does: "go back without confirmation", line: "rollback ocid1.vaultsecret.oc1.iad.example --yes" },
    ],
  },
  {
    action: "rollback",
    plannable: { name: "ROLLBACK" },
    question: (planned, name) => {
      const which = planned?.decision.kind === "promote" ? `version ${planned.decision.versionNo}` : "PREVIOUS";
      return `Make ${which} of ${name} CURRENT again,`;
    },
    isDue: ({ changes }) => !changes,
  },
);
