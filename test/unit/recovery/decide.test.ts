import { describe, expect, test } from "vitest";
import { type Action, decideRotation, type View } from "../../../src/recovery/decide.ts";
import { baseView } from "./views.ts";

const accepted = { ...baseView.current, verdict: "accepted" } as const;
const rejected = { ...baseView.current, verdict: "rejected" } as const;
const pending = (verdict: NonNullable<View["pending"]>["verdict"], isOwn = false) => ({ versionNo: 8, verdict, isOwn });
const hand = (verdict: NonNullable<View["hand"]>["verdict"], isOvertaken: boolean) => ({ verdict, isOvertaken });
const open = { left: 1, isSettled: false, hasPassedLanding: false };

const rules: readonly [sentence: string, view: Partial<View>, action: Partial<Action>][] = [
  [
    "an UPDATING secret is waited for, whatever else is seen",
    { isUpdating: true, hand: hand("accepted", false) },
    { kind: "wait", until: "active" },
  ],
  [
    "a value in hand is stored before anything else is asked",
    { hand: hand("not-asked", false), pending: pending("accepted"), isPaused: true },
    { kind: "store" },
  ],
  [
    "a value in hand is stored although the issuer refuses it, while nobody else has written",
    { hand: hand("rejected", false) },
    { kind: "store" },
  ],
  [
    "a value in hand logs in before it is stored over the version of another",
    { hand: hand("not-asked", true) },
    { kind: "log-in-hand" },
  ],
  [
    "a value in hand that another overtook is stored where it logs in",
    { hand: hand("accepted", true) },
    { kind: "store" },
  ],
  [
    "a value in hand that another overtook is stored where nobody knows",
    { hand: hand("unknown", true) },
    { kind: "store" },
  ],
  [
    "a value in hand that another overtook is dropped only where the issuer refuses it",
    { hand: hand("rejected", true) },
    { kind: "drop" },
  ],
  [
    "a version that this call minted and stored ends CREATE without a login",
    { goal: "create", pending: pending("not-asked", true) },
    { kind: "done", code: "OK", versionNo: 8 },
  ],
  [
    "a version that this call minted and stored logs in before a promote",
    { pending: pending("not-asked", true) },
    { kind: "log-in", versionNo: 8, stage: "verify-pending" },
  ],
  [
    "a PENDING version of another logs in before CREATE adopts it",
    { goal: "create", pending: pending("not-asked") },
    { kind: "log-in", versionNo: 8, stage: "verify-pending" },
  ],
  [
    "a PENDING version that logs in ends CREATE",
    { goal: "create", pending: pending("accepted") },
    { kind: "done", code: "OK", versionNo: 8 },
  ],
  ["a PENDING version that logs in is promoted", { pending: pending("accepted") }, { kind: "promote", versionNo: 8 }],
  [
    "a PENDING version that logs in is promoted also while paused",
    { pending: pending("accepted"), isPaused: true },
    { kind: "promote", versionNo: 8 },
  ],
  [
    "an unknown verdict on PENDING is waited for",
    { pending: pending("unknown"), current: accepted },
    { kind: "wait", until: "verdict" },
  ],
  [
    "after a refused PENDING version CURRENT is asked",
    { pending: pending("rejected") },
    { kind: "log-in", versionNo: 7, stage: "verify-current" },
  ],
  ["without a PENDING version CURRENT is asked", {}, { kind: "log-in", versionNo: 7, stage: "verify-current" }],
  [
    "an unknown verdict on CURRENT is waited for",
    { current: { ...baseView.current, verdict: "unknown" } },
    { kind: "wait", until: "verdict" },
  ],
  ["before a mint everything that may fail is asked", { current: accepted }, { kind: "prepare" }],
  ["prepared, a new secret is minted", { current: accepted, isPrepared: true }, { kind: "mint" }],
  [
    "prepared, a refused PENDING version is replaced",
    { current: accepted, pending: pending("rejected"), isPrepared: true },
    { kind: "mint" },
  ],
  [
    "a paused rotation ends where it would mint",
    { current: accepted, isPrepared: true, isPaused: true },
    { kind: "fail", code: "PAUSED" },
  ],
  [
    "an unanswered mint is waited for while CURRENT still logs in",
    { current: accepted, mint: open, isPrepared: true },
    { kind: "wait", until: "landed" },
  ],
  [
    "an unanswered mint that never landed is sent once more",
    { current: accepted, mint: { ...open, hasPassedLanding: true }, isPrepared: true },
    { kind: "mint" },
  ],
  [
    "no third mint is sent",
    { current: accepted, mint: { left: 0, isSettled: false, hasPassedLanding: true }, isPrepared: true },
    { kind: "fail", code: "VERDICT_UNKNOWN" },
  ],
  [
    "another value in CURRENT than at first is somebody else's rotation",
    { current: { ...accepted, isFirstSeen: false }, isPrepared: true },
    { kind: "done", code: "ALREADY_ROTATED", versionNo: 7 },
  ],
  [
    "while a mint is open, another's rotation is not yet the end",
    { current: { ...accepted, isFirstSeen: false }, mint: open },
    { kind: "wait", until: "landed" },
  ],
  [
    "a refused CURRENT after a mint is answered by reading back",
    { current: rejected, mint: open, readBack: "possible", hasToken: true },
    { kind: "read-back" },
  ],
  [
    "where nothing can be read back, the token of this call mints once more",
    { current: rejected, mint: open, hasToken: true, isPrepared: true },
    { kind: "mint" },
  ],
  ["also that mint is prepared first", { current: rejected, mint: open, hasToken: true }, { kind: "prepare" }],
  [
    "a refused CURRENT without a token of this call is the end",
    { current: rejected, readBack: "possible" },
    { kind: "fail", code: "LOCKED_OUT" },
  ],
  [
    "a refused CURRENT and a refused PENDING without a token are the end",
    { current: rejected, pending: pending("rejected") },
    { kind: "fail", code: "LOCKED_OUT" },
  ],
];

describe("CREATE_PENDING_VERSION and a whole rotation decide, the first rule that fits", () => {
  test.each(rules)("%s", (_sentence, changes, action) => {
    expect(decideRotation({ ...baseView, ...changes })).toMatchObject(action);
  });
});
