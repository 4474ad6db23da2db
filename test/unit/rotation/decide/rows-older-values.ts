import type { CallerView } from "../../../../src/rotation/decide/caller-view.ts";
import { type CallerCase, good, refused, waitFor } from "./caller-views.ts";
import { overlap } from "./rows-overlap.ts";

/** PREVIOUS, version 6, where the issuer ends its value by itself: as good as over, since it has no grace of ours. */
const timed = (verdict: NonNullable<CallerView["overlap"]>["verdict"]) => ({
  ...overlap({ verdict }),
  isTwoSlot: false,
  keepsOlder: true,
  strays: [],
});
const older = { keepsOlder: true } as const;
const retirement = { goal: "retire", current: good } as const;
const rotatedByNow = { ...good, isFirstSeen: false } as const;
const alreadyRotated = { kind: "done", code: "ALREADY_ROTATED", versionNo: 7 } as const;
const nothingToDo = { kind: "done", code: "NOTHING_TO_DO", versionNo: 7 } as const;

/** Rows on an older value that ends by itself, and on who looks for values beside CURRENT's and PREVIOUS's. */
export const olderValueCases: readonly CallerCase[] = [
  [
    "c7",
    "a retirement asks whether a PREVIOUS that ends by itself still works",
    { ...timed("not-asked"), ...retirement },
    { kind: "log-in-pending", versionNo: 6 },
  ],
  [
    "c7",
    "a retirement ends a PREVIOUS early that would end by itself",
    { ...timed("accepted"), ...retirement, lease: "mine" },
    { kind: "retire", versionNo: 6 },
  ],
  [
    "c7",
    "a retirement never runs beside something pending, whoever ends PREVIOUS",
    { ...timed("accepted"), ...retirement, pending: refused, lease: "mine" },
    { kind: "fail", code: "RETIRE_NOT_SAFE", what: "version 8 is pending" },
  ],
  [
    "c5",
    "a retirement ends where a PREVIOUS that ends by itself is refused",
    { ...timed("rejected"), ...retirement },
    nothingToDo,
  ],
  [
    "c7, c8a",
    "a rotation leaves a PREVIOUS that ends by itself alone",
    { ...timed("not-asked"), current: good },
    { kind: "prepare" },
  ],
  [
    "c7, c8a",
    "so does the rotation of a compromised value",
    { ...timed("not-asked"), current: good, isCompromised: true },
    { kind: "prepare" },
  ],
  [
    "c5",
    "a heal leaves a PREVIOUS that ends by itself alone",
    { ...timed("not-asked"), goal: "heal", current: good },
    nothingToDo,
  ],
  [
    "c9",
    "a retirement looks for no older value while CURRENT is refused",
    { ...older, goal: "retire", current: refused },
    { kind: "fail", code: "RETIRE_NOT_SAFE", what: "the issuer refuses CURRENT" },
  ],
  [
    "c8",
    "nor does the rotation of a compromised value",
    { ...older, isCompromised: true, current: { ...refused, isFirstSeen: false } },
    waitFor("verdict"),
  ],
  [
    "c8",
    "nor does a call whose pending value found no room, and which CURRENT cannot install any more",
    { ...older, pending: { ...refused, isOccupied: true, isLongOccupied: true }, current: refused },
    waitFor("verdict"),
  ],
  [
    "c6",
    "a rotation of no compromised value does not look for older ones at its end",
    { ...older, current: rotatedByNow },
    alreadyRotated,
  ],
  [
    "c6",
    "CREATE leaves that to the end of the rotation, compromised or not",
    { ...older, goal: "create", isCompromised: true, current: rotatedByNow },
    alreadyRotated,
  ],
  [
    "c5",
    "a heal looks for none, compromised or not",
    { ...older, goal: "heal", isCompromised: true, current: rotatedByNow },
    nothingToDo,
  ],
  [
    "c6",
    "where the issuer keeps one value the rotation of a compromised one looks for none",
    { isCompromised: true, current: rotatedByNow },
    alreadyRotated,
  ],
];
