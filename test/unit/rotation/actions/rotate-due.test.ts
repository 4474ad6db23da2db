import { describe, expect, test } from "vitest";
import { DAY_MS } from "../../../../src/base/durations.ts";
import type { Answer } from "../../../../src/rotation/handler.ts";
import { createFleet, verdictOf } from "../../../support/fleet.ts";
import { startProcess } from "../../../support/processes.ts";
import { outcomeOf, useWorlds } from "../../../support/worlds.ts";

const world = useWorlds();
type Fleet = Awaited<ReturnType<typeof createFleet>>;
type Made = ReturnType<Fleet["make"]>;

const ROTATE_DUE = { action: "rotate-due" };
const fleet = (environment: Record<string, string> = {}) => createFleet(world, environment, { "latency-ms": 20 });
const countsOf = ({ rotated, notDue, busy, failed, remaining }: Answer) => ({
  rotated,
  notDue,
  busy,
  failed,
  remaining,
});

/** CURRENT was stored so many days ago. */
function backdate(w: Fleet, { id }: Made, days: number): void {
  const secret = w.emulator.admin.secret(id);
  secret.versions = secret.versions.map((one) => ({ ...one, createdAt: w.clock.now() - days * DAY_MS }));
}

/** A secret whose value its issuer ends so many days from now, by what a heal noted; its rotation is not scheduled. */
function makeEnding(w: Fleet, days: number, tags: Record<string, string> = {}): Made {
  const made = w.make("healthy");
  backdate(w, made, 60);
  const at = new Date(w.clock.now() + days * DAY_MS).toISOString();
  w.emulator.admin.secret(made.id).freeformTags = { "orot-issuer": "oci-iam", "orot-expires-on": `${at} v1`, ...tags };
  return made;
}

/** One whose scheduled rotation was due so many days ago, and never came. */
function makeOverdue(w: Fleet, days: number): Made {
  const made = w.make("healthy");
  backdate(w, made, 60);
  const secret = w.emulator.admin.secret(made.id);
  const target = { targetSystemType: "FUNCTION", functionId: w.functionId };
  secret.rotationConfig = { targetSystemDetails: target, isScheduledRotationEnabled: true, rotationInterval: "P30D" };
  secret.nextRotationAt = w.clock.now() - days * DAY_MS;
  return made;
}

const mintsOf = (w: Fleet, { clientId }: Made) => w.emulator.admin.app(clientId).mints;
const allMints = (w: Fleet, made: readonly Made[]) => made.map((one) => mintsOf(w, one));

