import { describe, expect, test } from "vitest";
import { HOUR_MS } from "../../../src/base/durations.ts";
import { NO_LAG, newSecret } from "../../../src/emulator/uaa/state.ts";
import { uaaClient } from "../../support/clients.ts";
import { writeVersion } from "../../support/outside-changes.ts";
import { startProcess } from "../../support/processes.ts";
import type { WorldOptions } from "../../support/world.ts";
import { outcomeOf, type TestWorld, useWorlds } from "../../support/worlds.ts";

const createWorld = useWorlds();

const world = (options: WorldOptions = {}) => createWorld({ client: uaaClient(), ...options });
const dueAtOnce = { environment: { OROT_GRACE_HOURS: "0" } };
const send = (w: TestWorld, action: "retire" | "heal" | "rollback" | "check") =>
  w.call({ secretId: w.secretId, action });
const outcome = async (w: TestWorld, action: "retire" | "heal" | "rollback") => outcomeOf(await send(w, action));
const rotate = async (w: TestWorld) => outcomeOf(await w.rotate());

/** A world after one rotation: versions 1 and 2 both work. */
async function rotated(options: WorldOptions = {}): Promise<TestWorld> {
  const w = await world(options);
  expect(await rotate(w)).toBe("OK 200");
  w.calls();
  return w;
}

/** An operator goes back to version 1, an hour after the rotation. */
async function rolledBack(options: WorldOptions = {}): Promise<TestWorld> {
  const w = await rotated({ ...options, switches: { "updating-polls": 0 } });
  await w.clock.sleep(HOUR_MS);
  expect(await outcome(w, "rollback")).toBe("OK 200");
  await w.clock.sleep(48 * HOUR_MS);
  return w;
}
const changes = (w: TestWorld) => w.calls().filter((call) => call === "install" || call === "retire");

/** The client's secrets are these, as an administrator of the UAA would set them. */
function setSecrets(w: TestWorld, ...values: readonly string[]): void {
  w.emulator.admin.uaaClient(w.client.clientId).secrets = values.map((value) =>
    newSecret(w.emulator.state.uaa, value, w.clock.now(), NO_LAG),
  );
  for (const value of values) w.canary.add(value);
}

describe("a rotation if the issuer keeps two values", () => {
  test.each(["in one call", "in four steps"])("%s leaves the old value working alongside the new one", async (way) => {
    const w = await world();
    if (way === "in one call") expect(await rotate(w)).toBe("OK 200");
    else expect((await w.steps()).map(outcomeOf)).toEqual(["OK 200", "OK 200", "OK 200", "OK 200"]);
    expect(w.versions()).toBe("1:PREVIOUS 2:CURRENT");
    expect(w.accepted(1, 2)).toEqual([1, 2]);
    expect(changes(w)).toEqual(["install"]);
  });

  test("stores the value before the issuer gets it", async () => {
    const w = await world();
    await w.rotate();
    const calls = w.calls();
    expect(calls.indexOf("write-pending")).toBeGreaterThan(-1);
    expect(calls.indexOf("write-pending")).toBeLessThan(calls.indexOf("install"));
  });

  test.each(["in one call", "in four steps"])(
    "%s within the grace of the one before is refused, and changes nothing",
    async (way) => {
      const w = await rotated();
      const before = w.state();
      const answer = way === "in one call" ? await w.rotate() : (await w.steps()).at(-1);
      expect(answer && outcomeOf(answer)).toBe("GRACE_RUNNING 409");
      expect(answer?.returnMessage).toContain("PREVIOUS (version 1)");
      expect(w.state()).toEqual(before);
      expect(changes(w)).toEqual([]);
    },
  );

  test("retires the older value itself once its grace is over", async () => {
    const w = await rotated();
    await w.clock.sleep(25 * HOUR_MS);
    expect(await rotate(w)).toBe("OK 200");
    expect(changes(w)).toEqual(["retire", "install"]);
    expect(w.versions()).toBe("1:DEPRECATED 2:PREVIOUS 3:CURRENT");
    expect(w.accepted(1, 2, 3)).toEqual([2, 3]);
  });

  test("that finds a retirement without an answer waits for it and its lease, then goes on", async () => {
    const w = await rotated();
    await w.clock.sleep(25 * HOUR_MS);
    w.emulator.faults.add({ call: "retire", kind: "answer-lost" });
    expect(await outcome(w, "retire")).toBe("OK 200");
    const retiredAt = w.clock.now();
    expect(await rotate(w)).toBe("OK 200");
    // The lease may belong to a call that still has a request under way: time to live, and landing bound.
    expect(w.clock.now() - retiredAt).toBeGreaterThan(140_000);
    expect(w.accepted(1, 2, 3)).toEqual([2, 3]);
  });

  test("is done once by several calls at once, also when an overlap has to end first", async () => {
    const w = await rotated();
    await w.clock.sleep(25 * HOUR_MS);
    const calls = [1, 2, 3].map((seed) => startProcess(w, seed, { jitterMs: 100 }).call({ secretId: w.secretId }));
    const outcomes = (await Promise.all(calls)).map((answer) => answer && outcomeOf(answer)).sort();
    // One call may store the value and another promote it: then both did the work.
    expect(outcomes).toEqual(["ALREADY_ROTATED 200", expect.stringMatching(/^(?:OK|ALREADY_ROTATED) 200$/), "OK 200"]);
    expect(w.versions()).toBe("1:DEPRECATED 2:PREVIOUS 3:CURRENT");
    expect(changes(w)).toEqual(["retire", "install"]);
    expect(w.accepted(1, 2, 3)).toEqual([2, 3]);
  });
});

