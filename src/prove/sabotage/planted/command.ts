import type { PlantedBug } from "../planted-bug.ts";

/** `oci-rotate rotate --all-due`, killed and run again. */
export const commandBugs: readonly PlantedBug[] = [
  {
    name: "command-rotates-twice",
    what: "the command does not see that a secret was rotated before it was killed, and rotates it again",
    patches: [
      {
        file: "cli/rotate/made-since.ts",
        find: "return (await isCredential(secretId, current.versionNo)) ? current.versionNo : null;",
        replace: "return null;",
      },
    ],
    unit: "rotate/read-back/promote:killed-after",
    reason: /^twice: /,
  },
];
