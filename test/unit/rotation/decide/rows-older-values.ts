import { logInWith } from "../../../../src/rotation/decide/decide.ts";
import type { CallerState } from "../../../../src/rotation/decide/state.ts";
import { type CallerCase, good, refused, waitFor } from "./caller-states.ts";
import { overlap } from "./rows-overlap.ts";

/** PREVIOUS, version 6, where the issuer ends its value by itself: as good as over, since it has no grace of ours. */
const timed = (verdict: NonNullable<CallerState["overlap"]>["verdict"]) => ({
  ...overlap({ verdict }),
  isTwoSlot: false,
  keepsOlder: true,
  unexpected: [],
});
const older = { keepsOlder: true } as const;
const retirement = { goal: "retire", current: good } as const;
const rotatedByNow = { ...good, isUnchanged: false } as const;
const alreadyRotated = { kind: "done", code: "ALREADY_ROTATED", versionNo: 7 } as const;
const nothingToDo = { kind: "done", code: "NOTHING_TO_DO", versionNo: 7 } as const;

/** Rows on an older value that ends by itself, and on who looks for values beside CURRENT's and PREVIOUS's. */
export const olderValueCases: readonly CallerCase[] = [
  [
    "O1",
    "a retirement asks whether a PREVIOUS that ends by itself still works",
    { ...timed("not-asked"), ...retirement },
    logInWith(6, "verify-pending"),
  ],
  [
    "O11",
    "a retirement ends a PREVIOUS early that would end by itself",
    { ...timed("accepted"), ...retirement, lease: "mine" },
    { kind: "retire", versionNo: 6 },
  ],
  [
    "P1",
    "a retirement never runs beside something pending, whoever ends PREVIOUS",
    { ...timed("accepted"), ...retirement, pending: refused, lease: "mine" },
    { kind: "fail", code: "RETIRE_NOT_SAFE", what: "version 8 is pending" },
  ],
  [
    "O16",
    "a retirement ends where a PREVIOUS that ends by itself is refused",
    { ...timed("rejected"), ...retirement },
    nothingToDo,
  ],
  [
    "N9",
    "a rotation leaves a PREVIOUS that ends by itself alone",
    { ...timed("not-asked"), current: good },
    { kind: "prepare" },
  ],
  [
    "N9",
    "so does the rotation of a compromised value",
    { ...timed("not-asked"), current: good, isCompromised: true },
    { kind: "prepare" },
  ],
  [
    "D1",
    "a heal leaves a PREVIOUS that ends by itself alone",
    { ...timed("not-asked"), goal: "heal", current: good },
    nothingToDo,
  ],
  [
    "L3",
    "a retirement looks for no older value while CURRENT is refused",
    { ...older, goal: "retire", current: refused },
    { kind: "fail", code: "RETIRE_NOT_SAFE", what: "the issuer refuses CURRENT" },
  ],
  [
    "L4",
    "nor does the rotation of a compromised value",
    { ...older, isCompromised: true, current: { ...refused, isUnchanged: false } },
    waitFor("verdict"),
  ],
  [
    "L4",
    "nor does a call whose pending value found no room, and which CURRENT cannot install any more",
    { ...older, pending: { ...refused, isOccupied: true, isLongOccupied: true }, current: refused },
    waitFor("verdict"),
  ],
  [
    "D2",
    "a rotation of no compromised value does not look for older ones at its end",
    { ...older, current: rotatedByNow },
    alreadyRotated,
  ],
  [
    "D2",
    "CREATE leaves that to the end of the rotation, compromised or not",
    { ...older, goal: "create", isCompromised: true, current: rotatedByNow },
    alreadyRotated,
  ],
  [
    "D1",
    "a heal looks for none, compromised or not",
    { ...older, goal: "heal", isCompromised: true, current: rotatedByNow },
    nothingToDo,
  ],
  [
    "D2",
    "where the issuer keeps one value the rotation of a compromised one looks for none",
    { isCompromised: true, current: rotatedByNow },
    alreadyRotated,
  ],
];
