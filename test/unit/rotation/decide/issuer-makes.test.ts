import { describe, expect, test } from "vitest";
import { logInWith } from "../../../../src/rotation/decide/decide.ts";
import { decide, decidingRule, rules } from "../../../../src/rotation/decide/index.ts";
import type { IssuerState, Unsaved } from "../../../../src/rotation/decide/state.ts";
import * as is from "./examples.ts";
import { baseIssuerState } from "./states.ts";

const { dead, good, other, rotated, unknown } = is;
type Pending = NonNullable<IssuerState["pending"]>;

const pending = (verdict: Pending["verdict"], isOwn = false): Pending => ({ versionNo: 8, verdict, isOwn });
const unsaved = (
  verdict: "not-asked" | "accepted" | "unknown",
  writes: Unsaved["writes"],
  rest: { readonly isYoung?: boolean; readonly isLastMoment?: boolean } = {},
): Unsaved => ({ verdict, writes, isYoung: false, isLastMoment: false, ...rest });
const refusedUnsaved: Unsaved = { ...unsaved("unknown", "current"), verdict: "rejected", isYoung: false };
const mine = { holder: "mine", unproven: null } as const;
const lacking = (unproven: "trial" | "note" | "current") => ({ ...mine, unproven });
const expired = { holder: "mine-expired" } as const;
const theirs = { holder: "theirs", unknownMarkNo: null } as const;
const claimLive = is.fails("CLAIM_LIVE", "another run holds the claim on this secret");
/** CURRENT is dead, all versions were read, and the issuer may be asked for another value. */
const regenerating = { current: dead, others: [], authority: "may-regenerate" } as const;
/** CURRENT is a claim, and version 5 a credential with its value. */
const claimed = { ...good, sameValueNo: 5 };
const logInUnsaved = { kind: "log-in-unsaved" } as const;
const storePending = { kind: "store", versionStage: "PENDING" } as const;
const storeCurrent = { kind: "store", versionStage: "CURRENT" } as const;

