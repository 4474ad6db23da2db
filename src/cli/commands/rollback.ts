import { defineActionCommand } from "../one-secret/action-command.ts";

export const rollbackCommand = defineActionCommand(
  {
    summary: "go back to PREVIOUS, if it still logs in",
    description: `Makes the PREVIOUS version CURRENT again, only if the issuer accepts its client secret now. That is so where the issuer keeps two client
secrets at once, until the older one is retired, and nowhere else: where one works at a time, the way forward is a new rotation.

Logs in with PREVIOUS, shows what would be done, asks, and has it done: by the function that the secret's rotation targets, else here with
your own credentials. Nothing changes at the issuer. The next rotation goes forward again.`,
    examples: [
      { does: "could it go back?", line: "rollback ocid1.vaultsecret.oc1.iad.example --dry-run" },
      { does: "go back without being asked", line: "rollback ocid1.vaultsecret.oc1.iad.example --yes" },
    ],
  },
  {
    action: "rollback",
    plannable: { name: "ROLLBACK" },
    question: (planned, name) => {
      const which = planned?.action.kind === "promote" ? `version ${planned.action.versionNo}` : "PREVIOUS";
      return `Make ${which} of ${name} CURRENT again,`;
    },
    isDue: ({ changes }) => !changes,
  },
);