describe("the grace of the older value", () => {
  test("is 24 hours unless set otherwise, and a retirement before its end changes nothing", async () => {
    const w = await rotated();
    await w.clock.sleep(24 * HOUR_MS - 10_000);
    const before = w.state();
    expect(await outcome(w, "retire")).toBe("GRACE_RUNNING 409");
    expect(w.state()).toEqual(before);
    await w.clock.sleep(20_000);
    expect(await outcome(w, "retire")).toBe("OK 200");
    expect(w.accepted(1, 2)).toEqual([2]);
  });

  test("is never shorter than a token lives that was got with the older value", async () => {
    const w = await rotated({ client: uaaClient({ tokenSeconds: 7_200 }), environment: { OROT_GRACE_HOURS: "1" } });
    await w.clock.sleep(1.9 * HOUR_MS);
    expect(await outcome(w, "retire")).toBe("GRACE_RUNNING 409");
    await w.clock.sleep(0.2 * HOUR_MS);
    expect(await outcome(w, "retire")).toBe("OK 200");
  });

  test("of 0 hours is none, however long tokens live", async () => {
    const w = await rotated(dueAtOnce);
    expect(await outcome(w, "retire")).toBe("OK 200");
    expect(w.accepted(1, 2)).toEqual([2]);
  });

  test("counts from a heal that promotes what a dead call has left", async () => {
    const w = await world();
    await w.step("CREATE_PENDING_VERSION");
    await w.clock.sleep(48 * HOUR_MS);
    expect(await outcome(w, "heal")).toBe("OK 200");
    expect(await outcome(w, "retire")).toBe("GRACE_RUNNING 409");
    await w.clock.sleep(25 * HOUR_MS);
    expect(await outcome(w, "retire")).toBe("OK 200");
  });

  test.each(["retire", "heal"] as const)("begins with a %s if its beginning was not noted", async (action) => {
    const w = await rotated();
    w.emulator.admin.secret(w.secretId).metadata = { team: "payments" };
    await w.clock.sleep(48 * HOUR_MS);
    expect(await outcome(w, action)).toBe(action === "heal" ? "NOTHING_TO_DO 200" : "GRACE_RUNNING 409");
    await w.clock.sleep(25 * HOUR_MS);
    expect(await outcome(w, action)).toBe("OK 200");
    expect(w.emulator.admin.secret(w.secretId).metadata).toMatchObject({ team: "payments" });
  });

  test("counts again from zero after a rollback: the value that was CURRENT until now gets its time", async () => {
    const w = await rolledBack();
    expect(w.versions()).toBe("1:CURRENT 2:PREVIOUS");
    const answer = await w.rotate();
    expect(outcomeOf(answer)).toBe("OK 200");
    expect(answer.returnMessage).toContain("version 2, which was stored before, logs in and is CURRENT");
    expect(w.versions()).toBe("1:PREVIOUS 2:CURRENT");
    expect(await outcome(w, "heal")).toBe("NOTHING_TO_DO 200");
    expect(await outcome(w, "retire")).toBe("GRACE_RUNNING 409");
    expect(w.accepted(1, 2)).toEqual([1, 2]);
  });
});

