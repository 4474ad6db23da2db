import type { PlantedBug } from "../planted-bug.ts";

/** The Retail credential mirror. */
export const mirrorBugs: readonly PlantedBug[] = [
  {
    name: "manifest-first",
    what: "the manifest names the new versions before they are there",
    patches: [
      {
        file: "mirror/run.ts",
        find: "  const text = manifestText(await keepAll(call, fetched, known, guard));",
        replace: `  const next = (secretName: string) => {
    const part = known.get(secretName) ?? { secretName, secretId: "", versionNo: 0 };
    return { ...part, versionNo: part.versionNo + 1 };
  };
  const early = base64(manifestText(manifestOf(fetched, next)));
  await keep(call, { secretName: manifestName(call.settings.tenantId), content: early, description: "" }, null, guard);
  const text = manifestText(await keepAll(call, fetched, known, guard));`,
      },
    ],
    unit: "mirror/all-changed/-",
    reason: /that the manifest names is not there$/,
  },
  {
    name: "overtaken-guard-off",
    what: "a container that was frozen and overtaken goes on to store the older set",
    patches: [
      { file: "mirror/turn.ts", find: "if (note.run === taken.run) return;", replace: `if (note.run !== "") return;` },
    ],
    unit: "mirror/all-changed/-/frozen-16",
    reason: /^the set went back from 2 to 1$/,
  },
];
