import { type CallerCase, good, refused, waitFor } from "./caller-states.ts";

const twoSlot = { isTwoSlot: true } as const;
/** The issuer has no room for the pending value. */
const occupied = { isOccupied: true } as const;

/** Rows on a PENDING value where the issuer keeps two at once. */
export const twoSlotCases: readonly CallerCase[] = [
  [
    "P2",
    "that the values in use are compromised is noted before anything else",
    { ...twoSlot, isCompromised: true, isUnnoted: true, pending: good, current: good },
    { kind: "note-no-grace" },
  ],
  [
    "P1",
    "a retirement never runs beside something pending",
    { goal: "retire", pending: good },
    { kind: "fail", code: "RETIRE_NOT_SAFE", what: "version 8 is pending", nextAction: "run heal first" },
  ],
  [
    "I1",
    "what another run may be installing under its lease is waited for by a rotation",
    { ...twoSlot, pending: refused, current: good, lease: "others" },
    waitFor("claim"),
  ],
  [
    "I1",
    "what another run may be installing under its lease ends a heal at once",
    { ...twoSlot, goal: "heal", pending: refused, current: good, lease: "others" },
    { kind: "fail", code: "CLAIM_LIVE", what: "another run is installing the PENDING version" },
  ],
  [
    "I8",
    "another run's lease does not matter where the issuer keeps one value",
    { pending: refused, current: good, lease: "others" },
    { kind: "install", versionNo: 8 },
  ],
  [
    "L4",
    "another run's lease does not matter where nothing can be installed",
    { ...twoSlot, pending: refused, current: refused, lease: "others" },
    waitFor("verdict"),
  ],
  [
    "I2",
    "a third value that nobody has stored stands in the way, and only an operator can take it away",
    { ...twoSlot, pending: { ...refused, ...occupied, isLongOccupied: true }, current: good },
    {
      kind: "fail",
      code: "RETIRE_NOT_SAFE",
      what: "the client holds two secrets at the issuer, and one of them is in no version of the secret",
      nextAction: "as an administrator of the issuer, set CURRENT's value as the client's only secret, then run heal",
    },
  ],
  [
    "L4",
    "a third value does not matter where nothing can be installed",
    { ...twoSlot, pending: { ...refused, ...occupied, isLongOccupied: true }, current: refused },
    waitFor("verdict"),
  ],
  [
    "I3",
    "a third value that may be on its way out is given time",
    { ...twoSlot, pending: { ...refused, ...occupied }, current: good },
    waitFor("landed"),
  ],
  [
    "L4",
    "a value on its way out does not matter where nothing can be installed",
    { ...twoSlot, pending: { ...refused, ...occupied }, current: refused },
    waitFor("verdict"),
  ],
  [
    "I7",
    "another call's value is installed under a lease of this call's own",
    { ...twoSlot, pending: refused, current: good },
    { kind: "take-lease" },
  ],
  [
    "I8",
    "under its own lease this call installs another's value",
    { ...twoSlot, pending: refused, current: good, lease: "mine" },
    { kind: "install", versionNo: 8 },
  ],
  [
    "I8",
    "this call's own value needs no lease: it took the lock when it was stored",
    { ...twoSlot, pending: { ...refused, isOwn: true }, current: good },
    { kind: "install", versionNo: 8 },
  ],
  [
    "I8",
    "where the issuer keeps one value nobody takes a lease",
    { pending: refused, current: good },
    { kind: "install", versionNo: 8 },
  ],
];
