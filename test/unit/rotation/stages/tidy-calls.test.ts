import { describe, expect, test } from "vitest";
import { turnOf } from "../../../../src/base/budget.ts";
import { DAY_MS, HOUR_MS } from "../../../../src/base/durations.ts";
import { RotationError } from "../../../../src/base/errors.ts";
import type { Write } from "../../../../src/clients/vault/store.ts";
import { createAttempt } from "../../../../src/rotation/attempt/attempt.ts";
import type { Context } from "../../../../src/rotation/context.ts";
import { cancelDeletions, tidy, tidyAtEnd } from "../../../../src/rotation/stages/tidy.ts";
import {
  BUDGET_MS,
  claim,
  createRig,
  credential,
  deprecated,
  listOf,
  noteLogin,
  type Rig,
  type Toys,
  type Written,
  withVault,
} from "../rig.ts";

const KEEP_NONE = { OROT_KEEP_DEPRECATED_VERSIONS: "0" };

/** A rig whose Vault does what it is sent, unless told otherwise. */
const taking = (versions: readonly Written[], environment: Readonly<Record<string, string>> = {}, toys: Toys = {}) =>
  createRig(versions, environment, { answer: { outcome: "done" }, ...toys });

const refused: Write = { outcome: "refused", error: new RotationError("VAULT_FORBIDDEN", "no right to do that") };
const current = (no: number): Written => ({ no, stages: ["CURRENT", "LATEST"], content: credential("S") });
/** This many DEPRECATED versions below CURRENT. */
const old = (count: number, rest: Partial<Written> = {}): Written[] => [
  ...Array.from({ length: count }, (_, index) => deprecated(index + 1, rest)),
  current(count + 1),
];

async function run(stage: Rig, currentNo = stage.vault.versions.length) {
  const list = await listOf(stage);
  return tidy({ context: stage.context, attempt: accepted(stage, currentNo) }, list, currentNo);
}

/** A call in which CURRENT has just logged in. */
function accepted(stage: Rig, currentNo: number) {
  const attempt = createAttempt(null);
  noteLogin(attempt, stage, currentNo, "accepted");
  return attempt;
}

const numbers = ({ sent }: Rig) => sent.map(([, versionNo]) => versionNo);

const sum = (numbers: readonly number[]) => numbers.reduce((one, other) => one + other, 0);