describe("a retirement", () => {
  test("with nothing to retire says so, and sends nothing but reads and logins", async () => {
    const w = await world();
    const answer = await send(w, "retire");
    expect(outcomeOf(answer)).toBe("NOTHING_TO_DO 200");
    expect(answer).toMatchObject({ versionNo: 1 });
    expect(answer.returnMessage).toContain("no older client secret works any more");
    expect(changes(w)).toEqual([]);
  });

  test.each<[string, NonNullable<WorldOptions["content"]>, string]>([
    ["no JSON", () => "not json", "CONTENT_INVALID 400"],
    ["an address that is none", (content) => ({ ...content, url: "uaa" }), "CONTENT_INVALID 400"],
    ["an unknown issuer", (content) => ({ ...content, issuer: "okta" }), "ISSUER_UNKNOWN 400"],
  ])("of a CURRENT with %s is refused: whether a second value works cannot be told", async (_what, content, said) => {
    const w = await world({ content });
    expect(await outcome(w, "retire")).toBe(said);
  });

  test("sent again finds nothing left to do", async () => {
    const w = await rotated(dueAtOnce);
    const answer = await send(w, "retire");
    expect(answer).toMatchObject({ responseCode: 200, versionNo: 2 });
    expect(answer.returnMessage).toContain("has deleted the client secret before version 2");
    const before = w.state();
    expect(await outcome(w, "retire")).toBe("NOTHING_TO_DO 200");
    expect(w.state()).toEqual(before);
    expect(changes(w)).toEqual(["retire"]);
  });

  test("is refused while something is pending, whether the issuer holds it or not", async () => {
    const w = await world(dueAtOnce);
    await w.step("CREATE_PENDING_VERSION");
    const before = w.state();
    expect(await outcome(w, "retire")).toBe("RETIRE_NOT_SAFE 409");
    expect(w.state()).toEqual(before);
    const other = await rotated(dueAtOnce);
    other.emulator.faults.add({ call: "install", kind: "killed-before" });
    expect(await startProcess(other, 9).call({ secretId: other.secretId })).toBeNull();
    const interrupted = other.state();
    expect(await outcome(other, "retire")).toBe("RETIRE_NOT_SAFE 409");
    expect(other.state()).toEqual(interrupted);
  });

  test("does not end at a PENDING version that the rotator has not made and the issuer refuses, and names it", async () => {
    const w = await rotated(dueAtOnce);
    await writeVersion(w, { ...w.client.content, clientSecret: "never-was-one" });
    const { returnMessage } = await w.call({ secretId: w.secretId, action: "retire" });
    expect(returnMessage).toMatch(
      /^OK: the issuer has deleted .*; warning: version 3 is PENDING and was not made by the/,
    );
    expect(w.accepted(1, 2)).toEqual([2]);
  });

  test("is refused after a rollback: the issuer would delete CURRENT's value", async () => {
    const w = await rolledBack(dueAtOnce);
    expect(await outcome(w, "retire")).toBe("RETIRE_NOT_SAFE 409");
    expect(await outcome(w, "heal")).toBe("NOTHING_TO_DO 200");
    expect(w.accepted(1, 2)).toEqual([1, 2]);
  });

  test("is done by a heal too, once the grace is over and not while rotations are paused", async () => {
    const w = await rotated({ environment: { OROT_GRACE_HOURS: "0", OROT_PAUSED: "false" } });
    w.environment["OROT_PAUSED"] = "true";
    expect(await outcome(w, "heal")).toBe("NOTHING_TO_DO 200");
    w.environment["OROT_PAUSED"] = "false";
    const answer = await send(w, "heal");
    expect(outcomeOf(answer)).toBe("OK 200");
    expect(answer.returnMessage).toContain("the overlap has ended");
    expect(await outcome(w, "heal")).toBe("NOTHING_TO_DO 200");
    expect(w.accepted(1, 2)).toEqual([2]);
  });

  test("of a heal never waits for another's lease", async () => {
    const w = await rotated(dueAtOnce);
    const until = new Date(w.clock.now() + 90_000).toISOString();
    w.emulator.admin.secret(w.secretId).metadata = { orot: JSON.stringify({ lease: { callId: "another", until } }) };
    await w.clock.sleep(1_000);
    const started = w.clock.now();
    expect(await outcome(w, "heal")).toBe("NOTHING_TO_DO 200");
    expect(w.clock.now() - started).toBeLessThan(5_000);
    expect(w.accepted(1, 2)).toEqual([1, 2]);
    expect(await outcome(w, "retire")).toBe("OK 200");
    expect(w.clock.now() - started).toBeGreaterThan(140_000);
  });

  test("is refused if the issuer keeps a third value, and goes on accepting the older one", async () => {
    const w = await rotated(dueAtOnce);
    setSecrets(w, w.valueOf(1) ?? "", w.valueOf(2) ?? "", "stray-secret-of-nobody");
    const answer = await send(w, "retire");
    expect(outcomeOf(answer)).toBe("RETIRE_NOT_SAFE 409");
    expect(answer.returnMessage).toContain("still accepts the older client secret");
    expect(w.accepted(1, 2)).toEqual([1, 2]);
  });
});
