import type { PlantedBug } from "../planted-bug.ts";

/** `oci-rotate adopt`, killed and run again. */
export const adoptionBugs: readonly PlantedBug[] = [
  {
    name: "placeholder-looks-like-a-value",
    what: "the first version holds a text where the client secret belongs, which applications take for one",
    patches: [
      {
        file: "clients/issuers/content-of.ts",
        find: "const value = clientSecret?.reveal() ?? null;",
        replace: 'const value = clientSecret?.reveal() ?? "not-set-yet";',
      },
    ],
    unit: "adopt/add/create-secret:killed-after",
    reason: /^misled: /,
  },
  {
    name: "adoption-leaves-its-schedule-out",
    what: "a run that goes on where another was killed sets no rotation for what is stored already",
    patches: [
      {
        file: "cli/adopt/adopt-one.ts",
        find: "if (task.schedule !== null) await",
        replace: "if (task.schedule !== null && isNew) await",
      },
    ],
    unit: "adopt/read-back/update-metadata:killed-before",
    reason: /^unfinished: .* is not bound$/,
  },
  {
    name: "first-value-replaces-the-old",
    what: "a UAA's client gets its first value in place of the one that its holders use",
    patches: [
      {
        file: "clients/issuers/uaa.ts",
        find: '{ changeMode: "ADD", ...values }',
        replace: '{ changeMode: "UPDATE", ...values }',
      },
    ],
    unit: "adopt/add/-",
    reason: /^lost: .* the value in use is dead$/,
  },
];
