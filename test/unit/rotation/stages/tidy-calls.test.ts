import { describe, expect, test } from "vitest";
import { turnOf } from "../../../../src/base/budget.ts";
import { DAY_MS, HOUR_MS } from "../../../../src/base/durations.ts";
import { RotationError } from "../../../../src/base/errors.ts";
import type { Write } from "../../../../src/clients/vault/store.ts";
import { createAttempt } from "../../../../src/rotation/attempt.ts";
import type { Context } from "../../../../src/rotation/context.ts";
import { cancelDeletions, tidy, tidyAtEnd } from "../../../../src/rotation/stages/tidy.ts";
import { claim, credential, noteLogin, type Written } from "../rig.ts";
import { createStageRig, deprecated, listOf, type StageRig } from "./rig.ts";

/** The budget of the rig is 280 s. */
const BUDGET_MS = 280_000;
const KEEP_NONE = { OROT_KEEP_DEPRECATED_VERSIONS: "0" };

const refused: Write = { outcome: "refused", error: new RotationError("VAULT_FORBIDDEN", "no right to do that") };
const current = (no: number): Written => ({ no, stages: ["CURRENT", "LATEST"], content: credential("S") });
/** So many DEPRECATED versions below CURRENT. */
const old = (count: number, rest: Partial<Written> = {}): Written[] => [
  ...Array.from({ length: count }, (_, index) => deprecated(index + 1, rest)),
  current(count + 1),
];

async function run(stage: StageRig, currentNo = stage.rig.vault.versions.length) {
  const list = await listOf(stage);
  return tidy(stage.context, accepted(stage, currentNo), list, currentNo);
}

/** A call in which CURRENT has just logged in. */
function accepted({ rig }: StageRig, currentNo: number) {
  const attempt = createAttempt(null);
  noteLogin(attempt, rig, currentNo, "accepted");
  return attempt;
}

const numbers = ({ sent }: StageRig) => sent.map(([, versionNo]) => versionNo);

