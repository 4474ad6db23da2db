import { describe, expect, test } from "vitest";
import { logInWith } from "../../../../src/rotation/decide/decide.ts";
import { decide, decidingRule, rules } from "../../../../src/rotation/decide/index.ts";
import type { CallerState } from "../../../../src/rotation/decide/state.ts";
import { type CallerCase, dead, good, refused, stateWith, waitFor } from "./caller-states.ts";
import { olderValueCases } from "./rows-older-values.ts";
import { overlapCases } from "./rows-overlap.ts";
import { twoSlotCases } from "./rows-two-slot.ts";

const other = (versionNo: number, verdict: NonNullable<CallerState["pending"]>["verdict"], isPromotable = true) => ({
  versionNo,
  verdict,
  isPromotable,
});
const cases: readonly CallerCase[] = [
  ...twoSlotCases,
  ...overlapCases,
  ...olderValueCases,
  ["P4", "a PENDING credential is asked before CURRENT", { pending: {} }, logInWith(8, "verify-pending")],
  [
    "C1",
    "what this call stored and has not sent yet is not asked; CURRENT is",
    { pending: { isUntried: true } },
    logInWith(7, "verify-current"),
  ],
  [
    "P6",
    "an unknown verdict on PENDING is waited for",
    { pending: { verdict: "unknown" }, current: good },
    waitFor("verdict"),
  ],
  [
    "P6",
    "an unknown verdict on another's young PENDING credential is waited for by a whole rotation",
    { pending: { verdict: "unknown", isLive: true } },
    waitFor("verdict"),
  ],
  [
    "P6",
    "an unknown verdict on another's young PENDING credential ends a heal at once",
    { goal: "heal", pending: { verdict: "unknown", isLive: true } },
    { kind: "fail", code: "CLAIM_LIVE" },
  ],
  [
    "P6",
    "an unknown verdict on a PENDING credential that nobody may install any more is waited for by a heal",
    { goal: "heal", pending: { verdict: "unknown" } },
    waitFor("verdict"),
  ],
  [
    "P7",
    "a PENDING credential that logs in ends CREATE",
    { goal: "create", pending: good },
    { kind: "done", code: "OK", versionNo: 8 },
  ],
  [
    "P7",
    "a PENDING credential that logs in is promoted, paused and another's or not",
    { pending: { ...good, isLive: true }, isPaused: true },
    { kind: "promote", versionNo: 8 },
  ],
  [
    "P7",
    "a PENDING credential that logs in is promoted by a heal",
    { goal: "heal", pending: good },
    { kind: "promote", versionNo: 8 },
  ],
  [
    "P8",
    "another's young PENDING credential is left to its writer, and waited for by CREATE",
    { goal: "create", pending: { ...refused, isLive: true }, current: good },
    waitFor("claim"),
  ],
  [
    "P8",
    "another's young PENDING credential is left to its writer, and waited for by a whole rotation",
    { pending: { ...refused, isLive: true }, current: dead },
    waitFor("claim"),
  ],
  [
    "P8",
    "another's young PENDING credential ends a heal at once",
    { goal: "heal", pending: { ...refused, isLive: true } },
    { kind: "fail", code: "CLAIM_LIVE", what: "another run is installing the PENDING version" },
  ],
  [
    "P9",
    "what this call has just installed is given time to be known",
    { pending: { ...refused, isInstalling: true }, current: good },
    waitFor("verdict"),
  ],
  ["C1", "CURRENT is asked where nothing is pending", {}, logInWith(7, "verify-current")],
  [
    "C2",
    "an unknown verdict on CURRENT is waited for",
    { current: { verdict: "unknown" }, pending: refused, hasAuthority: true },
    waitFor("verdict"),
  ],
  [
    "C3",
    "a heal ends on a value that the issuer's policy refuses, and makes no other",
    { goal: "heal", pending: { ...refused, isRefused: true }, current: good },
    { kind: "fail", code: "POLICY_REFUSED", what: "the issuer's policy refuses the value of version 8" },
  ],
  [
    "I4",
    "paused, nothing is installed",
    { pending: refused, current: good, isPaused: true },
    { kind: "fail", code: "PAUSED", what: "a stored value would be installed now, and OROT_PAUSED is on" },
  ],
  [
    "I6",
    "a value that the issuer took and still refuses is not sent for ever",
    { pending: refused, current: good, left: { installs: 0 } },
    {
      kind: "fail",
      code: "ISSUER_CONFIGURATION",
      what: "the issuer took the chosen value and still refuses it",
      nextAction: "set OROT_OCI_IAM_VALUE to issuer: this domain does not let the caller choose",
    },
  ],
  [
    "I5",
    "a value whose installs were never answered is left for later",
    { pending: refused, current: good, left: { installs: 0 }, isUnanswered: true },
    { kind: "fail", code: "ISSUER_UNAVAILABLE", what: "the issuer did not answer any request to set the stored value" },
  ],
  [
    "I8",
    "an install that was not answered is sent once more",
    { pending: refused, current: good, left: { installs: 1 }, isUnanswered: true },
    { kind: "install", versionNo: 8 },
  ],
  [
    "L4",
    "what CURRENT cannot install any more, and nobody else can, is not installed",
    { pending: refused, current: refused },
    waitFor("verdict"),
  ],
  [
    "N9",
    "installs that are spent do not matter where nothing is pending",
    { current: good, left: { installs: 0 }, isUnanswered: true },
    { kind: "prepare" },
  ],
  [
    "L5",
    "a dead CURRENT is no rotation of another's, whatever was seen first",
    { current: { ...dead, isUnchanged: false } },
    { kind: "read-others" },
  ],
  [
    "I8",
    "what this call has stored is installed by CURRENT",
    { goal: "create", pending: { isUntried: true }, current: good },
    { kind: "install", versionNo: 8 },
  ],
  [
    "I8",
    "what another has left is installed by a heal",
    { goal: "heal", pending: refused, current: good },
    { kind: "install", versionNo: 8 },
  ],
  [
    "I8",
    "where CURRENT is refused a second authority installs the value that this call has made",
    { pending: { ...refused, isMade: true }, current: refused, hasAuthority: true },
    { kind: "install", versionNo: 8 },
  ],
  [
    "N9",
    "where CURRENT is dead what an earlier call has left is replaced: its proof may be older than what killed CURRENT",
    { goal: "heal", pending: refused, current: dead, others: [], hasAuthority: true, isPrepared: true },
    { kind: "generate" },
  ],
  [
    "P5",
    "CURRENT is asked before anybody waits for a verdict on a value that nobody of ours has made",
    { pending: { verdict: "unknown", isProven: false } },
    logInWith(7, "verify-current"),
  ],
  [
    "P6",
    "with CURRENT refused a verdict on such a value is waited for, since it may be the one that works",
    { pending: { verdict: "unknown", isProven: false }, current: dead, hasAuthority: true },
    waitFor("verdict"),
  ],
  [
    "P7",
    "such a value that logs in is promoted, whoever stored it",
    { goal: "heal", pending: { ...good, isProven: false } },
    { kind: "promote", versionNo: 8 },
  ],
  [
    "D1",
    "a heal ends where CURRENT logs in and nothing is pending",
    { goal: "heal", current: good },
    { kind: "done", code: "NOTHING_TO_DO", versionNo: 7 },
  ],
  [
    "D2",
    "another value in CURRENT than at first is another's rotation",
    { current: { ...good, isUnchanged: false } },
    { kind: "done", code: "ALREADY_ROTATED", versionNo: 7 },
  ],
  [
    "L4",
    "a refused CURRENT is not given up before every node has heard of it",
    { current: refused, hasAuthority: true, others: [other(3, "accepted")] },
    waitFor("verdict"),
  ],
  ["L5", "with CURRENT dead all versions are read first", { current: dead }, { kind: "read-others" }],
  [
    "L6",
    "with CURRENT dead the newest other credential is asked",
    { current: dead, others: [other(5, "rejected"), other(4, "not-asked"), other(3, "accepted")] },
    logInWith(4, "verify-pending"),
  ],
  [
    "L7",
    "with CURRENT dead an unknown verdict on the way is waited for",
    { current: dead, others: [other(5, "unknown"), other(3, "accepted")] },
    waitFor("verdict"),
  ],
  [
    "L8",
    "with CURRENT dead another credential that logs in is promoted, paused or not",
    { current: dead, others: [other(5, "rejected"), other(3, "accepted")], isPaused: true },
    { kind: "promote", versionNo: 3 },
  ],
  [
    "L8",
    "what Vault refuses to promote is passed over",
    { current: dead, others: [other(5, "accepted", false), other(3, "accepted")] },
    { kind: "promote", versionNo: 3 },
  ],
  [
    "L11",
    "with CURRENT dead and no second authority the client is locked out",
    { current: dead, others: [other(3, "rejected")] },
    { kind: "fail", code: "LOCKED_OUT", what: "the issuer refuses CURRENT and no way back exists" },
  ],
  [
    "L11",
    "with CURRENT dead and what this call has made refused no second value is made, authority or not",
    { current: dead, others: [], pending: { ...refused, isMade: true, isRefused: true }, hasAuthority: true },
    { kind: "fail", code: "LOCKED_OUT", what: "the issuer refuses CURRENT and no way back exists" },
  ],
  [
    "N3",
    "paused, no value is made",
    { current: good, isPaused: true, isPrepared: true },
    { kind: "fail", code: "PAUSED", what: "a new client secret would be made now, and OROT_PAUSED is on" },
  ],
  [
    "N7",
    "no more values are made than a call may",
    { current: good, pending: { ...refused, isRefused: true }, left: { values: 0 }, isPrepared: true },
    { kind: "fail", code: "POLICY_REFUSED", what: "the issuer's policy refused every value that was tried" },
  ],
  ["N9", "before a value is made everything that may fail is asked", { current: good }, { kind: "prepare" }],
  [
    "N9",
    "prepared, a value is made and stored",
    { goal: "create", current: good, isPrepared: true },
    { kind: "generate" },
  ],
  [
    "N9",
    "one other value is made where policy refused the first",
    { current: good, pending: { ...refused, isRefused: true }, left: { values: 1 }, isPrepared: true },
    { kind: "generate" },
  ],
  [
    "N9",
    "with CURRENT dead a second authority gets a new value",
    { goal: "heal", current: dead, others: [], hasAuthority: true, isPrepared: true },
    { kind: "generate" },
  ],
];

describe("where we choose the value", () => {
  test.each(cases)("row %s: %s", (id, _sentence, changes, decision) => {
    const state = stateWith(changes);
    expect(decide(state)).toMatchObject(decision);
    expect(decidingRule(state).id).toBe(id);
  });

  test("every row that is asked there has a sentence here", () => {
    const told = new Set(cases.map(([id]) => id));
    expect(rules.filter(({ id, chosenBy }) => chosenBy !== "issuer" && !told.has(id)).map(({ id }) => id)).toEqual([]);
  });
});
