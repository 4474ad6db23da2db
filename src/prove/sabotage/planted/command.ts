import type { PlantedBug } from "../planted-bug.ts";

/** `oci-rotate rotate --all-due`, killed and run again. */
export const commandBugs: readonly PlantedBug[] = [
  {
    name: "command-rotates-twice",
    what: "the command does not see that a secret was rotated before it was killed, and rotates it again",
    patches: [
      {
        file: "cli/rotate/made-since.ts",
        find: "return (await isRotation(secretId, current)) ? current.versionNo : null;",
        replace: "return (await isRotation(secretId, current)) && current.versionNo < 0 ? 0 : null;",
      },
    ],
    unit: "rotate/read-back/promote:killed-after",
    reason: /^twice: /,
  },
];
