import { describe, expect, test } from "vitest";
import { callerChosenRules, decideCallerChosen } from "../../../../src/rotation/decide/caller-chosen.ts";
import type { CallerView } from "../../../../src/rotation/decide/caller-view.ts";
import { type CallerCase, dead, good, refused, viewWith, waitFor } from "./caller-views.ts";
import { olderValueCases } from "./rows-older-values.ts";
import { overlapCases } from "./rows-overlap.ts";
import { twoSlotCases } from "./rows-two-slot.ts";
import { nameOfRule } from "./views.ts";

const other = (versionNo: number, verdict: NonNullable<CallerView["pending"]>["verdict"], isPromotable = true) => ({
  versionNo,
  verdict,
  isPromotable,
});
const cases: readonly CallerCase[] = [
  ...twoSlotCases,
  ...overlapCases,
  ...olderValueCases,
  ["c0", "an UPDATING secret is waited for", { isUpdating: true, pending: good }, waitFor("active")],
  ["c1", "a PENDING credential is asked before CURRENT", { pending: {} }, { kind: "log-in-pending", versionNo: 8 }],
  [
    "c0",
    "what this call stored and has not sent yet is not asked; CURRENT is",
    { pending: { isUntried: true } },
    { kind: "log-in-current", versionNo: 7 },
  ],
  [
    "c0",
    "an unknown verdict on PENDING is waited for",
    { pending: { verdict: "unknown" }, current: good },
    waitFor("verdict"),
  ],
  [
    "c0",
    "an unknown verdict on another's young PENDING credential is waited for by a whole rotation",
    { pending: { verdict: "unknown", isLive: true } },
    waitFor("verdict"),
  ],
  [
    "c0",
    "an unknown verdict on another's young PENDING credential ends a heal at once",
    { goal: "heal", pending: { verdict: "unknown", isLive: true } },
    { kind: "fail", code: "CLAIM_LIVE" },
  ],
  [
    "c0",
    "an unknown verdict on a PENDING credential that nobody may install any more is waited for by a heal",
    { goal: "heal", pending: { verdict: "unknown" } },
    waitFor("verdict"),
  ],
  [
    "c1",
    "a PENDING credential that logs in ends CREATE",
    { goal: "create", pending: good },
    { kind: "done", code: "OK", versionNo: 8 },
  ],
  [
    "c1",
    "a PENDING credential that logs in is promoted, paused and another's or not",
    { pending: { ...good, isLive: true }, isPaused: true },
    { kind: "promote", versionNo: 8 },
  ],
  [
    "c1",
    "a PENDING credential that logs in is promoted by a heal",
    { goal: "heal", pending: good },
    { kind: "promote", versionNo: 8 },
  ],
  [
    "c2",
    "another's young PENDING credential is left to its writer, and waited for by CREATE",
    { goal: "create", pending: { ...refused, isLive: true }, current: good },
    waitFor("claim"),
  ],
  [
    "c2",
    "another's young PENDING credential is left to its writer, and waited for by a whole rotation",
    { pending: { ...refused, isLive: true }, current: dead },
    waitFor("claim"),
  ],
  [
    "c2",
    "another's young PENDING credential ends a heal at once",
    { goal: "heal", pending: { ...refused, isLive: true } },
    { kind: "fail", code: "CLAIM_LIVE", what: "another run is installing the PENDING version" },
  ],
  [
    "c3",
    "what this call has just installed is given time to be known",
    { pending: { ...refused, isInstalling: true }, current: good },
    waitFor("verdict"),
  ],
  ["c0", "CURRENT is asked where nothing is pending", {}, { kind: "log-in-current", versionNo: 7 }],
  [
    "c0",
    "an unknown verdict on CURRENT is waited for",
    { current: { verdict: "unknown" }, pending: refused, hasAuthority: true },
    waitFor("verdict"),
  ],
  [
    "c4",
    "a heal ends on a value that the issuer's policy refuses, and makes no other",
    { goal: "heal", pending: { ...refused, isRefused: true }, current: good },
    { kind: "fail", code: "POLICY_REFUSED", what: "the issuer's policy refuses the value of version 8" },
  ],
  [
    "c3",
    "paused, nothing is installed",
    { pending: refused, current: good, isPaused: true },
    { kind: "fail", code: "PAUSED", what: "a stored value would be installed now, and OROT_PAUSED is on" },
  ],
  [
    "c3",
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
    "c3",
    "a value whose installs were never answered is left for later",
    { pending: refused, current: good, left: { installs: 0 }, isUnanswered: true },
    { kind: "fail", code: "ISSUER_UNAVAILABLE", what: "the issuer did not answer the tries to set the stored value" },
  ],
  [
    "c3",
    "an install that was not answered is sent once more",
    { pending: refused, current: good, left: { installs: 1 }, isUnanswered: true },
    { kind: "install", versionNo: 8 },
  ],
  [
    "c8",
    "what CURRENT cannot install any more, and nobody else can, is not installed",
    { pending: refused, current: refused },
    waitFor("verdict"),
  ],
  [
    "c7, c8a",
    "installs that are spent do not matter where nothing is pending",
    { current: good, left: { installs: 0 }, isUnanswered: true },
    { kind: "prepare" },
  ],
  [
    "c8",
    "a dead CURRENT is no rotation of another's, whatever was seen first",
    { current: { ...dead, isFirstSeen: false } },
    { kind: "read-others" },
  ],
  [
    "c3",
    "what this call has stored is installed by CURRENT",
    { goal: "create", pending: { isUntried: true }, current: good },
    { kind: "install", versionNo: 8 },
  ],
  [
    "c3",
    "what another has left is installed by a heal",
    { goal: "heal", pending: refused, current: good },
    { kind: "install", versionNo: 8 },
  ],
  [
    "c3",
    "where CURRENT is refused a second authority installs the value that this call has made",
    { pending: { ...refused, isMade: true }, current: refused, hasAuthority: true },
    { kind: "install", versionNo: 8 },
  ],
  [
    "c7, c8a",
    "where CURRENT is dead what an earlier call has left is replaced: its proof may be older than what killed CURRENT",
    { goal: "heal", pending: refused, current: dead, others: [], hasAuthority: true, isPrepared: true },
    { kind: "generate" },
  ],
  [
    "c0",
    "CURRENT is asked before anybody waits for a verdict on a value that nobody of ours has made",
    { pending: { verdict: "unknown", isProven: false } },
    { kind: "log-in-current", versionNo: 7 },
  ],
  [
    "c0",
    "with CURRENT refused a verdict on such a value is waited for, since it may be the one that works",
    { pending: { verdict: "unknown", isProven: false }, current: dead, hasAuthority: true },
    waitFor("verdict"),
  ],
  [
    "c1",
    "such a value that logs in is promoted, whoever stored it",
    { goal: "heal", pending: { ...good, isProven: false } },
    { kind: "promote", versionNo: 8 },
  ],
  [
    "c5",
    "a heal ends where CURRENT logs in and nothing is pending",
    { goal: "heal", current: good },
    { kind: "done", code: "NOTHING_TO_DO", versionNo: 7 },
  ],
  [
    "c6",
    "another value in CURRENT than at first is another's rotation",
    { current: { ...good, isFirstSeen: false } },
    { kind: "done", code: "ALREADY_ROTATED", versionNo: 7 },
  ],
  [
    "c8",
    "a refused CURRENT is not given up before every node has heard of it",
    { current: refused, hasAuthority: true, others: [other(3, "accepted")] },
    waitFor("verdict"),
  ],
  ["c8", "with CURRENT dead all versions are read first", { current: dead }, { kind: "read-others" }],
  [
    "c8",
    "with CURRENT dead the newest other credential is asked",
    { current: dead, others: [other(5, "rejected"), other(4, "not-asked"), other(3, "accepted")] },
    { kind: "log-in-pending", versionNo: 4 },
  ],
  [
    "c0",
    "with CURRENT dead an unknown verdict on the way is waited for",
    { current: dead, others: [other(5, "unknown"), other(3, "accepted")] },
    waitFor("verdict"),
  ],
  [
    "c8",
    "with CURRENT dead another credential that logs in is promoted, paused or not",
    { current: dead, others: [other(5, "rejected"), other(3, "accepted")], isPaused: true },
    { kind: "promote", versionNo: 3 },
  ],
  [
    "c8",
    "what Vault refuses to promote is passed over",
    { current: dead, others: [other(5, "accepted", false), other(3, "accepted")] },
    { kind: "promote", versionNo: 3 },
  ],
  [
    "c9",
    "with CURRENT dead and no second authority the client is locked out",
    { current: dead, others: [other(3, "rejected")] },
    { kind: "fail", code: "LOCKED_OUT", what: "the issuer refuses CURRENT and no way back exists" },
  ],
  [
    "c9",
    "with CURRENT dead and what this call has made refused no second value is made, authority or not",
    { current: dead, others: [], pending: { ...refused, isMade: true, isRefused: true }, hasAuthority: true },
    { kind: "fail", code: "LOCKED_OUT", what: "the issuer refuses CURRENT and no way back exists" },
  ],
  [
    "c7",
    "paused, no value is made",
    { current: good, isPaused: true, isPrepared: true },
    { kind: "fail", code: "PAUSED", what: "a new client secret would be made now, and OROT_PAUSED is on" },
  ],
  [
    "c4",
    "no more values are made than a call may",
    { current: good, pending: { ...refused, isRefused: true }, left: { values: 0 }, isPrepared: true },
    { kind: "fail", code: "POLICY_REFUSED", what: "the issuer's policy refused every value that was tried" },
  ],
  ["c7, c8a", "before a value is made everything that may fail is asked", { current: good }, { kind: "prepare" }],
  [
    "c7, c8a",
    "prepared, a value is made and stored",
    { goal: "create", current: good, isPrepared: true },
    { kind: "generate" },
  ],
  [
    "c7, c8a",
    "one other value is made where policy refused the first",
    { current: good, pending: { ...refused, isRefused: true }, left: { values: 1 }, isPrepared: true },
    { kind: "generate" },
  ],
  [
    "c7, c8a",
    "with CURRENT dead a second authority gets a new value",
    { goal: "heal", current: dead, others: [], hasAuthority: true, isPrepared: true },
    { kind: "generate" },
  ],
];

const firing = (view: CallerView) => callerChosenRules.find((rule) => rule.when(view));

describe("where we choose the value", () => {
  test.each(cases)("row %s: %s", (row, _sentence, changes, action) => {
    const view = viewWith(changes);
    expect(decideCallerChosen(view)).toMatchObject(action);
    expect(firing(view)?.row).toBe(row);
  });

  test("every rule of the table has a sentence here", () => {
    const told = new Set(cases.map(([, , changes]) => firing(viewWith(changes))));
    expect(callerChosenRules.filter((rule) => !told.has(rule)).map(nameOfRule)).toEqual([]);
  });
});
