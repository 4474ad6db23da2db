import { describe, expect, test } from "vitest";
import type { FaultKind } from "../../../src/emulator/core/faults.ts";
import { NO_LAG, newSecret } from "../../../src/emulator/uaa/state.ts";
import { uaaClient } from "../../support/clients.ts";
import { writeVersion } from "../../support/outside-changes.ts";
import { startProcess } from "../../support/processes.ts";
import type { WorldOptions } from "../../support/world.ts";
import { outcomeOf, type TestWorld, useWorlds } from "../../support/worlds.ts";

const createWorld = useWorlds();
/** Longer than a lease, or a PENDING version, belongs to the call that wrote it. */
const OVER_MS = 160_000;

const world = (options: WorldOptions = {}) =>
  createWorld({ client: uaaClient(), environment: { OROT_GRACE_HOURS: "0" }, ...options });
const outcome = async (w: TestWorld, action: "retire" | "heal" | "check") =>
  outcomeOf(await w.call({ secretId: w.secretId, action }));
const rotate = async (w: TestWorld) => outcomeOf(await w.rotate());
const secrets = (w: TestWorld) => w.emulator.admin.uaaClient(w.client.clientId).secrets;

async function rotated(options: WorldOptions = {}): Promise<TestWorld> {
  const w = await world(options);
  expect(await rotate(w)).toBe("OK 200");
  w.calls();
  return w;
}
const changes = (w: TestWorld) => w.calls().filter((call) => call === "install" || call === "retire");

/** The answer to the request is lost, or says nothing, although it takes effect. */
const landed: readonly FaultKind[] = ["answer-lost", "server-error-after", "truncated", "too-slow", "lands-late"];
/** Nothing takes effect, and the answer does not say so. */
const open: readonly FaultKind[] = ["server-error-before", "rate-limited"];
/** The answer says that nothing has taken effect. */
const refused: readonly (readonly [FaultKind, string])[] = [
  ["refused", "ISSUER_UNAVAILABLE 503"],
  ["unauthorized", "ISSUER_UNAVAILABLE 503"],
  ["client-error", "ISSUER_CONFIGURATION 400"],
  ["conflict", "ISSUER_CONFIGURATION 400"],
];

describe("an ADD", () => {
  test.each(landed)("that takes effect under the fault %s is not sent again", async (kind) => {
    const w = await world();
    w.emulator.faults.add({ call: "install", kind });
    expect(await rotate(w)).toBe("OK 200");
    expect(changes(w)).toEqual(["install"]);
    expect(w.versions()).toBe("1:PREVIOUS 2:CURRENT");
    expect(w.accepted(1, 2)).toEqual([1, 2]);
  });

  test.each(open)("that takes none under the fault %s is sent again, once it can land no more", async (kind) => {
    const w = await world();
    w.emulator.faults.add({ call: "install", kind });
    const started = w.clock.now();
    expect(await rotate(w)).toBe("OK 200");
    expect(changes(w)).toEqual(["install", "install"]);
    expect(w.clock.now() - started).toBeGreaterThan(60_000);
    expect(secrets(w)).toHaveLength(2);
  });

  test.each(refused)(
    "that is refused (%s) ends the call, and a later heal sends the same value",
    async (kind, said) => {
      const w = await world();
      w.emulator.faults.add({ call: "install", kind });
      expect(await rotate(w)).toBe(said);
      expect(w.accepted(1, 2)).toEqual([1]);
      const stored = w.valueOf(2);
      expect(await outcome(w, "heal")).toBe("CLAIM_LIVE 503");
      await w.clock.sleep(OVER_MS);
      expect(await outcome(w, "heal")).toBe("OK 200");
      expect(w.versions()).toBe("1:PREVIOUS 2:CURRENT");
      expect(w.valueOf(2)).toBe(stored);
      expect(w.accepted(1, 2)).toEqual([1, 2]);
    },
  );

  test.each(["killed-before", "killed-after"] as const)(
    "whose call was killed (%s) is finished by a heal",
    async (kind) => {
      const w = await world();
      w.emulator.faults.add({ call: "install", kind });
      expect(await startProcess(w, 1).call({ secretId: w.secretId })).toBeNull();
      await w.clock.sleep(OVER_MS);
      expect(await outcome(w, "heal")).toBe("OK 200");
      expect(w.versions()).toBe("1:PREVIOUS 2:CURRENT");
      expect(secrets(w)).toHaveLength(2);
    },
  );

  test("that never gets an answer leaves CURRENT at work, and says so", async () => {
    const w = await world();
    w.emulator.faults.add({ call: "install", kind: "server-error-before", count: 100 });
    expect(await rotate(w)).toBe("ISSUER_UNAVAILABLE 503");
    expect(changes(w)).toEqual(["install", "install"]);
    expect(w.accepted(1, 2)).toEqual([1]);
  });
});

