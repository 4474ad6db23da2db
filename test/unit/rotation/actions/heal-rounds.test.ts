import { describe, expect, test } from "vitest";
import { addVersion } from "../../../../src/emulator/vault/stages.ts";
import { AT_ONCE } from "../../../../src/rotation/actions/many.ts";
import type { Answer } from "../../../../src/rotation/handler.ts";
import { COMPARTMENT, countsOf, createFleet } from "../../../support/fleet.ts";
import { startProcess } from "../../../support/processes.ts";
import type { WorldOptions } from "../../../support/world.ts";
import { useWorlds } from "../../../support/worlds.ts";

const world = useWorlds();
const SAYS_FAILED = { "orot-outcome": "LOCKED_OUT 2026-11-02T00:00:00Z v1" };

type Fleet = Awaited<ReturnType<typeof createFleet>>;

const fleet = (environment?: Record<string, string>, switches?: WorldOptions["switches"]) =>
  createFleet(world, environment, switches);

/** A secret whose issuer answers no login. */
function makeTarpit(w: Fleet, tags: Record<string, string> = {}): string {
  const { id, clientId, value } = w.make("healthy");
  w.tarpit(clientId, value);
  w.emulator.admin.secret(id).freeformTags = tags;
  return id;
}

/** A secret whose rotation died right after its issuer had made the new client secret: a heal must mint again. */
async function makeInterrupted(w: Fleet, seed: number): Promise<string> {
  const { id } = w.make("healthy");
  w.emulator.faults.add({ call: "regenerate", kind: "killed-after", caller: `process-${seed}` });
  expect(await startProcess(w, seed).call({ secretId: id })).toBeNull();
  return id;
}

/** The log's lines of this name, as ends of OCIDs. */
const named = (w: Fleet, event: string) =>
  w.log.filter((line) => line["event"] === event).map((line) => line["secretId"]);

/** When each secret was first looked at as a heal of one begins, in ms since the call began. */
function beginnings(w: Fleet, started: number): Map<string, number> {
  const first = new Map<string, number>();
  for (const { call, secretId, time } of w.emulator.requests) {
    if (call !== "get-secret" || secretId === null || time < started || first.has(secretId)) continue;
    first.set(secretId, time - started);
  }
  return first;
}

const totalOf = ({ healed = 0, healthy = 0, busy = 0, failed = 0, remaining = 0 }: Answer) =>
  healed + healthy + busy + failed + remaining;

