import type { VersionList } from "./store.ts";

/** The highest version number, deleted ones that are still listed included; 0: there is none. */
export const highestNo = ({ versions: [highest] }: Pick<VersionList, "versions">): number => highest?.versionNo ?? 0;