describe("rotate-due", () => {
  test("rotates what is due, with a schedule in Vault or without, and nothing else", async () => {
    const w = await fleet();
    const due = [makeEnding(w, -1), makeOverdue(w, 2)];
    const untargeted = makeEnding(w, -1);
    w.emulator.admin.secret(untargeted.id).rotationConfig = null;
    const others = [makeEnding(w, 3), w.make("healthy"), makeEnding(w, -1)];
    const elsewhere = w.emulator.admin.secret(others[2]?.id ?? "");
    elsewhere.rotationConfig = {
      targetSystemDetails: { targetSystemType: "FUNCTION", functionId: w.emulator.admin.createFunction() },
      isScheduledRotationEnabled: false,
    };
    const answer = await w.call(ROTATE_DUE);
    expect(outcomeOf(answer)).toBe("OK 200");
    expect(countsOf(answer)).toEqual({ rotated: 3, notDue: 0, busy: 0, failed: 0, remaining: 0 });
    expect(answer.returnMessage).toBe("OK: 3 rotated, 0 not due, 0 busy, 0 failed, 0 left. Next: nothing.");
    expect(answer).not.toHaveProperty("cursor");
    expect(allMints(w, [...due, untargeted])).toEqual([1, 1, 1]);
    expect(allMints(w, others)).toEqual([0, 0, 0]);
    expect([...due, untargeted].map((one) => verdictOf(w, one))).toEqual(["accepted", "accepted", "accepted"]);
  });

  test("leaves a secret alone whose rotation an operator has ended", async () => {
    const w = await fleet();
    const ended = [
      makeEnding(w, -1, { "orot-outcome": "ABANDONED 2026-01-02T00:00:00Z v1" }),
      makeEnding(w, -1, { "orot-outcome": "ABANDONED 2026-01-02T00:00:00Z v1" }),
    ];
    w.emulator.admin.secret(ended[1]?.id ?? "").rotationConfig = null;
    const due = makeEnding(w, -1, { "orot-outcome": "ABANDONED" });
    expect(countsOf(await w.call(ROTATE_DUE))).toMatchObject({ rotated: 1, notDue: 0 });
    expect(allMints(w, [...ended, due])).toEqual([0, 0, 1]);
  });

  test("sent five times in a row rotates each secret once", async () => {
    const w = await fleet();
    const made = [makeEnding(w, 2), makeOverdue(w, 2)];
    const counts: unknown[] = [];
    for (let times = 0; times < 5; times++) {
      counts.push((await w.call({ ...ROTATE_DUE, within: "7d" })).rotated);
      await w.clock.sleep(10_000);
    }
    expect(counts).toEqual([2, 0, 0, 0, 0]);
    expect(allMints(w, made)).toEqual([1, 1]);
  });

  test("sent to three functions at once takes no secret twice", async () => {
    const w = await fleet();
    const made = Array.from({ length: 8 }, (_, at) => (at % 2 === 0 ? makeEnding(w, -1) : makeOverdue(w, 1)));
    const processes = [1, 2, 3].map((seed) => startProcess(w, seed, { jitterMs: 300 }));
    const answers = await Promise.all(processes.map(({ call }) => call(ROTATE_DUE)));
    expect(allMints(w, made)).toEqual(made.map(() => 1));
    // Of two that meet at one secret, the one that only promotes has helped to rotate it too.
    expect(answers.reduce((sum, answer) => sum + (answer?.rotated ?? 0), 0)).toBeGreaterThanOrEqual(made.length);
    for (const answer of answers) expect(answer).toMatchObject({ failed: 0, remaining: 0 });
    expect(made.map((one) => verdictOf(w, one))).toEqual(made.map(() => "accepted"));
  });

  test("leaves a secret alone that Vault is rotating, and one that another run has claimed", async () => {
    const w = await fleet();
    const rotating = makeOverdue(w, 1);
    w.emulator.admin.rotate(rotating.id);
    const claimed = w.make("busy");
    w.emulator.admin.secret(claimed.id).freeformTags = { "orot-expires-on": "2020-01-01T00:00:00Z v1" };
    const answer = await w.call(ROTATE_DUE);
    expect(countsOf(answer)).toEqual({ rotated: 0, notDue: 0, busy: 2, failed: 0, remaining: 0 });
    expect(w.emulator.requests.filter(({ method }) => method !== "GET")).toEqual([]);
  });

  test("takes the most urgent first, and those that only an operator can mend last", async () => {
    const w = await fleet();
    const mended = makeEnding(w, -9, { "orot-outcome": "LOCKED_OUT 2020-01-02T00:00:00Z v1" });
    const [later, soon, overdue] = [makeEnding(w, 3), makeEnding(w, -1), makeOverdue(w, 5)];
    for (const one of [overdue, soon, later, mended]) {
      expect((await w.call({ ...ROTATE_DUE, within: "4d", limit: 1 })).rotated).toBe(1);
      expect(mintsOf(w, one)).toBe(1);
      await w.clock.sleep(120_000);
    }
  });

  test("rotates no more than its limit; the cursor goes on with the rest, and only with that", async () => {
    const w = await fleet();
    const made = [5, 4, 3, 2, 1].map((days) => makeOverdue(w, days));
    const first = await w.call({ ...ROTATE_DUE, limit: 2 });
    expect(countsOf(first)).toEqual({ rotated: 2, notDue: 0, busy: 0, failed: 0, remaining: 3 });
    expect(first.returnMessage).toContain("Next: send rotate-due again.");
    expect(allMints(w, made)).toEqual([1, 1, 0, 0, 0]);
    const second = await w.call({ ...ROTATE_DUE, limit: 2, cursor: first.cursor });
    expect(countsOf(second)).toEqual({ rotated: 2, notDue: 0, busy: 0, failed: 0, remaining: 1 });
    const third = await w.call({ ...ROTATE_DUE, cursor: second.cursor });
    expect(countsOf(third)).toEqual({ rotated: 1, notDue: 0, busy: 0, failed: 0, remaining: 0 });
    expect(allMints(w, made)).toEqual([1, 1, 1, 1, 1]);
  });

  test("whose time ends leaves the rest untouched, and the next call takes it up", async () => {
    const w = await fleet();
    const made = Array.from({ length: 60 }, (_, at) => makeOverdue(w, 1 + at));
    const first = await w.call(ROTATE_DUE, 110);
    expect(first.failed).toBe(0);
    expect(first.rotated).toBeGreaterThan(0);
    expect(first.remaining).toBe(60 - (first.rotated ?? 0));
    expect(allMints(w, made).filter((mints) => mints > 0)).toHaveLength(first.rotated ?? -1);
    expect(countsOf(await w.call(ROTATE_DUE))).toMatchObject({ failed: 0, remaining: 0 });
    expect(allMints(w, made)).toEqual(made.map(() => 1));
    expect(w.emulator.requests.filter(({ status }) => status === 429)).toEqual([]);
  });

  test("whose time ends while rotations wait for their issuer's room leaves no claim behind", async () => {
    for (const seconds of [136, 146]) {
      const w = await createFleet(world, {}, { "latency-ms": 20, "updating-ms": 4_000, "updating-polls": 0 });
      const made = Array.from({ length: 90 }, (_, at) => makeOverdue(w, 1 + at));
      const { rotated = 0, remaining = 0 } = await w.call(ROTATE_DUE, seconds);
      expect(remaining).toBeGreaterThan(0);
      const untouched = made.filter(({ id }) => w.emulator.admin.versions(id).length === 1);
      expect(untouched, `${seconds} s`).toHaveLength(made.length - rotated);
    }
  });

  test("counts the age from the value, by the event or the setting", async () => {
    const w = await fleet({ OROT_MAX_AGE_DAYS: "90" });
    const old = w.make("healthy");
    await w.clock.sleep(60 * DAY_MS);
    const young = w.make("healthy");
    expect((await w.call(ROTATE_DUE)).rotated).toBe(0);
    expect((await w.call({ ...ROTATE_DUE, within: "31d", maxAge: "0d" })).rotated).toBe(0);
    expect((await w.call({ ...ROTATE_DUE, maxAge: "50d" })).rotated).toBe(1);
    expect(allMints(w, [old, young])).toEqual([1, 0]);
    backdate(w, young, 80);
    Object.assign(w.emulator.admin.secret(young.id), { createdAt: w.clock.now() - 80 * DAY_MS });
    expect((await w.call({ ...ROTATE_DUE, within: "15d" })).rotated).toBe(1);
    expect(allMints(w, [old, young])).toEqual([1, 1]);
  });

  test.each([
    ["a cursor of a heal", "heal"],
    ["a word", "rotate-due"],
  ])("refuses %s for a cursor, and changes nothing", async (_what, action) => {
    const w = await fleet();
    const made = makeOverdue(w, 1);
    const cursor = action === "heal" ? "1.AAAAAA" : "from the beginning";
    const answer = await w.call({ ...ROTATE_DUE, cursor });
    expect(outcomeOf(answer)).toBe("EVENT_INVALID 400");
    expect(answer.returnMessage).toContain("Next: send rotate-due without a cursor.");
    expect(mintsOf(w, made)).toBe(0);
  });

  test("of a function whose time is too short for one rotation says so, and sends nothing to an issuer", async () => {
    const w = await fleet();
    const made = makeOverdue(w, 1);
    expect(outcomeOf(await w.call(ROTATE_DUE, 30))).toBe("DEADLINE_TOO_SHORT 503");
    expect(mintsOf(w, made)).toBe(0);
    expect(w.emulator.requests.filter(({ system }) => system === "identity")).toEqual([]);
  });

  test("needs the setting that says where to look", async () => {
    const w = await world({ environment: { FN_FN_ID: "ocid1.fnfunc.oc1.iad.x" } });
    const answer = await w.call(ROTATE_DUE);
    expect(outcomeOf(answer)).toBe("EVENT_INVALID 400");
    expect(answer.returnMessage).toContain("OROT_HEAL_COMPARTMENT_IDS");
    expect(w.emulator.requests).toEqual([]);
  });
});
