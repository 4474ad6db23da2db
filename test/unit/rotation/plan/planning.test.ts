import { describe, expect, test } from "vitest";
import { createLog } from "../../../../src/base/log.ts";
import { parseSettings } from "../../../../src/base/settings/settings.ts";
import { createSeededEntropy } from "../../../../src/emulator/core/seeded-entropy.ts";
import { createCalls } from "../../../../src/rotation/calls.ts";
import { stageFor } from "../../../../src/rotation/pipeline.ts";
import { type Planned, planNext } from "../../../../src/rotation/plan/planning.ts";
import type { StageDecision } from "../../../../src/rotation/stages/stage.ts";
import type { Task } from "../../../../src/rotation/task.ts";
import { uaaClient } from "../../../support/clients.ts";
import {
  claimWith,
  contentWith,
  keepUpdating,
  regenerateByHand,
  writeVersion,
} from "../../../support/outside-changes.ts";
import { startProcess } from "../../../support/processes.ts";
import { accessOver } from "../../../support/world.ts";
import { type TestWorld, useWorlds } from "../../../support/worlds.ts";

const worlds = useWorlds();

/** Plans as a new process would, and checks that it changed nothing and sent only reads and logins. */
async function planIn(w: TestWorld, task: Task = { name: "HEAL" }, environment = {}): Promise<Planned> {
  const { clock, emulator } = w;
  const begin = createCalls({
    clock,
    entropy: createSeededEntropy(4),
    transport: emulator.transport,
    vaultAccess: () => accessOver(emulator.transport),
  });
  const lines: string[] = [];
  const log = createLog((line) => lines.push(line), clock, false);
  const before = w.state();
  const from = emulator.requests.length;
  const { contextFor } = await begin(parseSettings({ ...w.environment, ...environment }), null);
  const planned = await planNext(contextFor(w.secretId, log), task);
  expect(w.state()).toEqual(before);
  const others = emulator.requests
    .slice(from)
    .filter(({ method, call }) => method !== "GET" && !call.startsWith("token-"));
  expect(others.map(({ method, call }) => `${method} ${call}`)).toEqual([]);
  return planned;
}

const told = ({ state, next, why, row, changes }: Planned) => ({ state, next, why, row, changes });

