import { describe, expect, test } from "vitest";
import type { Decision } from "../../../../src/rotation/decide/decide.ts";
import { isHealthy, nextText, type SecretSummary, stateNameOf } from "../../../../src/rotation/plan/plan-text.ts";

const done: Decision = { kind: "done", code: "NOTHING_TO_DO", versionNo: 1 };
const plain: SecretSummary = {
  current: { versionNo: 1, verdict: "accepted", isClaim: false },
  pending: null,
  isBusy: false,
  isInstallable: false,
};
const refused = { ...plain, current: { ...plain.current, verdict: "rejected" as const } };
const fail = (code: "LOCKED_OUT" | "CONTENT_INVALID" | "PAUSED"): Decision => ({
  kind: "fail",
  code,
  what: "it ended",
});

describe("the name of a state", () => {
  test.each<[string, Decision, SecretSummary | null]>([
    ["healthy", done, plain],
    ["updating", { kind: "wait", until: "active" }, null],
    ["busy", done, { ...plain, isBusy: true }],
    ["busy", done, { ...refused, isBusy: true }],
    ["locked-out", fail("LOCKED_OUT"), refused],
    ["unusable", fail("CONTENT_INVALID"), { ...plain, current: { ...plain.current, verdict: "not-asked" } }],
    ["down", { kind: "prepare" }, refused],
    ["down", fail("PAUSED"), refused],
    ["healthy", fail("PAUSED"), plain],
    ["unknown", { kind: "wait", until: "verdict" }, { ...plain, current: { ...plain.current, verdict: "unknown" } }],
    ["unknown", { kind: "wait", until: "verdict" }, { ...plain, pending: { versionNo: 2, verdict: "unknown" } }],
    ["interrupted", { kind: "promote", versionNo: 2 }, { ...plain, pending: { versionNo: 2, verdict: "accepted" } }],
    ["interrupted", { kind: "promote", versionNo: 1 }, { ...plain, current: { ...plain.current, isClaim: true } }],
    [
      "interrupted",
      { kind: "install", versionNo: 2 },
      { ...plain, isInstallable: true, pending: { versionNo: 2, verdict: "rejected" } },
    ],
    ["poisoned", done, { ...plain, pending: { versionNo: 2, verdict: "rejected" } }],
    ["overlap-due", { kind: "retire", versionNo: 1 }, plain],
    ["overlap-due", { kind: "take-lease" }, plain],
    ["healthy", { kind: "note-current" }, plain],
    ["healthy", { kind: "prepare" }, plain],
  ])("is %s", (state, decision, seen) => {
    expect(stateNameOf(decision, seen)).toBe(state);
  });

  test("is that of a healthy secret only while CURRENT works", () => {
    const { current } = plain;
    expect(isHealthy("healthy", current)).toBe(true);
    expect(isHealthy("busy", current)).toBe(true);
    expect(isHealthy("busy", refused.current)).toBe(false);
    expect(isHealthy("busy", null)).toBe(false);
    expect(isHealthy("poisoned", current)).toBe(false);
  });
});

describe("the next step in words", () => {
  const situation = { isCallerChosen: false, pendingNo: null, previousNo: null };

  test("says what a lease is taken for", () => {
    const lease: Decision = { kind: "take-lease" };
    expect(nextText(lease, { ...situation, pendingNo: 3, previousNo: 1 })).toContain("client secret of version 3");
    expect(nextText(lease, { ...situation, previousNo: 1 })).toContain("delete the client secret of version 1");
    expect(nextText(lease, situation)).toContain("look again");
  });

  test.each<[Decision, string]>([
    [{ kind: "wait", until: "active" }, "ACTIVE"],
    [{ kind: "wait", until: "verdict" }, "ask the issuer again"],
    [{ kind: "wait", until: "landed" }, "taken effect"],
    [{ kind: "wait", until: "claim" }, "the other run"],
    [{ kind: "log-in-pending", versionNo: 4 }, "version 4"],
    [{ kind: "log-in-unsaved" }, "the value that the issuer holds"],
    [{ kind: "install", versionNo: 5 }, "version 5"],
    [{ kind: "note-no-grace" }, "no stored client secret has a grace"],
    [{ kind: "note-current" }, "grace of the older"],
    [{ kind: "retire", versionNo: 1 }, "delete"],
    [{ kind: "keep-alone", versionNo: 1 }, "have the issuer keep the client secret of version 1 alone"],
    [{ kind: "read-others" }, "second authorities"],
    [{ kind: "read-back" }, "ask the issuer for the client secret"],
    [{ kind: "copy", versionNo: 1 }, "as a new version"],
    [{ kind: "store", versionStage: "PENDING" }, "as a new version"],
    [{ kind: "drop" }, "drop"],
    [{ kind: "promote", versionNo: 6 }, "make version 6 CURRENT"],
    [done, "nothing"],
    [fail("PAUSED"), "none"],
  ])("of %j names what it does", (decision, words) => {
    expect(nextText(decision, situation)).toContain(words);
  });

  test("of a new client secret differs by who makes it", () => {
    for (const kind of ["prepare", "claim", "mint", "generate"] as const) {
      expect(nextText({ kind }, situation)).toContain("have the issuer make");
      expect(nextText({ kind }, { ...situation, isCallerChosen: true })).toContain("give it to the issuer");
    }
    for (const kind of ["try-pending", "note-pending"] as const) {
      expect(nextText({ kind }, situation)).toBe(nextText({ kind: "prepare" }, situation));
    }
  });
});