describe("a DELETE", () => {
  test.each(landed)("that takes effect under the fault %s is not sent again", async (kind) => {
    const w = await rotated();
    w.emulator.faults.add({ call: "retire", kind });
    expect(await outcome(w, "retire")).toBe("OK 200");
    expect(changes(w)).toEqual(["retire"]);
    expect(w.accepted(1, 2)).toEqual([2]);
  });

  test.each(open)("that takes none under the fault %s is sent again, once it can land no more", async (kind) => {
    const w = await rotated();
    w.emulator.faults.add({ call: "retire", kind });
    const started = w.clock.now();
    expect(await outcome(w, "retire")).toBe("OK 200");
    expect(changes(w)).toEqual(["retire", "retire"]);
    expect(w.clock.now() - started).toBeGreaterThanOrEqual(60_000);
    expect(w.accepted(1, 2)).toEqual([2]);
  });

  test.each(refused)("that is refused (%s) ends the call, and both values go on working", async (kind, said) => {
    const w = await rotated();
    w.emulator.faults.add({ call: "retire", kind });
    expect(await outcome(w, "retire")).toBe(said);
    expect(w.accepted(1, 2)).toEqual([1, 2]);
    await w.clock.sleep(OVER_MS);
    expect(await outcome(w, "retire")).toBe("OK 200");
    expect(w.accepted(1, 2)).toEqual([2]);
  });

  test.each(["answer-lost", "lands-late", "server-error-before"] as const)(
    "under the fault %s in a rotation comes before its ADD all the same",
    async (kind) => {
      const w = await rotated();
      w.emulator.faults.add({ call: "retire", kind });
      expect(await rotate(w)).toBe("OK 200");
      expect(w.versions()).toBe("1:DEPRECATED 2:PREVIOUS 3:CURRENT");
      await w.clock.sleep(OVER_MS);
      expect(w.accepted(1, 2, 3)).toEqual([2, 3]);
    },
  );

  test.each(["killed-before", "killed-after", "lands-late"] as const)(
    "of a call that was killed (%s) ends no newer value, whichever call comes next",
    async (kind) => {
      const w = await rotated();
      if (kind === "lands-late") {
        w.emulator.faults.add({ call: "retire", kind });
        w.emulator.faults.add({ call: "get-secret", kind: "killed-before", occurrence: 4 });
      } else w.emulator.faults.add({ call: "retire", kind });
      expect(
        await startProcess(w, 1, { environment: { OROT_GRACE_HOURS: "0" } }).call({
          secretId: w.secretId,
          action: "retire",
        }),
      ).toBeNull();
      expect(await rotate(w)).toBe("OK 200");
      await w.clock.sleep(OVER_MS);
      expect(w.accepted(1, 2, 3)).toEqual([2, 3]);
      expect(w.currentVerdict()).toBe("accepted");
    },
  );

  const leaseOf = (w: TestWorld) => {
    const own: unknown = w.emulator.admin.secret(w.secretId).metadata["orot"];
    return JSON.parse(typeof own === "string" ? own : "{}").lease;
  };
  const metadataWrites = (w: TestWorld) => w.calls().filter((call) => call === "update-metadata").length;

  test.each(["retire", "heal"] as const)("by a %s that was answered holds up no rotation after it", async (action) => {
    const w = await rotated();
    expect(await outcome(w, action)).toBe("OK 200");
    expect(leaseOf(w)).toBeUndefined();
    const started = w.clock.now();
    expect(await rotate(w)).toBe("OK 200");
    expect(w.clock.now() - started).toBeLessThan(30_000);
    expect(w.accepted(1, 2, 3)).toEqual([2, 3]);
  });

  test("in a rotation gives its lease back in the write that promotes anyway", async () => {
    const w = await rotated();
    expect(await rotate(w)).toBe("OK 200");
    expect(leaseOf(w)).toBeUndefined();
    // It takes the lease. The promote itself notes since when CURRENT is CURRENT.
    expect(metadataWrites(w)).toBe(1);
  });

  test("whose rotation ends with an error gives its lease back all the same", async () => {
    const w = await rotated();
    w.emulator.faults.add({ call: "install", kind: "unauthorized" });
    expect(await rotate(w)).toBe("ISSUER_UNAVAILABLE 503");
    expect(w.accepted(1, 2, 3)).toEqual([2]);
    expect(leaseOf(w)).toBeUndefined();
  });

  test.each(["answer-lost", "lands-late", "server-error-before"] as const)(
    "whose answer says nothing (%s) keeps its lease, even if it is sent once more",
    async (kind) => {
      const w = await rotated();
      w.emulator.faults.add({ call: "retire", kind });
      expect(await outcome(w, "retire")).toBe("OK 200");
      expect(leaseOf(w)).toBeDefined();
      const until = Date.parse(leaseOf(w).until);
      expect(await rotate(w)).toBe("OK 200");
      expect(w.clock.now()).toBeGreaterThan(until + 60_000);
      expect(w.accepted(1, 2, 3)).toEqual([2, 3]);
    },
  );

  test("whose lease cannot be given back is done all the same", async () => {
    const w = await rotated();
    w.emulator.faults.add({ call: "update-metadata", kind: "client-error", occurrence: 2 });
    expect(await outcome(w, "retire")).toBe("OK 200");
    expect(leaseOf(w)).toBeDefined();
    expect(w.accepted(1, 2)).toEqual([2]);
  });

  test("is given time if nodes take the older value for a while after it", async () => {
    const w = await rotated({ switches: { "old-secret-dies": 30_000 } });
    const started = w.clock.now();
    expect(await outcome(w, "retire")).toBe("OK 200");
    expect(changes(w)).toEqual(["retire"]);
    expect(w.clock.now() - started).toBeGreaterThanOrEqual(30_000);
  });
});

