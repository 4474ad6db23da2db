import { describe, expect, test } from "vitest";
import { logInWith } from "../../../../src/rotation/decide/decide.ts";
import { decide, decidingRule, rules } from "../../../../src/rotation/decide/index.ts";
import type { CallerState } from "../../../../src/rotation/decide/state.ts";
import * as is from "./examples.ts";
import { left, made, overlapExamples, pendingOf, stranger, untried } from "./rows-overlap.ts";
import { baseCallerState } from "./states.ts";

const { dead, good, other, refused, unknown } = is;
const theirs = pendingOf("rejected", "theirs");
const policyRefused = pendingOf("rejected", "refused");
const installing = is.fails("CLAIM_LIVE", "another run is installing the PENDING version");
const install = { kind: "install", versionNo: 8 } as const;
/** CURRENT is dead, all versions were read, and a second authority may install. */
const wayBack = { current: dead, others: [], authority: "may-install" } as const;

const ownExamples: is.Examples<CallerState> = {
  "P4: a PENDING credential is asked before CURRENT": [
    { pending: pendingOf("not-asked") },
    logInWith(8, "verify-pending"),
  ],
  "C1: what this call stored and has not sent yet is not asked; CURRENT is": [
    { pending: untried },
    logInWith(7, "verify-current"),
  ],
  "P5: CURRENT is asked before a verdict is waited for on a value that the rotator did not make": [
    { pending: stranger("unknown") },
    logInWith(7, "verify-current"),
  ],
  "P6: with CURRENT refused a verdict on such a value is waited for, since it may be the one that works": [
    { pending: stranger("unknown"), current: dead, authority: "may-install" },
    is.waitFor("verdict"),
  ],
  "P6: an unknown verdict on another's young PENDING credential is waited for by a whole rotation": [
    { pending: pendingOf("unknown", "theirs") },
    is.waitFor("verdict"),
  ],
  "P6: an unknown verdict on another's young PENDING credential ends a heal at once": [
    { goal: "heal", pending: pendingOf("unknown", "theirs") },
    installing,
  ],
  "P6: an unknown verdict on one that no one may install any more is waited for by a heal": [
    { goal: "heal", pending: pendingOf("unknown") },
    is.waitFor("verdict"),
  ],
  "P7: a PENDING credential that logs in ends CREATE": [{ goal: "create", pending: pendingOf("accepted") }, is.created],
  "P7: a PENDING credential that logs in is promoted, paused and another's or not": [
    { pending: pendingOf("accepted", "theirs"), isPaused: true },
    is.promote(8),
  ],
  "P7: a value that no one of ours has made is promoted if it logs in": [
    { goal: "heal", pending: stranger("accepted") },
    is.promote(8),
  ],
  "P8: another's young PENDING credential is left to its writer, and waited for": [
    { pending: theirs, current: dead },
    is.waitFor("claim"),
  ],
  "P8: another's young PENDING credential ends a heal at once": [{ goal: "heal", pending: theirs }, installing],
  "P9: what this call has just installed is given time to be known": [
    { pending: made("sent"), current: good },
    is.waitFor("verdict"),
  ],
  "C1: CURRENT is asked where nothing is pending": [{}, logInWith(7, "verify-current")],
  "C2: an unknown verdict on CURRENT is waited for": [
    { current: unknown, pending: pendingOf("rejected"), authority: "may-install" },
    is.waitFor("verdict"),
  ],
  "C3: a heal ends on a value that the issuer's policy refuses, and makes no other": [
    { goal: "heal", pending: policyRefused, current: good },
    is.fails("POLICY_REFUSED", "the issuer's policy refuses the value of version 8"),
  ],
  "I4: paused, nothing is installed": [
    { pending: pendingOf("rejected"), current: good, isPaused: true },
    is.fails("PAUSED", "a stored value would be installed now, and OROT_PAUSED is on"),
  ],
  "I5: a value whose installs were never answered is left for later": [
    { pending: pendingOf("rejected"), current: good, left: left({ installs: 0 }), isUnanswered: true },
    is.fails("ISSUER_UNAVAILABLE", "the issuer did not answer any request to set the stored value"),
  ],
  "I6: a value that the issuer took and still refuses is not sent forever": [
    { pending: pendingOf("rejected"), current: good, left: left({ installs: 0 }) },
    is.fails(
      "ISSUER_CONFIGURATION",
      "the issuer took the chosen value and still refuses it",
      "set OROT_OCI_IAM_VALUE to issuer: this domain does not let the caller choose",
    ),
  ],
  "I8: an install that was not answered is sent once more": [
    { pending: pendingOf("rejected"), current: good, left: left({ installs: 1 }), isUnanswered: true },
    install,
  ],
  "I8: what this call has stored is installed by CURRENT": [
    { goal: "create", pending: untried, current: good },
    install,
  ],
  "I8: what another has left is installed by a heal": [
    { goal: "heal", pending: pendingOf("rejected"), current: good },
    install,
  ],
  "I8: if CURRENT is refused a second authority installs the value that this call has made": [
    { pending: made("stored"), current: refused, authority: "may-install" },
    install,
  ],
  "L4: a value that neither CURRENT nor an authority can install any more is not installed": [
    { pending: pendingOf("rejected"), current: refused },
    is.waitFor("verdict"),
  ],
  "D1: a heal ends where CURRENT logs in and nothing is pending": [{ goal: "heal", current: good }, is.nothingToDo],
  "D2: another value in CURRENT than at first is another's rotation": [{ current: is.rotated }, is.alreadyRotated],
  "L4: a refused CURRENT is not given up before every node has heard of it": [
    { current: refused, authority: "may-install", others: [other(3, "accepted")] },
    is.waitFor("verdict"),
  ],
  "L5: with CURRENT dead all versions are read first": [{ current: dead }, { kind: "read-others" }],
  "L6: with CURRENT dead the newest other credential is asked": [
    { current: dead, others: [other(5, "rejected"), other(4, "not-asked"), other(3, "accepted")] },
    logInWith(4, "verify-pending"),
  ],
  "L7: with CURRENT dead an unknown verdict on the way is waited for": [
    { current: dead, others: [other(5, "unknown"), other(3, "accepted")] },
    is.waitFor("verdict"),
  ],
  "L8: with CURRENT dead another credential that logs in is promoted, past one that Vault refuses to promote": [
    { current: dead, others: [{ ...other(5, "accepted"), isPromotable: false }, other(3, "accepted")], isPaused: true },
    is.promote(3),
  ],
  "L11: with CURRENT dead and no second authority the client is locked out": [
    { current: dead, others: [other(3, "rejected")] },
    is.lockedOut,
  ],
  "L11: with CURRENT dead and what this call has made refused no second value is made, authority or not": [
    { ...wayBack, pending: made("refused") },
    is.lockedOut,
  ],
  "L12: a client whose first value nobody may install is locked out of nothing": [
    { current: is.placeholder, others: [] },
    { kind: "fail", code: "CLIENT_NOT_BOUND" },
  ],
  "L12: a first value that the policy refuses is not followed by a second": [
    { ...wayBack, current: is.placeholder, pending: made("refused") },
    { kind: "fail", code: "POLICY_REFUSED" },
  ],
  "N3: paused, no value is made": [{ current: good, isPaused: true, isPrepared: true }, is.newValuePaused],
  "N7: no more values are made than a call may": [
    { current: good, pending: policyRefused, left: left({ values: 0 }), isPrepared: true },
    is.fails("POLICY_REFUSED", "the issuer's policy refused every value that was tried"),
  ],
  "N9: before a value is made everything that may fail is asked, with installs left or not": [
    { current: good, left: left({ installs: 0 }), isUnanswered: true },
    { kind: "prepare" },
  ],
  "N9: prepared, a value is made and stored": [
    { goal: "create", current: good, isPrepared: true },
    { kind: "generate" },
  ],
  "N9: one other value is made if policy refused the first": [
    { current: good, pending: policyRefused, left: left({ values: 1 }), isPrepared: true },
    { kind: "generate" },
  ],
  "N9: with CURRENT dead what an earlier call has left is replaced: its proof may be older than what killed CURRENT": [
    { ...wayBack, goal: "heal", pending: pendingOf("rejected"), isPrepared: true },
    { kind: "generate" },
  ],
};

const examples = [...Object.entries(overlapExamples), ...Object.entries(ownExamples)];

describe("if we choose the value", () => {
  test.each(examples)("row %s", (example, [changes, decision]) => {
    const state = { ...baseCallerState, ...changes };
    expect(decide(state)).toMatchObject(decision);
    expect(decidingRule(state).id).toBe(is.rowOf(example));
  });

  test("every row that is asked there has a sentence here", () => {
    const told = new Set(examples.map(([example]) => is.rowOf(example)));
    expect(rules.filter(({ id, chosenBy }) => chosenBy !== "issuer" && !told.has(id)).map(({ id }) => id)).toEqual([]);
  });
});
