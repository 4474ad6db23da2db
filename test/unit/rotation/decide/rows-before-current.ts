import type { Action, View } from "../../../../src/rotation/decide/decide.ts";
import { baseView } from "./views.ts";

/** What a sentence says of a view; everything else is as in `baseView`. */
export type Changes = Omit<Partial<View>, "pending" | "current" | "claim" | "mint"> & {
  readonly pending?: Partial<NonNullable<View["pending"]>>;
  readonly current?: Partial<View["current"]>;
  readonly claim?: Partial<View["claim"]>;
  readonly mint?: Partial<View["mint"]>;
};

export function viewWith({ pending, current, claim, mint, ...rest }: Changes): View {
  return {
    ...baseView,
    ...rest,
    pending: pending === undefined ? null : { versionNo: 8, verdict: "not-asked", isOwn: false, ...pending },
    current: { ...baseView.current, ...current },
    claim: { ...baseView.claim, ...claim },
    mint: { ...baseView.mint, ...mint },
  };
}

export const good = { verdict: "accepted" } as const;
export const dead = { verdict: "rejected" } as const;
export const mine = { isMine: true, isFresh: true };
export const waitFor = (until: Extract<Action, { kind: "wait" }>["until"]) => ({ kind: "wait", until }) as const;

export type Case = readonly [row: string, sentence: string, view: Changes, action: Partial<Action>];

/** Rows 0 to 4: what is decided before CURRENT is asked. */
export const beforeCurrent: readonly Case[] = [
  [
    "0",
    "an UPDATING secret is waited for, also with a value in hand",
    { isUpdating: true, hand: { ...good, isYoung: false } },
    waitFor("active"),
  ],

  [
    "1",
    "a value in hand is stored at once above my claim, unasked",
    { hand: { verdict: "not-asked", isYoung: false }, claim: mine, pending: good, isPaused: true },
    { kind: "store", versionStage: "PENDING" },
  ],
  [
    "1",
    "a value in hand is stored above my claim although its time is over",
    { hand: { verdict: "not-asked", isYoung: false }, claim: { isMine: true } },
    { kind: "store" },
  ],
  [
    "1",
    "a value in hand is stored above my claim although the issuer refuses it",
    { hand: { ...dead, isYoung: false }, claim: mine },
    { kind: "store" },
  ],
  [
    "1",
    "a value that must go to CURRENT logs in first",
    { hand: { verdict: "not-asked", isYoung: false }, claim: mine, writes: "current" },
    { kind: "log-in-hand" },
  ],
  [
    "1",
    "a value that has logged in goes to CURRENT",
    { hand: { ...good, isYoung: false }, claim: mine, writes: "current" },
    { kind: "store", versionStage: "CURRENT" },
  ],
  [
    "1",
    "in doubt whether Vault takes it as PENDING, the value asks to log in for CURRENT",
    { hand: { verdict: "not-asked", isYoung: false }, claim: mine, writes: "either" },
    { kind: "log-in-hand" },
  ],
  [
    "1",
    "in doubt, a value that logs in goes to CURRENT",
    { hand: { ...good, isYoung: false }, claim: mine, writes: "either" },
    { kind: "store", versionStage: "CURRENT" },
  ],
  [
    "1",
    "in doubt, a value of which nobody knows is tried as PENDING rather than kept in hand",
    { hand: { verdict: "unknown", isYoung: false }, claim: mine, writes: "either" },
    { kind: "store", versionStage: "PENDING" },
  ],
  [
    "1",
    "a value that does not log in yet is kept from CURRENT while there is time",
    { hand: { verdict: "unknown", isYoung: false }, claim: mine, writes: "current" },
    waitFor("verdict"),
  ],
  [
    "1",
    "a value that does not log in yet goes to CURRENT in the last moment, since it exists nowhere else",
    { hand: { ...dead, isYoung: false }, claim: mine, writes: "current", isLastMoment: true },
    { kind: "store", versionStage: "CURRENT" },
  ],

  [
    "2",
    "a value just received is stored at once although another has written above my claim",
    { hand: { verdict: "not-asked", isYoung: true }, pending: good },
    { kind: "store", versionStage: "PENDING" },
  ],
  [
    "2",
    "a value just received logs in first where it must go to CURRENT",
    { hand: { verdict: "not-asked", isYoung: true }, writes: "current" },
    { kind: "log-in-hand" },
  ],
  [
    "2",
    "so it does in the last moment, where another has written above my claim: what applications read is not replaced unasked",
    { hand: { verdict: "not-asked", isYoung: true }, writes: "current", isLastMoment: true },
    { kind: "log-in-hand" },
  ],
  [
    "2",
    "a value in hand is asked about where another has written above my claim",
    { hand: { verdict: "not-asked", isYoung: false }, pending: good },
    { kind: "log-in-hand" },
  ],
  [
    "2",
    "a value in hand is dropped where another has written and the issuer refuses it",
    { hand: { ...dead, isYoung: false } },
    { kind: "drop" },
  ],
  [
    "2",
    "a value in hand is stored where another has written and it logs in",
    { hand: { ...good, isYoung: false } },
    { kind: "store", versionStage: "PENDING" },
  ],
  [
    "2",
    "a value in hand is stored where another has written and nobody knows",
    { hand: { verdict: "unknown", isYoung: false }, claim: { isLive: true } },
    { kind: "store", versionStage: "PENDING" },
  ],

  [
    "4",
    "what this call minted and stored ends CREATE without a login",
    { goal: "create", pending: { isOwn: true } },
    { kind: "done", code: "OK", versionNo: 8 },
  ],
  [
    "4",
    "what this call minted and stored logs in before a whole rotation promotes it",
    { pending: { isOwn: true } },
    { kind: "log-in-pending", versionNo: 8 },
  ],
  [
    "4",
    "a PENDING credential is asked before CURRENT",
    { goal: "create", pending: {} },
    { kind: "log-in-pending", versionNo: 8 },
  ],
  [
    "3",
    "an unknown verdict on PENDING is waited for",
    { pending: { verdict: "unknown" }, current: good },
    waitFor("verdict"),
  ],
  [
    "3",
    "an unknown verdict on PENDING is waited for by a heal",
    { goal: "heal", pending: { verdict: "unknown" } },
    waitFor("verdict"),
  ],
  [
    "3",
    "a heal with an unknown verdict on PENDING leaves another's live claim alone at once",
    { goal: "heal", pending: { verdict: "unknown" }, claim: { isLive: true } },
    { kind: "fail", code: "CLAIM_LIVE", what: "another run holds the claim on this secret" },
  ],
  [
    "4",
    "a PENDING credential that logs in ends CREATE",
    { goal: "create", pending: good },
    { kind: "done", code: "OK", versionNo: 8 },
  ],
  [
    "4",
    "a PENDING credential that logs in is promoted, for a new rotation too, paused or past my time",
    { pending: good, isPaused: true, claim: { isMine: true } },
    { kind: "promote", versionNo: 8 },
  ],
  [
    "4",
    "a PENDING credential that logs in is promoted by a heal, whoever is at work",
    { goal: "heal", pending: good, claim: { isLive: true } },
    { kind: "promote", versionNo: 8 },
  ],
];
