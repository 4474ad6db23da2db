import type { PlantedBug } from "../planted-bug.ts";

const TWICE = /^twice: /;

/** `oci-rotate rotate --all-due`, killed and run again. */
export const commandBugs: readonly PlantedBug[] = [
  {
    name: "command-rotates-twice",
    what: "the command does not look whether a secret was rotated before it was killed, and rotates it again",
    patches: [{ file: "cli/rotate/rotate-all.ts", find: "if (left !== null) return left;", replace: "" }],
    unit: "rotate/read-back/promote:killed-after",
    reason: TWICE,
  },
  {
    name: "due-date-of-another-version-believed",
    what: "the date at which the issuer ends a client secret stays when that is replaced, and asks for a rotation of the next one",
    patches: [
      {
        file: "rotation/housekeeping/rotation-tags.ts",
        find: "return isNothing || tags[EXPIRES_ON] === text ||",
        replace: "return isNothing || text.length > 0 ||",
      },
      {
        file: "rotation/due/due-dates.ts",
        find: "if (versionNo !== null && versionNo !== current.versionNo) return",
        replace: "if (versionNo !== null && versionNo < 0) return",
      },
      {
        file: "rotation/due/due-dates.ts",
        find: "return { kind: madeAt <= from || isStuck",
        replace: "return { kind: versionNo !== null || madeAt <= from || isStuck",
      },
    ],
    unit: "rotate/read-back/-",
    reason: TWICE,
  },
];