const sentences: is.Examples<IssuerState> = {
  "U1: an unsaved value is stored at once above my claim, unasked": [
    { unsaved: unsaved("not-asked", "pending"), claim: mine, pending: pending("accepted"), isPaused: true },
    storePending,
  ],
  "U1: so it is although the time of my claim is over": [
    { unsaved: unsaved("not-asked", "pending"), claim: expired },
    storePending,
  ],
  "U1: for CURRENT it logs in first": [{ unsaved: unsaved("not-asked", "current"), claim: mine }, logInUnsaved],
  "U1: one that logs in goes to CURRENT": [{ unsaved: unsaved("accepted", "current"), claim: mine }, storeCurrent],
  "U1: in doubt whether Vault takes it as PENDING, one of which no one knows is tried there rather than kept in hand": [
    { unsaved: unsaved("unknown", "either"), claim: mine },
    storePending,
  ],
  "U1: one that does not log in yet is kept from CURRENT while there is time": [
    { unsaved: unsaved("unknown", "current"), claim: mine },
    is.waitFor("verdict"),
  ],
  "U1: one that does not log in yet goes to CURRENT in the last moment, since it exists nowhere else": [
    { unsaved: { ...refusedUnsaved, isLastMoment: true }, claim: mine },
    storeCurrent,
  ],
  "U2: a value just received is stored at once although another has written above my claim": [
    { unsaved: unsaved("not-asked", "pending", { isYoung: true }), pending: pending("accepted") },
    storePending,
  ],
  "U3: in the last moment too, what applications read is not replaced unasked by what another has overtaken": [
    { unsaved: unsaved("not-asked", "current", { isYoung: true, isLastMoment: true }) },
    logInUnsaved,
  ],
  "U3: an unsaved value is asked about if another has written above my claim": [
    { unsaved: unsaved("not-asked", "pending"), pending: pending("accepted") },
    logInUnsaved,
  ],
  "U4: it is dropped if another has written and the issuer refuses it": [{ unsaved: refusedUnsaved }, { kind: "drop" }],
  "U5: it is stored if another has written and no one knows": [
    { unsaved: unsaved("unknown", "pending"), claim: theirs },
    storePending,
  ],
  "P3: what this call minted and stored ends CREATE without a login": [
    { goal: "create", pending: pending("not-asked", true) },
    is.created,
  ],
  "P4: what this call minted and stored logs in before a whole rotation promotes it": [
    { pending: pending("not-asked", true) },
    logInWith(8, "verify-pending"),
  ],
  "P4: a PENDING credential is asked before CURRENT": [
    { goal: "create", pending: pending("not-asked") },
    logInWith(8, "verify-pending"),
  ],
  "P6: an unknown verdict on PENDING is waited for, by a heal too": [
    { goal: "heal", pending: pending("unknown") },
    is.waitFor("verdict"),
  ],
  "P6: a heal with an unknown verdict on PENDING stops at once for another run's live claim": [
    { goal: "heal", pending: pending("unknown"), claim: theirs },
    claimLive,
  ],
  "P7: a PENDING credential that logs in ends CREATE": [{ goal: "create", pending: pending("accepted") }, is.created],
  "P7: a PENDING credential that logs in is promoted, for a new rotation too, paused or past my time": [
    { pending: pending("accepted"), isPaused: true, claim: expired },
    is.promote(8),
  ],
  "C1: CURRENT is asked where PENDING is refused": [{ pending: pending("rejected") }, logInWith(7, "verify-current")],
  "C2: an unknown verdict on CURRENT is waited for, also beside another's live claim": [
    { current: unknown, claim: theirs },
    is.waitFor("verdict"),
  ],
  "C2: a heal with an unknown verdict on CURRENT waits for it if no claim is live": [
    { goal: "heal", current: unknown },
    is.waitFor("verdict"),
  ],
  "C2: else it leaves the claim alone at once": [{ goal: "heal", current: unknown, claim: theirs }, claimLive],
  "C4: a claim in CURRENT gives way to the newest credential with its value": [
    { goal: "heal", current: claimed },
    is.promote(5),
  ],
  "N8: my own claim in CURRENT does not before I have minted": [{ current: claimed, claim: mine }, { kind: "mint" }],
  "L1: another's live claim in CURRENT does not": [{ current: claimed, claim: theirs }, is.waitFor("claim")],
  "D1: a heal ends if CURRENT logs in, another's live claim beside it": [
    { goal: "heal", current: good, claim: theirs },
    is.nothingToDo,
  ],
  "D2: another value in CURRENT than at first is another's rotation": [{ current: rotated }, is.alreadyRotated],
  "L1: another's live claim is waited for, even if CURRENT is refused": [
    { ...regenerating, claim: theirs },
    is.waitFor("claim"),
  ],
  "L1: another's live claim ends a heal if CURRENT is refused": [
    { ...regenerating, goal: "heal", claim: theirs },
    claimLive,
  ],
  "L2: a mint in flight is waited for although CURRENT logs in and my claim is fresh": [
    { current: good, claim: mine, inFlight: "mint" },
    is.waitFor("landed"),
  ],
  "L2: with a mint in flight another value in CURRENT is no end": [
    { current: rotated, inFlight: "mint" },
    is.waitFor("landed"),
  ],
  "L2: with a mint in flight a heal does not end on a CURRENT that logs in": [
    { goal: "heal", current: good, inFlight: "mint" },
    is.waitFor("landed"),
  ],
  "L5: with CURRENT refused all versions are read first": [{ current: dead }, { kind: "read-others" }],
  "L6: with CURRENT refused the newest other credential is asked": [
    { current: dead, others: [other(5, "rejected"), other(4, "not-asked"), other(3, "not-asked")] },
    logInWith(4, "verify-pending"),
  ],
  "L7: with CURRENT refused an unknown verdict on the way is waited for, before an older one that works": [
    { current: dead, others: [other(5, "unknown"), other(3, "accepted")], authority: "may-read-back" },
    is.waitFor("verdict"),
  ],
  "L8: with CURRENT refused another credential that logs in is promoted by number, paused or not": [
    { current: dead, others: [other(5, "rejected"), other(3, "accepted")], isPaused: true },
    is.promote(3),
  ],
  "L8: what Vault refuses to promote is copied": [
    { current: dead, others: [{ ...other(3, "accepted"), isPromotable: false }] },
    { kind: "copy", versionNo: 3 },
  ],
  "L9: with nothing stored that works the value is read back": [
    { current: dead, others: [other(3, "rejected")], authority: "may-read-back" },
    { kind: "read-back" },
  ],
  "L10: with no token and no second authority a single refusal is looked at again": [
    { current: is.refused, others: [other(3, "rejected")] },
    is.waitFor("verdict"),
  ],
  "L11: with no token and no second authority the client is locked out": [
    { current: dead, pending: pending("rejected"), others: [other(3, "rejected")] },
    is.lockedOut,
  ],
  "L12: a client whose first value nobody may have made is locked out of nothing": [
    { current: is.placeholder, others: [] },
    { kind: "fail", code: "CLIENT_NOT_BOUND" },
  ],
  "N9: a first value is made under a claim as any other": [
    { ...regenerating, current: is.placeholder, isPrepared: true },
    { kind: "claim" },
  ],
  "N2: with mints spent nothing is minted": [
    { ...regenerating, left: { mints: 0 }, claim: mine },
    is.fails(
      "VERDICT_UNKNOWN",
      "this call has used up its tries to regenerate",
      "run heal in a few minutes: until then the issuer may refuse CURRENT",
    ),
  ],
  "N3: paused, nothing is minted although my claim stands": [
    { current: good, isPaused: true, claim: mine },
    is.newValuePaused,
  ],
  "N4: before the first mint of a secret it is tried whether Vault takes a second PENDING version": [
    { current: good, claim: lacking("trial") },
    { kind: "try-pending" },
  ],
  "N5: what was found out is noted before anything is minted": [
    { current: good, claim: lacking("note") },
    { kind: "note-pending" },
  ],
  "N6: if the value will go to CURRENT the claim goes there before": [
    { current: good, claim: lacking("current"), isPrepared: true },
    { kind: "claim" },
  ],
  "N8: a dead CURRENT is minted over at once, whatever is not known of PENDING versions": [
    { ...regenerating, claim: lacking("trial") },
    { kind: "mint" },
  ],
  "N8: my fresh claim above all mints over a CURRENT that logs in": [{ current: good, claim: mine }, { kind: "mint" }],
  "N9: before a claim everything that may fail is asked": [{ current: good }, { kind: "prepare" }],
  "N9: prepared, a claim is written": [{ current: good, isPrepared: true }, { kind: "claim" }],
  "N9: past the time of my claim another is written": [
    { current: good, claim: expired, isPrepared: true, left: { mints: 1 } },
    { kind: "claim" },
  ],
  "N9: a dead CURRENT gets a claim that carries the token on": [
    { ...regenerating, goal: "heal", isPrepared: true },
    { kind: "claim" },
  ],
};

const examples = Object.entries(sentences);

describe("if the issuer chooses the value", () => {
  test.each(examples)("row %s", (example, [changes, decision]) => {
    const state = { ...baseIssuerState, ...changes };
    expect(decide(state)).toMatchObject(decision);
    expect(decidingRule(state).id).toBe(is.rowOf(example));
  });

  test("every row that is asked there has a sentence here", () => {
    const told = new Set(examples.map(([example]) => is.rowOf(example)));
    expect(rules.filter(({ id, chosenBy }) => chosenBy !== "caller" && !told.has(id)).map(({ id }) => id)).toEqual([]);
  });
});