describe("a secret of the client's that Vault does not know", () => {
  const addStray = (w: TestWorld, place: "before" | "behind") => {
    const stray = newSecret(w.emulator.state.uaa, "stray-secret-of-nobody", w.clock.now(), NO_LAG);
    const client = w.emulator.admin.uaaClient(w.client.clientId);
    client.secrets = place === "before" ? [stray, ...client.secrets] : [...client.secrets, stray];
    w.canary.add(stray.value);
  };

  test.each(["before", "behind"] as const)("(%s CURRENT's) is never deleted, but reported", async (place) => {
    const w = await world();
    addStray(w, place);
    const answer = await w.rotate();
    expect(outcomeOf(answer)).toBe("RETIRE_NOT_SAFE 409");
    expect(answer.returnMessage).toContain("one of them is in no version of the secret");
    expect(answer.returnMessage).toContain("Next: as an administrator of the issuer, set CURRENT's value");
    expect(changes(w)).toEqual(["install"]);
    expect(w.client.accepts("stray-secret-of-nobody")).toBe(true);
    expect(w.accepted(1, 2)).toEqual([1]);
  });

  test("is out of the way once an administrator has done what the answer says, and a heal finishes", async () => {
    const w = await world();
    addStray(w, "behind");
    await w.rotate();
    const client = w.emulator.admin.uaaClient(w.client.clientId);
    client.secrets = client.secrets.slice(0, 1);
    await w.clock.sleep(OVER_MS);
    expect(await outcome(w, "heal")).toBe("OK 200");
    expect(w.versions()).toBe("1:PREVIOUS 2:CURRENT");
    expect(w.accepted(1, 2)).toEqual([1, 2]);
  });
});