describe("tidying", () => {
  test("with nothing DEPRECATED reads nothing and sends nothing", async () => {
    const stage = createStageRig([
      { no: 1, stages: ["PREVIOUS"], content: credential("S1") },
      deprecated(2, { isBeingDeleted: true }),
      deprecated(3, { stages: ["DEPRECATED", "LATEST"] }),
      { ...current(4), stages: ["CURRENT"] },
    ]);
    expect(await run(stage)).toBe(0);
    expect(stage.rig.asked).toEqual(["list"]);
    expect(stage.sent).toEqual([]);
  });

  test("schedules what is in turn under the etag of a look right before, and counts and logs it", async () => {
    const stage = createStageRig([deprecated(1), deprecated(2), current(3)], KEEP_NONE);
    const asOf = stage.rig.clock.now();
    expect(await run(stage)).toBe(2);
    expect(stage.sent).toEqual([
      ["schedule", 1, asOf + 2 * DAY_MS, "etag-1"],
      ["schedule", 2, asOf + 2 * DAY_MS, "etag-1"],
    ]);
    expect(stage.rig.log).toEqual(
      [1, 2].map((versionNo) =>
        expect.objectContaining({
          level: "info",
          event: "stage",
          stage: "tidy",
          versionNo,
          outcome: "deletion-scheduled",
        }),
      ),
    );
    expect(stage.rig.asked.filter((call) => call === "read-secret")).toHaveLength(2);
  });

  test.each([
    ["1", DAY_MS + HOUR_MS],
    ["2", 2 * DAY_MS],
    ["30", 30 * DAY_MS],
  ])("%s days ahead stays clear of Vault's least delay", async (days, ahead) => {
    const stage = createStageRig(old(1), { ...KEEP_NONE, OROT_VERSION_DELETION_DAYS: days });
    const asOf = stage.rig.clock.now();
    await run(stage);
    expect(stage.sent.map(([, , at]) => at)).toEqual([asOf + ahead]);
  });

  test("reads the contents first, but for those that await deletion, and keeps the newest", async () => {
    const versions = [deprecated(1), deprecated(2, { isBeingDeleted: true }), deprecated(3), current(4)];
    const stage = createStageRig(versions, { OROT_KEEP_DEPRECATED_VERSIONS: "1" });
    expect(await run(stage)).toBe(1);
    expect(numbers(stage)).toEqual([1]);
    expect(stage.rig.asked.filter((call) => /^read \d/.test(call)).sort()).toEqual(["read 1", "read 3", "read 4"]);
  });

  test("schedules the oldest ten at the most", async () => {
    const stage = createStageRig(old(12), KEEP_NONE);
    expect(await run(stage)).toBe(10);
    expect(numbers(stage)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  test("schedules claims before what they were made from: afterwards nobody could tell them from forged ones", async () => {
    const claims = [deprecated(13, { content: claim("S12", { base: 12 }) }), current(14)];
    const older = deprecated(2, { content: claim("S1", { base: 1 }) });
    const versions = [deprecated(1), older, ...old(12).slice(2, 12), ...claims];
    const stage = createStageRig(versions, KEEP_NONE, (_, versionNo) =>
      versionNo === 1 ? refused : { outcome: "done" },
    );
    await run(stage);
    expect(numbers(stage)).toEqual([2, 1]);
  });

  test("does nothing unless CURRENT has logged in in this call", async () => {
    for (const verdict of [null, "rejected", "unknown"] as const) {
      const stage = createStageRig(old(2), KEEP_NONE);
      const attempt = createAttempt(null);
      if (verdict !== null) noteLogin(attempt, stage.rig, 3, verdict);
      noteLogin(attempt, stage.rig, 2, "accepted");
      expect(await tidy(stage.context, attempt, await listOf(stage), 3)).toBe(0);
      expect(stage.sent).toEqual([]);
    }
  });

  test("ends at the first write that does not end well, with a warning that says why", async () => {
    const stage = createStageRig(old(3), KEEP_NONE, (_, versionNo) =>
      versionNo === 2 ? refused : { outcome: "done" },
    );
    expect(await run(stage)).toBe(1);
    expect(numbers(stage)).toEqual([1, 2]);
    expect(stage.rig.log.at(-1)).toMatchObject({
      level: "warn",
      event: "tidy-failed",
      stage: "tidy",
      versionNo: 2,
      outcome: "refused",
      code: "VAULT_FORBIDDEN",
      message: refused.outcome === "refused" ? refused.error.returnMessage : "",
    });
  });

  test("waits between two writes until the secret is ACTIVE again, looking every second", async () => {
    const busyTwice = (state: Parameters<NonNullable<Parameters<typeof createStageRig>[3]>>[0], reads: number) =>
      reads <= 2 ? { ...state, lifecycle: "UPDATING" } : state;
    const stage = createStageRig(old(1), KEEP_NONE, undefined, busyTwice);
    expect(await run(stage)).toBe(1);
    expect(stage.rig.clock.slept).toEqual([1_000, 1_000]);
  });

  test("gives up on a secret that does not become ACTIVE within the time of a write", async () => {
    const stage = createStageRig(old(1), { ...KEEP_NONE, OROT_ACTIVE_WAIT_SECONDS: "12" });
    stage.rig.vault.lifecycle = "UPDATING";
    expect(await run(stage)).toBe(0);
    expect(stage.sent).toEqual([]);
    expect(stage.rig.clock.slept).toEqual(Array.from({ length: 12 }, () => 1_000));
  });

  test("gives up on it also where the call has no second left to look again", async () => {
    const stage = createStageRig(old(1), { ...KEEP_NONE, OROT_CALL_TIMEOUT_SECONDS: "1" });
    stage.rig.vault.lifecycle = "UPDATING";
    stage.rig.clock.advance(BUDGET_MS - 2_500);
    expect(await run(stage)).toBe(0);
    // 2.5 s, 1.5 s, and no later than when a second is left.
    expect(stage.rig.clock.slept).toEqual([1_000, 500]);
    const exact = createStageRig(old(1), { ...KEEP_NONE, OROT_CALL_TIMEOUT_SECONDS: "1" });
    exact.rig.vault.lifecycle = "UPDATING";
    exact.rig.clock.advance(BUDGET_MS - 3_000);
    await run(exact);
    expect(exact.rig.clock.slept).toEqual([1_000, 1_000]);
  });

  test.each([
    [20_000, 0],
    [20_001, 1],
  ])("with %i ms left, two calls being 20 s, schedules %i", async (leftMs, scheduled) => {
    const stage = createStageRig(old(1), KEEP_NONE);
    stage.rig.clock.advance(BUDGET_MS - leftMs);
    expect(await run(stage)).toBe(scheduled);
    expect(stage.rig.asked.includes("read-secret")).toBe(scheduled > 0);
  });
});

describe("tidying at the end", () => {
  const atEnd = (stage: StageRig, context: Context = stage.context) => {
    const current = stage.rig.vault.versions.find(({ stages }) => stages.includes("CURRENT"));
    return tidyAtEnd(context, accepted(stage, current?.no ?? 0));
  };

  test("does nothing while no more are DEPRECATED than are kept", async () => {
    const stage = createStageRig(old(6));
    await atEnd(stage);
    expect([stage.rig.asked, stage.sent, stage.rig.log]).toEqual([["list"], [], []]);
    const more = createStageRig(old(7));
    await atEnd(more);
    expect(numbers(more)).toEqual([1]);
  });

  test("takes CURRENT's number from the list", async () => {
    const stage = createStageRig(
      [deprecated(1), { ...current(2), stages: ["CURRENT"] }, deprecated(3), deprecated(4), deprecated(5)],
      KEEP_NONE,
    );
    await atEnd(stage);
    expect(numbers(stage)).toEqual([1]);
  });

  test("waits until Vault lists again, and leaves it where it does not", async () => {
    for (const isListedThen of [true, false]) {
      const stage = createStageRig(old(1), KEEP_NONE);
      let lists = 0;
      const listVersions = async () => {
        lists += 1;
        return isListedThen && lists > 1 ? stage.context.clients.vault.listVersions() : null;
      };
      await atEnd(stage, {
        ...stage.context,
        clients: { ...stage.context.clients, vault: { ...stage.context.clients.vault, listVersions } },
      });
      expect(lists).toBe(2);
      expect(numbers(stage)).toEqual(isListedThen ? [1] : []);
      expect(stage.rig.asked).toContain("read-secret");
      expect(stage.rig.log.filter(({ event }) => event === "tidy-failed")).toEqual([]);
    }
  });

  test("leaves a secret without CURRENT alone", async () => {
    const stage = createStageRig([deprecated(1), deprecated(2)], KEEP_NONE);
    await atEnd(stage);
    expect([stage.sent, stage.rig.log]).toEqual([[], []]);
  });

  test("that fails is a warning with the code, and nothing more", async () => {
    const stage = createStageRig(old(1), KEEP_NONE);
    const listVersions = async () => Promise.reject(new RotationError("VAULT_UNAVAILABLE", "no answer"));
    await atEnd(stage, {
      ...stage.context,
      clients: { ...stage.context.clients, vault: { ...stage.context.clients.vault, listVersions } },
    });
    expect(stage.rig.log).toEqual([
      expect.objectContaining({ level: "warn", event: "tidy-failed", stage: "tidy", outcome: "VAULT_UNAVAILABLE" }),
    ]);
  });
});

describe("taking deletions back", () => {
  test("sends one for each version that awaits deletion, and names each in a warning", async () => {
    const stage = createStageRig(
      [deprecated(1, { isBeingDeleted: true }), deprecated(2), deprecated(3, { isBeingDeleted: true }), current(4)],
      {},
      (_, versionNo) => (versionNo === 3 ? refused : { outcome: "done" }),
    );
    await cancelDeletions(stage.context, await listOf(stage));
    expect(stage.sent).toEqual([
      ["cancel", 3, "etag-1"],
      ["cancel", 1, "etag-1"],
    ]);
    expect(stage.rig.log).toEqual([
      expect.objectContaining({
        level: "warn",
        event: "deletion-cancelled",
        stage: "tidy",
        versionNo: 3,
        outcome: "refused",
      }),
      expect.objectContaining({ level: "warn", event: "deletion-cancelled", versionNo: 1, outcome: "done" }),
    ]);
  });

  test("is done for ten at the most, the newest", async () => {
    const stage = createStageRig(old(12, { isBeingDeleted: true }));
    await cancelDeletions(stage.context, await listOf(stage));
    expect(numbers(stage)).toEqual([12, 11, 10, 9, 8, 7, 6, 5, 4, 3]);
  });

  test("goes on after its secret's turn in a heal of many: it makes room for an unsaved value", async () => {
    const stage = createStageRig(old(2, { isBeingDeleted: true }));
    const { context, rig, sent } = stage;
    const turn = turnOf(context.budget, rig.clock, 20_000);
    rig.clock.advance(30_000);
    await cancelDeletions({ ...context, budget: turn }, await listOf(stage));
    expect(sent).toEqual([
      ["cancel", 2, "etag-1"],
      ["cancel", 1, "etag-1"],
    ]);
  });

  test("ends where the secret stays UPDATING, or the time does not suffice", async () => {
    const busy = createStageRig(old(2, { isBeingDeleted: true }));
    busy.rig.vault.lifecycle = "UPDATING";
    await cancelDeletions(busy.context, await listOf(busy));
    expect(busy.sent).toEqual([]);
    expect(busy.rig.clock.slept).toHaveLength(30);
    const late = createStageRig(old(2, { isBeingDeleted: true }));
    late.rig.clock.advance(BUDGET_MS - 20_000);
    await cancelDeletions(late.context, await listOf(late));
    expect([late.sent, late.rig.clock.slept]).toEqual([[], []]);
  });
});
