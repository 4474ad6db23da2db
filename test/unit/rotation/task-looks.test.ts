import { describe, expect, test } from "vitest";
import { DAY_MS } from "../../../src/base/durations.ts";
import { Secret } from "../../../src/base/secret.ts";
import type { SecretSchedule } from "../../../src/clients/vault/schedule.ts";
import { createAttempt } from "../../../src/rotation/attempt/attempt.ts";
import { observerOf, type Task } from "../../../src/rotation/task.ts";
import { createRig, credential, current, noteLogin, pending, STARTED_AT, type Toys, type Written } from "./rig.ts";

/** A run of this task, and how it looks. */
function looking(task: Task, versions: readonly Written[] = [current], toys: Toys = {}) {
  const rig = createRig(versions, {}, toys);
  const attempt = createAttempt(null);
  const observer = observerOf(task);
  let previous: Awaited<ReturnType<typeof observer>>["snapshot"] = null;
  return {
    ...rig,
    attempt,
    async look() {
      const seen = await observer({ context: rig.context, attempt }, previous);
      previous = seen.snapshot ?? previous;
      return seen;
    },
  };
}

const changed: Written = { no: 8, stages: ["CURRENT", "LATEST"], content: credential("S8", { clientId: "another" }) };
const replaced: Written = { ...current, stages: ["PREVIOUS"] };

describe("a run in which another client is stored in CURRENT", () => {
  const TASKS: readonly Task[] = [
    { name: "ROTATION" },
    { name: "CREATE_PENDING_VERSION" },
    { name: "HEAL" },
    { name: "PROMOTE_PENDING_VERSION", versionNo: 8 },
  ];

  test.each(TASKS)("ends, and says that: %o", async (task) => {
    const { look, vault } = looking(task);
    expect((await look()).decide()).not.toMatchObject({ code: "CLIENT_CHANGED" });
    vault.versions = [replaced, changed];
    const seen = await look();
    expect(seen.decide()).toEqual({
      kind: "fail",
      code: "CLIENT_CHANGED",
      what: "another client has been stored in CURRENT since this call began",
    });
    expect(seen.explain()).toBeNull();
  });

  test("stores first what exists nowhere else", async () => {
    const { look, vault, attempt, context, clock } = looking({ name: "ROTATION" });
    await look();
    vault.versions = [replaced, changed];
    const known = attempt.read.contents.get(7);
    if (known === undefined || known.kind === "unknown") throw new Error("CURRENT was read");
    attempt.unsaved = {
      text: new Secret("{}"),
      content: known.content,
      credential: known.credential,
      base: 7,
      receivedAt: clock.monotonic(),
      isCopy: false,
      isMinted: true,
      login: null,
      failure: null,
      races: 0,
    };
    expect((await look()).decide()).toEqual({ kind: "store", versionStage: "PENDING" });
    attempt.unsaved = null;
    expect((await look()).decide()).toMatchObject({ kind: "fail", code: "CLIENT_CHANGED" });
    expect(context.clients.vault.updating.waitedMs()).toBe(0);
  });

  test("decides as before where the client has stayed the same", async () => {
    const { look, vault } = looking({ name: "HEAL" });
    await look();
    vault.versions = [replaced, { ...changed, content: credential("S8") }];
    const seen = await look();
    expect(seen.decide()).toEqual({ kind: "log-in-current", versionNo: 8 });
    expect(seen.explain()).not.toBeNull();
  });
});

describe("the wait for a verdict on the version that PROMOTE names", () => {
  const task: Task = { name: "PROMOTE_PENDING_VERSION", versionNo: 8 };

  test("ends when a refusal of it counts", async () => {
    const rig = looking(task, [current, { ...pending, ageSeconds: 10 }]);
    const seen = await rig.look();
    expect(seen.decide()).toEqual({ kind: "log-in-pending", versionNo: 8 });
    noteLogin(rig.attempt, rig, 8, "rejected");
    expect(seen.decide()).toEqual({ kind: "wait", until: "verdict" });
    const { landingBoundSeconds } = rig.context.settings;
    expect(seen.endsIn("verdict")).toBe((landingBoundSeconds - 10) * 1000);
    expect(seen.explain()).toBeNull();
  });

  test("has no end where there is no such version", async () => {
    const seen = await looking(task).look();
    expect(seen.decide()).toMatchObject({ kind: "fail", code: "VERSION_NOT_PROMOTABLE" });
    expect(seen.endsIn("verdict")).toBeNull();
  });
});

test("a step that is told nothing, and the one that changes nothing, go by no table", async () => {
  for (const task of [{ name: "VERIFY_CONNECTION" }, { name: "UPDATE_TARGET_SYSTEM", versionNo: null }] as const) {
    expect((await looking(task).look()).explain()).toBeNull();
  }
});

describe("a rotation only of what is due", () => {
  const task: Task = { name: "ROTATION", due: { withinMs: 0, maxAgeMs: null } };
  const schedule = (nextAt: number): SecretSchedule => ({
    rotation: {
      ...{ functionId: null, targetType: null, intervalDays: 30, isScheduled: true, status: null, lastAt: null },
      nextAt,
    },
    expiry: null,
  });
  const old: Written = { ...current, ageSeconds: 60 * 86_400 };
  const dueAt = (nextAt: number, isUpdatingAtFirst = false) =>
    looking(task, [old], {
      stateOf: (state, reads) => ({
        ...state,
        schedule: schedule(nextAt),
        ...(isUpdatingAtFirst && reads === 1 && { lifecycle: "UPDATING" }),
      }),
    });

  test("ends with its first look where it is not, and the table is not asked", async () => {
    const seen = await dueAt(STARTED_AT + DAY_MS).look();
    expect(seen.decide()).toEqual({ kind: "done", code: "NOTHING_TO_DO", versionNo: 7 });
    expect(seen.explain()).toBeNull();
  });

  test("asks at the first look that shows the versions, and never again", async () => {
    const updating = dueAt(STARTED_AT + DAY_MS, true);
    expect((await updating.look()).decide()).toEqual({ kind: "wait", until: "active" });
    expect((await updating.look()).decide()).toMatchObject({ kind: "done", code: "NOTHING_TO_DO" });
    const due = dueAt(STARTED_AT - DAY_MS);
    expect((await due.look()).decide()).toEqual({ kind: "log-in-current", versionNo: 7 });
    due.vault.versions = [
      { ...replaced, ageSeconds: 60 * 86_400 },
      { ...changed, content: credential("S8") },
    ];
    expect((await due.look()).decide()).toEqual({ kind: "log-in-current", versionNo: 8 });
  });
});

describe("while the secret is UPDATING", () => {
  test.each<Task>([
    { name: "VERIFY_CONNECTION" },
    { name: "UPDATE_TARGET_SYSTEM", versionNo: 8 },
    { name: "ROTATION" },
    { name: "RETIRE" },
  ])("nothing is decided, and nobody knows for how long: %o", async (task) => {
    const rig = looking(task, [current], { stateOf: (state) => ({ ...state, lifecycle: "UPDATING" }) });
    rig.context.clients.vault.listVersions = () => Promise.resolve(null);
    const seen = await rig.look();
    expect(seen.decide()).toEqual({ kind: "wait", until: "active" });
    expect([seen.snapshot, seen.currentNo, seen.endsIn("active")]).toEqual([null, null, null]);
    expect(seen.explain()).toEqual({ id: null, state: "the secret is UPDATING" });
  });
});