describe("tidying", () => {
  test("with nothing DEPRECATED reads nothing and sends nothing", async () => {
    const stage = taking([
      { no: 1, stages: ["PREVIOUS"], content: credential("S1") },
      deprecated(2, { isBeingDeleted: true }),
      deprecated(3, { stages: ["DEPRECATED", "LATEST"] }),
      { ...current(4), stages: ["CURRENT"] },
    ]);
    expect(await run(stage)).toBe(0);
    expect(stage.asked).toEqual(["list"]);
    expect(stage.sent).toEqual([]);
  });

  test("schedules what is in turn under the etag of a look right before, and counts and logs it", async () => {
    const stage = taking([deprecated(1), deprecated(2), current(3)], KEEP_NONE);
    const asOf = stage.clock.now();
    expect(await run(stage)).toBe(2);
    expect(stage.sent).toEqual([
      ["schedule", 1, asOf + 2 * DAY_MS, "etag-1"],
      ["schedule", 2, asOf + 2 * DAY_MS, "etag-1"],
    ]);
    expect(stage.log).toEqual(
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
    expect(stage.asked.filter((call) => call === "read-secret")).toHaveLength(2);
  });

  test.each([
    ["1", DAY_MS + HOUR_MS],
    ["2", 2 * DAY_MS],
    ["30", 30 * DAY_MS],
  ])("%s days ahead stays clear of Vault's least delay", async (days, ahead) => {
    const stage = taking(old(1), { ...KEEP_NONE, OROT_VERSION_DELETION_DAYS: days });
    const asOf = stage.clock.now();
    await run(stage);
    expect(stage.sent.map(([, , at]) => at)).toEqual([asOf + ahead]);
  });

  test("reads the contents first, but for those that await deletion, and keeps the newest", async () => {
    const versions = [deprecated(1), deprecated(2, { isBeingDeleted: true }), deprecated(3), current(4)];
    const stage = taking(versions, { OROT_KEEP_DEPRECATED_VERSIONS: "1" });
    expect(await run(stage)).toBe(1);
    expect(numbers(stage)).toEqual([1]);
    expect(stage.asked.filter((call) => /^read \d/.test(call)).sort()).toEqual(["read 1", "read 3", "read 4"]);
  });

  test("schedules the oldest ten at most", async () => {
    const stage = taking(old(12), KEEP_NONE);
    expect(await run(stage)).toBe(10);
    expect(numbers(stage)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  test("schedules claims before what they were made from: afterwards they could not be told from forged ones", async () => {
    const claims = [deprecated(13, { content: claim("S12", { base: 12 }) }), current(14)];
    const older = deprecated(2, { content: claim("S1", { base: 1 }) });
    const versions = [deprecated(1), older, ...old(12).slice(2, 12), ...claims];
    const stage = taking(versions, KEEP_NONE, {
      answer: (_, versionNo) => (versionNo === 1 ? refused : { outcome: "done" }),
    });
    await run(stage);
    expect(numbers(stage)).toEqual([2, 1]);
  });

  test("does nothing unless CURRENT has logged in in this call", async () => {
    for (const verdict of [null, "rejected", "unknown"] as const) {
      const stage = taking(old(2), KEEP_NONE);
      const attempt = createAttempt(null);
      if (verdict !== null) noteLogin(attempt, stage, 3, verdict);
      noteLogin(attempt, stage, 2, "accepted");
      expect(await tidy({ context: stage.context, attempt }, await listOf(stage), 3)).toBe(0);
      expect(stage.sent).toEqual([]);
    }
  });

  test("ends at the first write that does not end well, with a warning that says why", async () => {
    const stage = taking(old(3), KEEP_NONE, {
      answer: (_, versionNo) => (versionNo === 2 ? refused : { outcome: "done" }),
    });
    expect(await run(stage)).toBe(1);
    expect(numbers(stage)).toEqual([1, 2]);
    expect(stage.log.at(-1)).toMatchObject({
      level: "warn",
      event: "tidy-failed",
      stage: "tidy",
      versionNo: 2,
      outcome: "refused",
      code: "VAULT_FORBIDDEN",
      message: refused.outcome === "refused" ? refused.error.returnMessage : "",
    });
  });

  test("waits between two writes until the secret is ACTIVE again", async () => {
    const stage = taking(old(1), KEEP_NONE, {
      stateOf: (state, reads) => (reads <= 2 ? { ...state, lifecycle: "UPDATING" } : state),
    });
    expect(await run(stage)).toBe(1);
    expect(stage.clock.slept).toEqual([100, 100]);
  });

  test("gives up on a secret that does not become ACTIVE within the time of a write", async () => {
    const stage = taking(old(1), { ...KEEP_NONE, OROT_ACTIVE_WAIT_SECONDS: "12" });
    stage.vault.lifecycle = "UPDATING";
    expect(await run(stage)).toBe(0);
    expect(stage.sent).toEqual([]);
    expect(sum(stage.clock.slept)).toBe(12_000);
  });

  test("gives up on it even if the call has no second left to look again", async () => {
    const stage = taking(old(1), { ...KEEP_NONE, OROT_CALL_TIMEOUT_SECONDS: "1" });
    stage.vault.lifecycle = "UPDATING";
    stage.clock.advance(BUDGET_MS - 2_500);
    expect(await run(stage)).toBe(0);
    // No later than when a second is left.
    expect(sum(stage.clock.slept)).toBe(1_500);
    const exact = taking(old(1), { ...KEEP_NONE, OROT_CALL_TIMEOUT_SECONDS: "1" });
    exact.vault.lifecycle = "UPDATING";
    exact.clock.advance(BUDGET_MS - 3_000);
    await run(exact);
    expect(sum(exact.clock.slept)).toBe(2_000);
  });

  test.each([
    [20_000, 0],
    [20_001, 1],
  ])("with %i ms left, two calls being 20 s, schedules %i", async (leftMs, scheduled) => {
    const stage = taking(old(1), KEEP_NONE);
    stage.clock.advance(BUDGET_MS - leftMs);
    expect(await run(stage)).toBe(scheduled);
    expect(stage.asked.includes("read-secret")).toBe(scheduled > 0);
  });
});

describe("tidying at the end", () => {
  const atEnd = (stage: Rig, context: Context = stage.context) => {
    const current = stage.vault.versions.find(({ stages }) => stages.includes("CURRENT"));
    return tidyAtEnd({ context, attempt: accepted(stage, current?.no ?? 0) }, null);
  };

  test("does nothing while no more are DEPRECATED than are kept", async () => {
    const stage = taking(old(6));
    await atEnd(stage);
    expect([stage.asked, stage.sent, stage.log]).toEqual([["list"], [], []]);
    const more = taking(old(7));
    await atEnd(more);
    expect(numbers(more)).toEqual([1]);
  });

  test("asks Vault only if the last look showed more than are kept", async () => {
    const end = async (count: number) => {
      const stage = taking(old(count));
      const seen = await listOf(stage);
      stage.asked.length = 0;
      await tidyAtEnd({ context: stage.context, attempt: accepted(stage, count + 1) }, seen);
      return stage;
    };
    expect((await end(6)).asked).toEqual([]);
    expect(numbers(await end(7))).toEqual([1]);
  });

  test("takes CURRENT's number from the list", async () => {
    const stage = taking(
      [deprecated(1), { ...current(2), stages: ["CURRENT"] }, deprecated(3), deprecated(4), deprecated(5)],
      KEEP_NONE,
    );
    await atEnd(stage);
    expect(numbers(stage)).toEqual([1]);
  });

  test("waits until Vault lists again, and leaves it if it does not", async () => {
    for (const isListedThen of [true, false]) {
      const stage = taking(old(1), KEEP_NONE);
      let lists = 0;
      const listVersions = async () => {
        lists += 1;
        return isListedThen && lists > 1 ? stage.context.clients.vault.listVersions() : null;
      };
      await atEnd(stage, withVault(stage.context, { listVersions }));
      expect(lists).toBe(2);
      expect(numbers(stage)).toEqual(isListedThen ? [1] : []);
      expect(stage.asked).toContain("read-secret");
      expect(stage.log.filter(({ event }) => event === "tidy-failed")).toEqual([]);
    }
  });

  test("leaves a secret without CURRENT alone", async () => {
    const stage = taking([deprecated(1), deprecated(2)], KEEP_NONE);
    await atEnd(stage);
    expect([stage.sent, stage.log]).toEqual([[], []]);
  });

  test("that fails is a warning with the code, and nothing more", async () => {
    const stage = taking(old(1), KEEP_NONE);
    const listVersions = async () => Promise.reject(new RotationError("VAULT_UNAVAILABLE", "no answer"));
    await atEnd(stage, withVault(stage.context, { listVersions }));
    expect(stage.log).toEqual([
      expect.objectContaining({ level: "warn", event: "tidy-failed", stage: "tidy", outcome: "VAULT_UNAVAILABLE" }),
    ]);
  });
});

describe("taking deletions back", () => {
  test("sends one for each version that awaits deletion, and names each in a warning", async () => {
    const stage = taking(
      [deprecated(1, { isBeingDeleted: true }), deprecated(2), deprecated(3, { isBeingDeleted: true }), current(4)],
      {},
      { answer: (_, versionNo) => (versionNo === 3 ? refused : { outcome: "done" }) },
    );
    await cancelDeletions(stage.context, await listOf(stage));
    expect(stage.sent).toEqual([
      ["cancel", 3, "etag-1"],
      ["cancel", 1, "etag-1"],
    ]);
    expect(stage.log).toEqual([
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

  test("is done for ten at most, the newest", async () => {
    const stage = taking(old(12, { isBeingDeleted: true }));
    await cancelDeletions(stage.context, await listOf(stage));
    expect(numbers(stage)).toEqual([12, 11, 10, 9, 8, 7, 6, 5, 4, 3]);
  });

  test("goes on after its secret's turn in a heal of many: it makes room for an unsaved value", async () => {
    const stage = taking(old(2, { isBeingDeleted: true }));
    const { context, clock, sent } = stage;
    const turn = turnOf(context.budget, clock, 20_000);
    clock.advance(30_000);
    await cancelDeletions({ ...context, budget: turn }, await listOf(stage));
    expect(sent).toEqual([
      ["cancel", 2, "etag-1"],
      ["cancel", 1, "etag-1"],
    ]);
  });

  test("ends if the secret stays UPDATING, or the time does not suffice", async () => {
    const busy = taking(old(2, { isBeingDeleted: true }));
    busy.vault.lifecycle = "UPDATING";
    await cancelDeletions(busy.context, await listOf(busy));
    expect(busy.sent).toEqual([]);
    expect(sum(busy.clock.slept)).toBe(30_000);
    const late = taking(old(2, { isBeingDeleted: true }));
    late.clock.advance(BUDGET_MS - 20_000);
    await cancelDeletions(late.context, await listOf(late));
    expect([late.sent, late.clock.slept]).toEqual([[], []]);
  });
});
