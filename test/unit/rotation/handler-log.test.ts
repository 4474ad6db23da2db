import { describe, expect, test, vi } from "vitest";
import { createSeededEntropy } from "../../../src/emulator/core/seeded-entropy.ts";
import { createHandler } from "../../../src/rotation/handler.ts";
import { startProcess } from "../../support/processes.ts";
import { accessOver, STEPS } from "../../support/world.ts";
import { outcomeOf, useWorlds } from "../../support/worlds.ts";

const world = useWorlds();

describe("the log", () => {
  test("is one JSON object a line, with time, level, event, call id and step", async () => {
    const w = await world();
    const process = startProcess(w, 1);
    await process.steps(w.secretId);
    await process.call({ secretId: w.secretId, action: "check" });
    expect(process.lines.length).toBeGreaterThan(10);
    for (const line of process.lines) {
      expect(line.indexOf("\n")).toBe(line.length - 1);
      const entry: unknown = JSON.parse(line);
      expect(entry).toMatchObject({
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
        level: expect.stringMatching(/^(info|warn|error)$/),
        event: expect.stringMatching(/^[a-z-]+$/),
        callId: "01CALL1",
        step: expect.any(String),
        secretId: w.secretId.slice(-8),
      });
    }
  });

  test("says of every stage what it was, how it ended, how long it took and which rotation it belongs to", async () => {
    const w = await world();
    await w.steps();
    const stages = w.log.filter((line) => line["event"] === "stage");
    expect(stages.map((line) => [line["step"], line["stage"], line["outcome"]])).toEqual([
      ["VERIFY_CONNECTION", "verify-current", "accepted"],
      ["CREATE_PENDING_VERSION", "verify-current", "accepted"],
      ["CREATE_PENDING_VERSION", "fetch-token", "prepared"],
      ["CREATE_PENDING_VERSION", "regenerate", "claimed"],
      ["CREATE_PENDING_VERSION", "regenerate", "minted"],
      ["CREATE_PENDING_VERSION", "write-pending", "stored"],
      ["UPDATE_TARGET_SYSTEM", "verify-pending", "accepted"],
      ["PROMOTE_PENDING_VERSION", "verify-pending", "accepted"],
      ["PROMOTE_PENDING_VERSION", "promote", "promoted"],
    ]);
    for (const line of stages) {
      expect(line["rotationId"]).toBe(`${w.secretId.slice(-8)}-1`);
      expect(Number.isInteger(line["ms"])).toBe(true);
    }
  });

  test("begins and ends every call, with the outcome and the answer's text", async () => {
    const w = await world();
    for (const answer of await w.steps()) expect(outcomeOf(answer)).toBe("OK 200");
    const ends = w.log.filter((line) => line["event"] === "call-ended");
    expect(w.log.filter((line) => line["event"] === "call-started")).toHaveLength(4);
    expect(ends.map((line) => [line["step"], line["outcome"], line["responseCode"]])).toEqual(
      STEPS.map((step) => [step, "OK", 200]),
    );
    expect(ends.every((line) => typeof line["ms"] === "number" && typeof line["returnMessage"] === "string")).toBe(
      true,
    );
  });

  test("also says how a call ended that was no event", async () => {
    const w = await world();
    await w.call("nonsense");
    expect(w.log).toEqual([
      expect.objectContaining({ level: "error", event: "call-ended", callId: "01TESTCALL", outcome: "EVENT_INVALID" }),
    ]);
  });

  test("holds no whole OCID, the answer neither", async () => {
    const w = await world();
    w.emulator.faults.add({ call: "promote", kind: "unauthorized" });
    const answers = [...(await w.steps()), await w.rotate(), await w.call({ secretId: w.secretId, action: "check" })];
    expect(JSON.stringify(w.log)).not.toContain("ocid1.");
    expect(JSON.stringify(answers)).not.toContain("ocid1.");
    expect(JSON.stringify(w.log)).toContain(w.secretId.slice(-8));
  });

  test("holds whole OCIDs if the setting asks for them", async () => {
    const w = await world({ environment: { OROT_LOG_FULL_OCIDS: "true" } });
    await w.steps();
    expect(w.log.every((line) => line["secretId"] === w.secretId)).toBe(true);
    expect(w.log.find((line) => line["rotationId"] !== undefined)?.["rotationId"]).toBe(`${w.secretId.slice(-8)}-1`);
  });

  test("makes its own id if the platform sends none", async () => {
    const w = await world();
    await w.handler(Buffer.from(JSON.stringify({ secretId: w.secretId })), { callID: null, deadline: null });
    expect(w.log[0]?.["callId"]).toMatch(/^[0-9a-f-]{36}$/);
    expect(new Set(w.log.map((line) => line["callId"])).size).toBe(1);
  });
});

describe("what was not foreseen", () => {
  const secretId = `ocid1.vaultsecret.oc1.iad.${"a".repeat(32)}`;
  const event = Buffer.from(JSON.stringify({ secretId }));

  test.each([
    ["an Error", () => new TypeError("Basic canary-of-a-credential")],
    ["an Error that looks like a stack", () => new TypeError("at\n    at canary-of-a-credential (a.js:1:1)")],
    ["a text", () => "Basic canary-of-a-credential"],
    ["undefined", () => undefined],
  ])("(%s) is answered INTERNAL, and its text goes nowhere", async (_title, make) => {
    const w = await world();
    const lines: string[] = [];
    const handler = createHandler({
      clock: w.clock,
      entropy: createSeededEntropy(3),
      transport: w.emulator.transport,
      vaultAccess: () => {
        throw make();
      },
      environment: {},
      write: (line) => {
        lines.push(line);
      },
    });
    const answer = await handler(event, { callID: "01BROKEN", deadline: null });
    expect(outcomeOf(answer)).toBe("INTERNAL 500");
    expect(answer.versionNo).toBeNull();
    expect(`${JSON.stringify(answer)}${lines.join("")}`).not.toContain("canary-of-a-credential");
    expect(lines.map((line) => JSON.parse(line).event)).toContain("internal-error");
  });

  test("in a transport that breaks its promise is answered, never thrown", async () => {
    const w = await world();
    const transport = vi.fn(() => Promise.reject(new TypeError("canary-of-a-credential")));
    const lines: string[] = [];
    const handler = createHandler({
      clock: w.clock,
      entropy: createSeededEntropy(3),
      transport,
      vaultAccess: () => accessOver(transport),
      environment: {},
      write: (line) => {
        lines.push(line);
      },
    });
    const answer = await handler(event, { callID: "01BROKEN", deadline: null });
    expect(answer.responseCode).toBeGreaterThanOrEqual(500);
    expect(`${JSON.stringify(answer)}${lines.join("")}`).not.toContain("canary-of-a-credential");
  });
});