describe("a plan", () => {
  test("of a heal if CURRENT works is nothing", async () => {
    const planned = await planIn(await worlds());
    expect(told(planned)).toEqual({
      state: "healthy",
      next: "nothing",
      why: "the issuer accepts CURRENT, and no request of this run for a new client secret is under way; a heal needs no more",
      row: "D1",
      changes: false,
    });
    expect(planned.current).toEqual({ versionNo: 1, verdict: "accepted", isClaim: false });
  });

  test("of a rotation says what a new client secret takes", async () => {
    expect(told(await planIn(await worlds(), { name: "ROTATION" }))).toEqual({
      state: "healthy",
      next: expect.stringContaining("write a claim, have the issuer make a new client secret"),
      why: "otherwise",
      row: "N9",
      changes: true,
    });
    const chosen = await planIn(await worlds({ client: uaaClient() }), { name: "ROTATION" });
    expect(chosen.next).toContain("give it to the issuer");
  });

  test("promotes a PENDING version that works, and asks for CURRENT's verdict all the same", async () => {
    const w = await worlds();
    await writeVersion(w, contentWith(w, "made-in-the-console"));
    regenerateByHand(w, "made-in-the-console");
    const planned = await planIn(w);
    expect(told(planned)).toMatchObject({ state: "down", next: "make version 2 CURRENT", row: "P7", changes: true });
    expect(planned.current?.verdict).toBe("rejected");
    expect(planned.pending).toEqual({ versionNo: 2, verdict: "accepted" });
  });

  test("finds the way back that a dead CURRENT leaves: another version that works", async () => {
    const w = await worlds();
    await writeVersion(w, contentWith(w, "the-second"), { stage: "CURRENT" });
    expect(told(await planIn(w))).toMatchObject({ state: "down", next: "make version 1 CURRENT", row: "L8" });
  });

  test("calls a secret locked out only after a second refusal, with every version asked", async () => {
    const w = await worlds();
    regenerateByHand(w, "nobody-has-it");
    const planned = await planIn(w);
    expect(told(planned)).toMatchObject({ state: "locked-out", row: "L11", changes: false });
    expect(planned.why).toBe("the issuer refuses CURRENT and no way back exists");
    expect(planned.nextAction).toBe("regenerate in the console, store the value as PENDING, run heal");
  });

  test("takes the token of an unfinished claim for a way back", async () => {
    const w = await worlds();
    w.emulator.faults.add({ call: "regenerate", kind: "killed-after" });
    await Promise.race([w.rotate(), w.clock.sleep(900_000)]);
    const planned = await planIn(w);
    expect(planned.state).toBe("down");
    expect(planned.changes).toBe(true);
  });

  test("leaves a run alone whose claim is live", async () => {
    const w = await worlds();
    await writeVersion(w, claimWith(w), { ageSeconds: 5 });
    expect(told(await planIn(w))).toMatchObject({ state: "busy", changes: false });
    expect((await planIn(w, { name: "ROTATION" })).next).toContain("wait for the other run");
  });

  test("calls a PENDING version poisoned that is refused for good", async () => {
    const w = await worlds();
    await writeVersion(w, contentWith(w, "never-was-one"));
    expect(told(await planIn(w))).toMatchObject({ state: "poisoned", next: "nothing" });
  });

  test("installs a PENDING version of our own making if the value is ours to choose", async () => {
    const w = await worlds({ client: uaaClient() });
    w.emulator.faults.add({ call: "install", kind: "killed-before" });
    expect(await startProcess(w, 1).call({ secretId: w.secretId })).toBeNull();
    await w.clock.sleep(600_000);
    expect(told(await planIn(w))).toMatchObject({ state: "interrupted", row: "I7", changes: true });
  });

  test("leaves a PENDING version alone that someone else has stored", async () => {
    const w = await worlds({ client: uaaClient() });
    await writeVersion(w, { ...w.client.content, clientSecret: "stored-and-not-installed" });
    expect(told(await planIn(w))).toMatchObject({ state: "poisoned", next: "nothing", row: "D1", changes: false });
    expect((await planIn(w, { name: "ROTATION" })).next).toContain("give it to the issuer");
  });

  test("says that Vault is between two states, after a few looks", async () => {
    const w = await worlds();
    keepUpdating(w, { ms: 60_000 });
    expect(told(await planIn(w))).toMatchObject({
      state: "updating",
      why: "the secret is UPDATING",
      row: null,
      changes: false,
    });
    const short = await worlds();
    keepUpdating(short, { ms: 1_500 });
    expect((await planIn(short)).state).toBe("healthy");
  });

  test("calls it unknown if the issuer does not answer", async () => {
    const w = await worlds();
    w.emulator.faults.add({ call: "token-current", kind: "server-error-before", count: 100 });
    expect(told(await planIn(w))).toMatchObject({ state: "unknown", changes: false });
  });

  test("says that rotations are paused", async () => {
    const planned = await planIn(await worlds(), { name: "ROTATION" }, { OROT_PAUSED: "true" });
    expect(planned).toMatchObject({
      state: "healthy",
      changes: false,
      nextAction: expect.stringContaining("OROT_PAUSED"),
    });
  });
});

const calls = ["write-claim", "regenerate", "install", "write-pending", "token-pending", "promote"] as const;
const clients = { "oci-iam": undefined, uaa: uaaClient() };

/** Stages that only ask: what a plan does itself. */
const asks = ({ stage, outcome }: Record<string, unknown>) =>
  String(stage).startsWith("verify-") || String(outcome).startsWith("read");

describe("a plan after a rotation was killed", () => {
  test.each(
    (["oci-iam", "uaa"] as const).flatMap((issuer) =>
      calls.flatMap((call) =>
        (["killed-before", "killed-after"] as const).map((kind) => [issuer, call, kind] as const),
      ),
    ),
  )("at %s, %s, %s says what the heal then does first", async (issuer, call, kind) => {
    const client = clients[issuer];
    const w = await worlds(client === undefined ? {} : { client });
    w.emulator.faults.add({ call, kind });
    await Promise.race([w.rotate(), w.clock.sleep(900_000)]);
    const planned = await planIn(w);
    const from = w.log.length;
    const healed = await w.call({ secretId: w.secretId, action: "heal" });
    expect(healed.responseCode).toBe(200);
    const [first] = w.log.slice(from).filter((line) => line["event"] === "stage" && !asks(line));
    const { decision } = planned;
    if (planned.changes) {
      expect(first?.["stage"]).toBe(stageFor((decision as StageDecision).kind).name);
    } else {
      expect(first?.["stage"] ?? "tidy").toBe("tidy");
      expect(decision.kind).toBe("done");
    }
    expect((await planIn(w)).state).toBe("healthy");
  });
});
