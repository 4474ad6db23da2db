import { describe, expect, test } from "vitest";
import { logInWith } from "../../../../src/rotation/decide/decide.ts";
import { decide, decidingRule, rules } from "../../../../src/rotation/decide/index.ts";
import type { IssuerState } from "../../../../src/rotation/decide/state.ts";
import { beforeCurrent, type Case, dead, good, mine, stateWith, waitFor } from "./rows-before-current.ts";

const other = (
  versionNo: number,
  verdict: NonNullable<IssuerState["others"]>[number]["verdict"],
  isPromotable = true,
) => ({
  versionNo,
  verdict,
  isPromotable,
});

const cases: readonly Case[] = [
  ...beforeCurrent,
  ["C1", "CURRENT is asked where nothing is pending", {}, logInWith(7, "verify-current")],
  ["C1", "CURRENT is asked where PENDING is refused", { pending: dead }, logInWith(7, "verify-current")],
  ["C2", "an unknown verdict on CURRENT is waited for", { current: { verdict: "unknown" } }, waitFor("verdict")],
  [
    "C2",
    "a heal with an unknown verdict on CURRENT leaves another's live claim alone at once",
    { goal: "heal", current: { verdict: "unknown" }, claim: { isLive: true } },
    { kind: "fail", code: "CLAIM_LIVE", what: "another run holds the claim on this secret" },
  ],
  [
    "C2",
    "a whole rotation with an unknown verdict on CURRENT waits for it beside another's live claim",
    { current: { verdict: "unknown" }, claim: { isLive: true } },
    waitFor("verdict"),
  ],
  [
    "C2",
    "a heal with an unknown verdict on CURRENT waits for it where no claim is live",
    { goal: "heal", current: { verdict: "unknown" } },
    waitFor("verdict"),
  ],

  [
    "N9",
    "a credential in CURRENT does not give way to another with its value",
    { current: { ...good, sameValueNo: 5 } },
    { kind: "prepare" },
  ],
  [
    "L5",
    "a claim in CURRENT that is refused does not give way to a credential that is refused with it",
    { current: { ...dead, isClaim: true, sameValueNo: 5 } },
    { kind: "read-others" },
  ],
  [
    "C4",
    "a claim in CURRENT gives way to the newest credential with its value",
    { goal: "heal", current: { ...good, isClaim: true, sameValueNo: 5 } },
    { kind: "promote", versionNo: 5 },
  ],
  [
    "D1",
    "a claim in CURRENT whose value nothing else holds is left by a heal",
    { goal: "heal", current: { ...good, isClaim: true } },
    { kind: "done", code: "NOTHING_TO_DO", versionNo: 7 },
  ],
  [
    "N8",
    "my own claim in CURRENT does not give way before I have minted",
    { current: { ...good, isClaim: true, sameValueNo: 5 }, claim: mine },
    { kind: "mint" },
  ],
  [
    "L1",
    "another's live claim in CURRENT does not give way",
    { current: { ...good, isClaim: true, sameValueNo: 5 }, claim: { isLive: true } },
    waitFor("claim"),
  ],
  [
    "D1",
    "a heal ends where CURRENT logs in, an inert claim or another's live one beside it",
    { goal: "heal", current: good, claim: { isLive: true } },
    { kind: "done", code: "NOTHING_TO_DO", versionNo: 7 },
  ],
  [
    "D2",
    "another value in CURRENT than at first is another's rotation",
    { current: { ...good, isUnchanged: false } },
    { kind: "done", code: "ALREADY_ROTATED", versionNo: 7 },
  ],

  [
    "L1",
    "another's live claim is waited for by CREATE",
    { goal: "create", current: good, claim: { isLive: true } },
    waitFor("claim"),
  ],
  [
    "L1",
    "another's live claim is waited for by a whole rotation, also where CURRENT is refused",
    { current: dead, claim: { isLive: true }, hasAuthority: true },
    waitFor("claim"),
  ],
  [
    "L1",
    "another's live claim ends a heal where CURRENT is refused",
    { goal: "heal", current: dead, claim: { isLive: true }, hasAuthority: true },
    { kind: "fail", code: "CLAIM_LIVE", what: "another run holds the claim on this secret" },
  ],

  [
    "L2",
    "an unsettled mint is waited for although CURRENT logs in and my claim is fresh",
    { current: good, claim: mine, mint: { left: 1, isSettled: false } },
    waitFor("landed"),
  ],
  [
    "L2",
    "an unsettled mint is waited for where CURRENT was dead before it",
    { current: dead, mint: { left: 1, isSettled: false }, hasAuthority: true, mayReadBack: true },
    waitFor("landed"),
  ],
  [
    "L2",
    "with an unsettled mint another value in CURRENT is no end",
    { current: { ...good, isUnchanged: false }, mint: { left: 1, isSettled: false } },
    waitFor("landed"),
  ],
  [
    "L2",
    "with an unsettled mint a heal does not end on a CURRENT that logs in",
    { goal: "heal", current: good, mint: { left: 1, isSettled: false } },
    waitFor("landed"),
  ],

  ["L5", "with CURRENT refused all versions are read first", { current: dead }, { kind: "read-others" }],
  [
    "L6",
    "with CURRENT refused the newest other credential is asked",
    { current: dead, others: [other(5, "rejected"), other(4, "not-asked"), other(3, "not-asked")] },
    logInWith(4, "verify-pending"),
  ],
  [
    "L7",
    "with CURRENT refused an unknown verdict on the way is waited for, before an older one that works",
    { current: dead, others: [other(5, "unknown"), other(3, "accepted")], mayReadBack: true, hasAuthority: true },
    waitFor("verdict"),
  ],
  [
    "L8",
    "with CURRENT refused another credential that logs in is promoted by number, paused or not",
    { current: dead, others: [other(5, "rejected"), other(3, "accepted")], isPaused: true },
    { kind: "promote", versionNo: 3 },
  ],
  [
    "L8",
    "what Vault refuses to promote is copied",
    { current: dead, others: [other(3, "accepted", false)] },
    { kind: "copy", versionNo: 3 },
  ],
  [
    "L9",
    "with nothing stored that works the value is read back",
    { current: dead, others: [other(3, "rejected")], hasAuthority: true, mayReadBack: true },
    { kind: "read-back" },
  ],
  [
    "L10",
    "with no token and no second authority one refusal alone is looked at again",
    { current: dead, others: [other(3, "rejected")] },
    waitFor("verdict"),
  ],
  [
    "L11",
    "with no token and no second authority the client is locked out",
    { current: { ...dead, isConfirmedDead: true }, pending: dead, others: [other(3, "rejected")] },
    { kind: "fail", code: "LOCKED_OUT", what: "the issuer refuses CURRENT and no way back exists" },
  ],
  [
    "N2",
    "with mints spent a dead CURRENT is left to heal",
    { current: dead, others: [], hasAuthority: true, mint: { left: 0 }, claim: mine },
    {
      kind: "fail",
      code: "VERDICT_UNKNOWN",
      what: "this call has used up its tries to regenerate",
      nextAction: "run heal in a few minutes: until then the issuer may refuse CURRENT",
    },
  ],
  [
    "N2",
    "with mints spent a working CURRENT stays",
    { current: good, mint: { left: 0 }, claim: mine },
    {
      kind: "fail",
      code: "VERDICT_UNKNOWN",
      what: "this call has used up its tries to regenerate",
      nextAction: "run heal in a few minutes: until then the issuer may refuse CURRENT",
    },
  ],
  [
    "N3",
    "paused, no claim is written",
    { current: good, isPaused: true, isPrepared: true },
    { kind: "fail", code: "PAUSED", what: "a new client secret would be made now, and OROT_PAUSED is on" },
  ],
  [
    "N3",
    "paused, nothing is minted although my claim stands",
    { current: good, isPaused: true, claim: mine },
    { kind: "fail", code: "PAUSED", what: "a new client secret would be made now, and OROT_PAUSED is on" },
  ],
  [
    "N3",
    "paused, also a dead CURRENT is not minted over",
    { goal: "heal", current: dead, others: [], hasAuthority: true, isPaused: true, claim: mine },
    { kind: "fail", code: "PAUSED", what: "a new client secret would be made now, and OROT_PAUSED is on" },
  ],
  [
    "N4",
    "before the first mint of a secret it is tried whether Vault takes a second PENDING version",
    { current: good, claim: { ...mine, unproven: "trial" } },
    { kind: "try-pending" },
  ],
  [
    "N5",
    "what was found out is noted before anything is minted",
    { current: good, claim: { ...mine, unproven: "note" } },
    { kind: "note-pending" },
  ],
  [
    "N6",
    "where the value will go to CURRENT the claim goes there before",
    { current: good, claim: { ...mine, unproven: "current" }, isPrepared: true },
    { kind: "claim" },
  ],
  [
    "N8",
    "a dead CURRENT is minted over at once, whatever is not known of PENDING versions",
    { current: dead, others: [], hasAuthority: true, claim: { ...mine, unproven: "trial" } },
    { kind: "mint" },
  ],
  [
    "N9",
    "past the time of my claim nothing is tried under it",
    { current: good, claim: { isMine: true, unproven: "trial" }, isPrepared: true },
    { kind: "claim" },
  ],
  [
    "N8",
    "my fresh claim above all mints over a CURRENT that logs in",
    { current: good, claim: mine },
    { kind: "mint" },
  ],
  [
    "N8",
    "my fresh claim above all mints over a dead CURRENT, by a token or an authority",
    { current: dead, others: [], hasAuthority: true, claim: mine },
    { kind: "mint" },
  ],
  ["N9", "before a claim everything that may fail is asked", { current: good }, { kind: "prepare" }],
  ["N9", "prepared, a claim is written", { current: good, isPrepared: true }, { kind: "claim" }],
  [
    "N9",
    "prepared, a claim is written over a refused PENDING version",
    { current: good, pending: dead, isPrepared: true },
    { kind: "claim" },
  ],
  [
    "N9",
    "past the time of my claim another is written",
    { current: good, claim: { isMine: true }, isPrepared: true, mint: { left: 1 } },
    { kind: "claim" },
  ],
  [
    "N9",
    "a dead CURRENT gets a claim that carries the token on",
    { goal: "heal", current: dead, others: [], hasAuthority: true, isPrepared: true },
    { kind: "claim" },
  ],
];

describe("where the issuer chooses the value", () => {
  test.each(cases)("row %s: %s", (id, _sentence, changes, decision) => {
    const state = stateWith(changes);
    expect(decide(state)).toMatchObject(decision);
    expect(decidingRule(state).id).toBe(id);
  });

  test("every row that is asked there has a sentence here", () => {
    const told = new Set(cases.map(([id]) => id));
    expect(rules.filter(({ id, chosenBy }) => chosenBy !== "caller" && !told.has(id)).map(({ id }) => id)).toEqual([]);
  });
});