describe("issuers that answer nothing", () => {
  test.each([
    ["whose secrets claim to have failed", SAYS_FAILED],
    ["whose secrets claim nothing", {}],
  ])("%s keep no healthy secret from its turn within one call", async (_what, tags) => {
    const w = await fleet({}, { "latency-ms": 100 });
    const made = Array.from({ length: 240 }, (_, at) =>
      at % 7 === 3 ? { id: makeTarpit(w, tags), isTarpit: true } : { id: w.make("healthy").id, isTarpit: false },
    );
    const tarpits = made.filter(({ isTarpit }) => isTarpit);
    expect(tarpits).toHaveLength(34);
    const started = w.clock.now();
    const answer = await w.heal(285);
    expect(countsOf(answer)).toMatchObject({ healed: 0, healthy: 206, busy: 0 });
    expect(totalOf(answer)).toBe(240);
    const begun = beginnings(w, started);
    expect([...begun.values()].every((at) => at < 280_000)).toBe(true);
    expect(begun.size).toBe(240);
    expect(w.clock.now() - started).toBeLessThan(285_000);
  });

  test("have turns of 20 seconds at first, to the millisecond", async () => {
    const w = await fleet({ OROT_CALL_TIMEOUT_SECONDS: "8" });
    const ids = Array.from({ length: 3 * AT_ONCE }, () => makeTarpit(w, SAYS_FAILED));
    const started = w.clock.now();
    await w.heal(285);
    const starts = [...beginnings(w, started).values()].sort((one, other) => one - other);
    expect(starts).toHaveLength(ids.length);
    for (const [at, start] of starts.slice(AT_ONCE).entries()) {
      const turn = start - (starts[at] ?? 0);
      // What follows a turn is a few answers of Vault, each of some milliseconds.
      expect(turn).toBeGreaterThanOrEqual(20_000);
      expect(turn).toBeLessThan(20_200);
    }
  });

  test.each([
    ["that are never answered", Number.POSITIVE_INFINITY, 5, 20_100],
    ["that are refused after nine seconds each, the first when the turn is over", 9_000, 1_500, 25_000],
  ])("take no longer with many stored values %s", async (_what, answeredAfterMs, latencyMs, mostMs) => {
    const w = await fleet({}, { "latency-ms": latencyMs });
    const { id, clientId } = w.make("failed");
    const secret = w.emulator.admin.secret(id);
    secret.freeformTags = SAYS_FAILED;
    const content = JSON.parse(w.emulator.admin.content(id, 1) ?? "{}");
    for (let number = 2; number <= 14; number++) {
      const appSecret = `value-${number}`;
      const text = Buffer.from(JSON.stringify({ ...content, appSecret })).toString("base64");
      const name = `made-${number}`;
      addVersion(secret, { name, content: text, stage: "CURRENT", now: w.clock.now(), keepPending: false });
      // The last of them is CURRENT, which the issuer refuses at once.
      if (number < 14) w.tarpit(clientId, appSecret, answeredAfterMs);
    }
    const healthy = w.make("healthy").id;
    await w.clock.sleep(300_000);
    const started = w.clock.now();
    expect(countsOf(await w.heal(285))).toMatchObject({ healthy: 1 });
    const begun = beginnings(w, started);
    expect((begun.get(healthy) ?? 0) - (begun.get(id) ?? 0)).toBeLessThan(mostMs);
  });
});

describe("what the first round puts off", () => {
  test("is done by the second, and counts as no failure", async () => {
    const w = await fleet();
    w.emulator.faults.add({ call: "token-current", kind: "too-slow", count: 9 });
    for (let made = 0; made < 3; made++) w.make("healthy");
    expect(countsOf(await w.heal(285))).toEqual({ healed: 0, healthy: 3, busy: 0, failed: 0, remaining: 0 });
    expect(named(w, "heal-put-off")).toHaveLength(3);
    expect(named(w, "heal-failed")).toEqual([]);
  });

  test("and the second has no time for is left, not failed", async () => {
    const w = await fleet();
    const ids = Array.from({ length: 40 }, () => makeTarpit(w));
    const answer = await w.heal(120);
    const counts = countsOf(answer);
    expect(totalOf(answer)).toBe(ids.length);
    expect(counts.remaining).toBeGreaterThan(0);
    expect(named(w, "heal-failed")).toHaveLength(counts.failed ?? -1);
    expect(named(w, "heal-put-off").length).toBeGreaterThan(counts.failed ?? 0);
  });

  test("fails if the second round brings nothing either, and is reported once", async () => {
    const w = await fleet();
    const id = makeTarpit(w);
    const answer = await w.heal(285);
    expect(countsOf(answer)).toMatchObject({ failed: 1, remaining: 0 });
    expect(answer.responseCode).toBe(503);
    expect(named(w, "heal-failed")).toEqual([id.slice(-8)]);
  });

  test("among it are pauses that an issuer asked for", async () => {
    const w = await fleet({}, { "retry-after-seconds": 90 });
    w.emulator.faults.add({ call: "token-current", kind: "rate-limited" });
    for (let made = 0; made < 3; made++) w.make("healthy");
    expect(countsOf(await w.heal(285))).toMatchObject({ healthy: 3, failed: 0, remaining: 0 });
    expect(named(w, "heal-put-off")).toHaveLength(3);
  });

  test("is a rotation to be finished by a mint, and it goes before those whose issuers do not answer", async () => {
    const w = await fleet();
    const ids = [await makeInterrupted(w, 11), await makeInterrupted(w, 12)];
    for (let made = 0; made < 5; made++) makeTarpit(w, SAYS_FAILED);
    const healthy = w.make("healthy").id;
    await w.clock.sleep(600_000);
    const answer = await w.heal(285);
    expect(countsOf(answer)).toMatchObject({ healed: 2, healthy: 1 });
    expect(totalOf(answer)).toBe(8);
    expect(named(w, "heal-put-off")).toEqual(expect.arrayContaining(ids.map((id) => id.slice(-8))));
    expect(named(w, "heal-put-off")).not.toContain(healthy.slice(-8));
  });

  test("has its time if there are more secrets than one call can heal", async () => {
    const w = await fleet({}, { "latency-ms": 1_000 });
    const interrupted = await makeInterrupted(w, 13);
    for (let made = 0; made < 600; made++) w.make("healthy");
    await w.clock.sleep(600_000);
    const answer = await w.heal(285);
    expect(answer.remaining).toBeGreaterThan(0);
    expect(countsOf(answer)).toMatchObject({ healed: 1 });
    expect(w.log).toContainEqual(
      expect.objectContaining({
        event: "stage",
        stage: "promote",
        secretId: interrupted.slice(-8),
        outcome: "promoted",
      }),
    );
  });
});