describe("a value of an older version than PREVIOUS that still works", () => {
  /** Version 1 works beside CURRENT's value, which PREVIOUS holds too: an operator stored it once more. */
  async function copied(): Promise<TestWorld> {
    const w = await rotated();
    await writeVersion(w, { ...w.client.content, clientSecret: w.valueOf(2) }, { stage: "CURRENT" });
    expect(w.versions()).toBe("1:DEPRECATED 2:PREVIOUS 3:CURRENT");
    return w;
  }
  const wayOut =
    "Next: as an administrator of the issuer, set CURRENT's value as the client's only secret, then run heal.";

  test("is reported by a retirement, which would not end it", async () => {
    const w = await copied();
    const answer = await w.call({ secretId: w.secretId, action: "retire" });
    expect(outcomeOf(answer)).toBe("RETIRE_NOT_SAFE 409");
    expect(answer.returnMessage).toContain("the issuer still accepts the client secret of version 1");
    expect(answer.returnMessage).toContain(wayOut);
    expect(changes(w)).toEqual([]);
  });

  test("is named if there is no room for a new value because of it", async () => {
    const w = await copied();
    const answer = await w.rotate();
    expect(outcomeOf(answer)).toBe("RETIRE_NOT_SAFE 409");
    expect(answer.returnMessage).toContain("the issuer still accepts the client secret of version 1");
    expect(answer.returnMessage).toContain(wayOut);
    expect(changes(w)).toEqual(["install"]);
  });
});

describe("a client that uaa.yml declares", () => {
  const declared = () => uaaClient({ manifest: ["declared-in-the-manifest"] });

  test("has only its declared secret after a start of UAA: check says it, and a heal goes back to it", async () => {
    const w = await rotated({ client: declared() });
    w.emulator.admin.restartUaa();
    expect(await outcome(w, "check")).toBe("SECRET_REJECTED 400");
    expect(await outcome(w, "heal")).toBe("OK 200");
    expect(w.versions()).toBe("1:CURRENT 2:PREVIOUS");
    expect(w.currentVerdict()).toBe("accepted");
    expect(await rotate(w)).toBe("OK 200");
    expect(w.accepted(1, 3)).toEqual([1, 3]);
  });

  test("is healed too if the declared secret is no longer PREVIOUS", async () => {
    const w = await rotated({ client: declared() });
    expect(await rotate(w)).toBe("OK 200");
    expect(w.versions()).toBe("1:DEPRECATED 2:PREVIOUS 3:CURRENT");
    w.emulator.admin.restartUaa();
    expect(await outcome(w, "heal")).toBe("OK 200");
    expect(w.versions()).toBe("1:CURRENT 2:DEPRECATED 3:PREVIOUS");
    expect(w.currentVerdict()).toBe("accepted");
  });

  test("a restart of UAA in the middle of a rotation loses nothing: the stored value is added again", async () => {
    const w = await world({ client: declared() });
    await w.step("CREATE_PENDING_VERSION");
    w.emulator.admin.restartUaa();
    await w.clock.sleep(OVER_MS);
    expect(await outcome(w, "heal")).toBe("OK 200");
    expect(w.versions()).toBe("1:PREVIOUS 2:CURRENT");
    expect(w.accepted(1, 2)).toEqual([1, 2]);
  });
});

test.each(["overwrites", "three-secrets"] as const)(
  "several rotations at once send one ADD, so that UAA's race (%s) cannot be met",
  async (race) => {
    const w = await world({ switches: { "latency-ms": 400, "uaa-race-ms": 200, "uaa-race": race } });
    const processes = [1, 2, 3].map((seed) => startProcess(w, seed, { jitterMs: 50 }));
    const answers = await Promise.all(processes.map((process) => process.steps(w.secretId)));
    expect(answers.map((steps) => steps.at(-1)?.responseCode)).toEqual([200, 200, 200]);
    expect(changes(w)).toEqual(["install"]);
    expect(w.accepted(1, 2)).toEqual([1, 2]);
  },
);
