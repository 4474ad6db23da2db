import { type Decision, logInWith } from "../../../../src/rotation/decide/decide.ts";
import type { IssuerState } from "../../../../src/rotation/decide/state.ts";
import { baseIssuerState } from "./states.ts";

/** What a sentence says of a state; everything else is as in `baseIssuerState`. */
export type Changes = Omit<Partial<IssuerState>, "pending" | "current" | "claim" | "mint"> & {
  readonly pending?: Partial<NonNullable<IssuerState["pending"]>>;
  readonly current?: Partial<IssuerState["current"]>;
  readonly claim?: Partial<IssuerState["claim"]>;
  readonly mint?: Partial<IssuerState["mint"]>;
};

export function stateWith({ pending, current, claim, mint, ...rest }: Changes): IssuerState {
  return {
    ...baseIssuerState,
    ...rest,
    pending: pending === undefined ? null : { versionNo: 8, verdict: "not-asked", isOwn: false, ...pending },
    current: { ...baseIssuerState.current, ...current },
    claim: { ...baseIssuerState.claim, ...claim },
    mint: { ...baseIssuerState.mint, ...mint },
  };
}

export const good = { verdict: "accepted" } as const;
export const dead = { verdict: "rejected" } as const;
export const mine = { isMine: true, isFresh: true };
export const waitFor = (until: Extract<Decision, { kind: "wait" }>["until"]) => ({ kind: "wait", until }) as const;

export type Case = readonly [row: string, sentence: string, state: Changes, action: Partial<Decision>];

/** Rows 0 to 4: what is decided before CURRENT is asked. */
export const beforeCurrent: readonly Case[] = [
  [
    "U1",
    "an unsaved value is stored at once above my claim, unasked",
    { unsaved: { verdict: "not-asked", isYoung: false }, claim: mine, pending: good, isPaused: true },
    { kind: "store", versionStage: "PENDING" },
  ],
  [
    "U1",
    "an unsaved value is stored above my claim although its time is over",
    { unsaved: { verdict: "not-asked", isYoung: false }, claim: { isMine: true } },
    { kind: "store" },
  ],
  [
    "U1",
    "an unsaved value is stored above my claim although the issuer refuses it",
    { unsaved: { ...dead, isYoung: false }, claim: mine },
    { kind: "store" },
  ],
  [
    "U1",
    "a value that must go to CURRENT logs in first",
    { unsaved: { verdict: "not-asked", isYoung: false }, claim: mine, writes: "current" },
    { kind: "log-in-unsaved" },
  ],
  [
    "U1",
    "a value that has logged in goes to CURRENT",
    { unsaved: { ...good, isYoung: false }, claim: mine, writes: "current" },
    { kind: "store", versionStage: "CURRENT" },
  ],
  [
    "U1",
    "in doubt whether Vault takes it as PENDING, the value asks to log in for CURRENT",
    { unsaved: { verdict: "not-asked", isYoung: false }, claim: mine, writes: "either" },
    { kind: "log-in-unsaved" },
  ],
  [
    "U1",
    "in doubt, a value that logs in goes to CURRENT",
    { unsaved: { ...good, isYoung: false }, claim: mine, writes: "either" },
    { kind: "store", versionStage: "CURRENT" },
  ],
  [
    "U1",
    "in doubt, a value of which nobody knows is tried as PENDING rather than kept in hand",
    { unsaved: { verdict: "unknown", isYoung: false }, claim: mine, writes: "either" },
    { kind: "store", versionStage: "PENDING" },
  ],
  [
    "U1",
    "a value that does not log in yet is kept from CURRENT while there is time",
    { unsaved: { verdict: "unknown", isYoung: false }, claim: mine, writes: "current" },
    waitFor("verdict"),
  ],
  [
    "U1",
    "a value that does not log in yet goes to CURRENT in the last moment, since it exists nowhere else",
    { unsaved: { ...dead, isYoung: false }, claim: mine, writes: "current", isLastMoment: true },
    { kind: "store", versionStage: "CURRENT" },
  ],

  [
    "U2",
    "a value just received is stored at once although another has written above my claim",
    { unsaved: { verdict: "not-asked", isYoung: true }, pending: good },
    { kind: "store", versionStage: "PENDING" },
  ],
  [
    "U3",
    "a value just received logs in first where it must go to CURRENT",
    { unsaved: { verdict: "not-asked", isYoung: true }, writes: "current" },
    { kind: "log-in-unsaved" },
  ],
  [
    "U3",
    "so it does in the last moment, where another has written above my claim: what applications read is not replaced unasked",
    { unsaved: { verdict: "not-asked", isYoung: true }, writes: "current", isLastMoment: true },
    { kind: "log-in-unsaved" },
  ],
  [
    "U3",
    "an unsaved value is asked about where another has written above my claim",
    { unsaved: { verdict: "not-asked", isYoung: false }, pending: good },
    { kind: "log-in-unsaved" },
  ],
  [
    "U4",
    "an unsaved value is dropped where another has written and the issuer refuses it",
    { unsaved: { ...dead, isYoung: false } },
    { kind: "drop" },
  ],
  [
    "U5",
    "an unsaved value is stored where another has written and it logs in",
    { unsaved: { ...good, isYoung: false } },
    { kind: "store", versionStage: "PENDING" },
  ],
  [
    "U5",
    "an unsaved value is stored where another has written and nobody knows",
    { unsaved: { verdict: "unknown", isYoung: false }, claim: { isLive: true } },
    { kind: "store", versionStage: "PENDING" },
  ],

  [
    "P3",
    "what this call minted and stored ends CREATE without a login",
    { goal: "create", pending: { isOwn: true } },
    { kind: "done", code: "OK", versionNo: 8 },
  ],
  [
    "P4",
    "what this call minted and stored logs in before a whole rotation promotes it",
    { pending: { isOwn: true } },
    logInWith(8, "verify-pending"),
  ],
  [
    "P4",
    "a PENDING credential is asked before CURRENT",
    { goal: "create", pending: {} },
    logInWith(8, "verify-pending"),
  ],
  [
    "P6",
    "an unknown verdict on PENDING is waited for",
    { pending: { verdict: "unknown" }, current: good },
    waitFor("verdict"),
  ],
  [
    "P6",
    "an unknown verdict on PENDING is waited for by a heal",
    { goal: "heal", pending: { verdict: "unknown" } },
    waitFor("verdict"),
  ],
  [
    "P6",
    "a heal with an unknown verdict on PENDING leaves another's live claim alone at once",
    { goal: "heal", pending: { verdict: "unknown" }, claim: { isLive: true } },
    { kind: "fail", code: "CLAIM_LIVE", what: "another run holds the claim on this secret" },
  ],
  [
    "P7",
    "a PENDING credential that logs in ends CREATE",
    { goal: "create", pending: good },
    { kind: "done", code: "OK", versionNo: 8 },
  ],
  [
    "P7",
    "a PENDING credential that logs in is promoted, for a new rotation too, paused or past my time",
    { pending: good, isPaused: true, claim: { isMine: true } },
    { kind: "promote", versionNo: 8 },
  ],
  [
    "P7",
    "a PENDING credential that logs in is promoted by a heal, whoever is at work",
    { goal: "heal", pending: good, claim: { isLive: true } },
    { kind: "promote", versionNo: 8 },
  ],
];
