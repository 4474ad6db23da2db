import type { PlantedBug } from "../planted-bug.ts";

const LOST = /^lost: no version holds a client secret/;

/** How a new client secret that no version holds yet could be lost. */
export const storingBugs: readonly PlantedBug[] = [
  {
    name: "hand-dropped-on-409",
    what: "an unsaved value is given up if Vault answers its write with 409",
    patches: [
      {
        file: "rotation/stages/write-pending.ts",
        find: "    unsaved.failure = write.error;",
        replace: `    unsaved.failure = write.error;
    if (write.outcome === "busy") attempt.unsaved = null;`,
      },
    ],
    unit: "none/whole/heal-later/-/write-pending:conflict",
    reason: LOST,
  },
  {
    name: "storing-given-up-early",
    what: "the third try to store a value in hand is the last, although time is left",
    patches: [
      {
        file: "rotation/stages/write-pending.ts",
        find: "    unsaved.failure = write.error;",
        replace: `    if (unsaved.failure !== null && unsaved.races === 1) {
      attempt.unsaved = null;
      throw write.error;
    }
    unsaved.races = unsaved.failure === null ? 0 : 1;
    unsaved.failure = write.error;`,
      },
    ],
    unit: [
      "none/whole/heal-later/-/write-pending:server-error-before",
      "write-pending:server-error-before:2",
      "write-pending:server-error-before:3",
    ].join("+"),
    reason: LOST,
  },
  {
    name: "storing-given-up-before-the-deadline",
    what: "while Vault is out, a value in hand is kept for two minutes and no longer, although the platform grants five",
    patches: [
      {
        file: "rotation/backoff.ts",
        find: "const left = budget.remainingUntilKilled() - LAST_MOMENT_MS;",
        replace: "const left = budget.remainingUntilKilled() - 180_000;",
      },
    ],
    unit: "none/whole/heal-later/vault-out-after-mint/-",
    reason: LOST,
  },
  {
    name: "refused-write-believed-done",
    what: "Vault refuses a second PENDING version, and that counts as written",
    patches: [
      {
        file: "clients/vault/oci-errors.ts",
        find: `  return { outcome: "refused", error };`,
        replace: `  return operation === "UpdateSecret" ? { outcome: "done" } : { outcome: "refused", error };`,
      },
    ],
    unit: "empty,live,alone,honoured,refuses,fresh/whole/heal-later/-/-",
    reason: /^without any fault: CURRENT has no new value$/,
  },
  {
    name: "second-refusal-never-believed",
    what: "Vault refuses every second PENDING version with 409 IncorrectState, and each of them counts as UPDATING",
    patches: [
      {
        file: "rotation/observe/second-pending.ts",
        find: "writes.refusesSecondPending = secondPending.tries >= (outcome",
        replace: "writes.refusesSecondPending = secondPending.tries < 0 && 0 < (outcome",
      },
    ],
    unit: "clear,live,alone,honoured,refuses-incorrect-state,fresh/whole/heal-later/-/-",
    reason: /^without any fault: CURRENT has no new value$/,
  },
  {
    name: "installed-before-stored",
    what: "the issuer is given a value of our own before any version holds it",
    patches: [
      {
        file: "rotation/stages/write-pending.ts",
        find: `import { afterWrite } from "./after-write.ts";`,
        replace: `import { authorize, requesterFor } from "../authorities.ts";
import { afterWrite } from "./after-write.ts";`,
      },
      {
        file: "rotation/stages/write-pending.ts",
        find: `  const write = await context.clients.vault.writeVersion(name, "PENDING", text, attempt.read.etag);`,
        replace: `  const early = await authorize(rotation, await requesterFor(rotation, credential));
  if (early !== null) await credential.install(early, credential.withSecret(clientSecret), "end");
  const write = await context.clients.vault.writeVersion(name, "PENDING", text, attempt.read.etag);`,
      },
    ],
    unit: "oci-iam-caller,empty,die,alone,honoured,deprecates,fresh/whole/heal-later/-/install:killed-after",
    reason: LOST,
  },
  {
    name: "unproven-value-in-current",
    what: "if Vault takes no second PENDING version, applications get a value that has not logged in, with time left",
    patches: [
      {
        file: "rotation/decide/unsaved.ts",
        find: `if (verdict === "accepted" || isLastMoment)`,
        replace: "if (verdict !== null)",
      },
    ],
    unit: "empty,live,alone,honoured,refuses,fresh/whole/heal-later/-/-",
    reason: /^a value became CURRENT unverified/,
  },
];