test("an unsaved value is stored after its secret's turn, however long Vault takes, while the platform lets the call live", async () => {
  const w = await fleet();
  const id = await makeInterrupted(w, 14);
  for (let made = 0; made < 3; made++) w.make("healthy");
  await w.clock.sleep(600_000);
  const started = w.clock.now();
  // Half of what is left is its turn in the second round; the writes fail for longer.
  w.emulator.faults.add({ call: "write-pending", kind: "server-error-before", count: 20 });
  const answer = await w.heal(285);
  const stored = w.emulator.requests.filter(
    ({ call, secretId, time }) => call === "write-pending" && secretId === id && time >= started,
  );
  const turnMs = 0.5 * 280_000;
  expect((stored.at(-1)?.time ?? 0) - started).toBeGreaterThan(turnMs);
  expect(totalOf(answer)).toBe(4);
  const newest = w.emulator.admin.versions(id).at(-1);
  const { appSecret, _rotation } = JSON.parse(w.emulator.admin.content(id, newest?.number ?? 0) ?? "{}");
  const { clientId } = JSON.parse(w.emulator.admin.content(id, 1) ?? "{}");
  expect(_rotation).toBeUndefined();
  expect(w.emulator.admin.login(clientId, appSecret)).toBe("accepted");
});

test("a look for PENDING versions takes five seconds of a secret at most", async () => {
  const w = await fleet();
  for (let made = 0; made < 4; made++) w.make("healthy");
  w.emulator.faults.add({ call: "list-versions", kind: "too-slow", count: 1 });
  const started = w.clock.now();
  expect(countsOf(await w.heal(285))).toMatchObject({ healthy: 4 });
  expect(named(w, "heal-look-failed")).toHaveLength(1);
  const [first] = [...beginnings(w, started).values()];
  expect(first).toBeGreaterThanOrEqual(5_000);
  expect(first).toBeLessThan(5_200);
});

test("the answer tells nothing of a secret that failed but its code and which one it is", async () => {
  const w = await fleet({ OROT_ISSUER_ORIGINS: "https://somewhere.else.example" });
  const { id } = w.make("healthy");
  const { appId, clientId } = JSON.parse(w.emulator.admin.content(id, 1) ?? "{}");
  const answer = await w.heal(285);
  expect(answer.returnMessage).toBe(
    `ORIGIN_NOT_ALLOWED: 0 healed, 0 healthy, 0 busy, 1 failed, 0 left; the first failure is that of the secret whose OCID ends in ${id.slice(-8)}. Next: read the log lines heal-failed.`,
  );
  const lines = JSON.stringify(w.log);
  for (const text of [appId, clientId, COMPARTMENT]) expect(`${lines}${answer.returnMessage}`).not.toContain(text);
});
