import { describe, expect, test } from "vitest";
import type { Capabilities } from "../../../src/clients/issuers/issuer.ts";
import { createAttempt } from "../../../src/rotation/attempt/attempt.ts";
import type { Decision } from "../../../src/rotation/decide/decide.ts";
import { observerOf, type Task } from "../../../src/rotation/task.ts";
import { createRig, credential, noteLogin } from "./rig.ts";

const tasks = ["CREATE_PENDING_VERSION", "ROTATION", "HEAL"] as const;

/** Every issuer that there could be with one value at a time. */
const allTraits: readonly Capabilities[] = (["issuer", "caller"] as const).flatMap((valueChosenBy) =>
  (["yes", "no", "probe"] as const).flatMap((readBack) =>
    (["safe", "last-wins", "destructive"] as const).map((repeatMint) => ({
      valueChosenBy,
      readBack,
      overlap: "none" as const,
      authorities: ["client" as const],
      repeatMint,
    })),
  ),
);

/** What is decided once CURRENT has given this verdict, by a CURRENT of this content, everything prepared. */
async function decided(
  task: Task,
  content: unknown,
  traitsOf: (issuer: string | null) => Capabilities,
  verdict: "accepted" | "rejected",
  lifecycle = "ACTIVE",
): Promise<Decision> {
  const rig = createRig([{ no: 7, stages: ["CURRENT", "LATEST"], content }], {}, { capabilities: traitsOf });
  rig.vault.lifecycle = lifecycle;
  const attempt = createAttempt(null);
  const look = await observerOf(task)({ context: rig.context, attempt }, null);
  noteLogin(attempt, rig, 7, verdict);
  attempt.isPrepared = true;
  return look.decide();
}

describe.each(allTraits)(
  "a value chosen by the $valueChosenBy, read back: $readBack, minted again: $repeatMint",
  (capabilities) => {
    const isCaller = capabilities.valueChosenBy === "caller";

    test.each(["CREATE_PENDING_VERSION", "ROTATION"] as const)("%s makes it by its own table", async (name) => {
      const decision = await decided({ name }, credential("S"), () => capabilities, "accepted");
      expect(decision).toEqual(isCaller ? { kind: "generate" } : { kind: "claim" });
    });

    test.each(tasks)("%s looks for a way back by its own table", async (name) => {
      const decision = await decided({ name }, credential("S"), () => capabilities, "rejected");
      // Where the value is stored before it is used, a refusal is first given time to pass.
      expect(decision).toEqual(isCaller ? { kind: "wait", until: "verdict" } : { kind: "read-others" });
    });

    test("HEAL leaves a CURRENT that logs in as it is", async () => {
      const decision = await decided({ name: "HEAL" }, credential("S"), () => capabilities, "accepted");
      expect(decision).toEqual({ kind: "done", code: "NOTHING_TO_DO", versionNo: 7 });
    });

    test.each([
      [{ name: "VERIFY_CONNECTION" }, { kind: "done", code: "OK", versionNo: 7 }],
      [
        { name: "UPDATE_TARGET_SYSTEM", versionNo: 7 },
        { kind: "fail", code: "NOTHING_PENDING", what: expect.any(String) },
      ],
      [
        { name: "PROMOTE_PENDING_VERSION", versionNo: 7 },
        { kind: "done", code: "OK", versionNo: 7 },
      ],
    ] as const satisfies readonly (readonly [Task, object])[])("%o is decided alike", async (task, expected) => {
      expect(await decided(task, credential("S"), () => capabilities, "accepted")).toEqual(expected);
    });
  },
);

describe("who chooses the value", () => {
  const byContent = (issuer: string | null): Capabilities => ({
    valueChosenBy: issuer === "toy-caller" ? "caller" : "issuer",
    readBack: "no",
    overlap: "none",
    authorities: ["client"],
    repeatMint: "safe",
  });

  test.each(tasks)("%s: follows from CURRENT's content", async (name) => {
    const ask = (issuer: string) => decided({ name }, credential("S", { issuer }), byContent, "rejected");
    expect(await ask("toy-caller")).toEqual({ kind: "wait", until: "verdict" });
    expect(await ask("toy-issuer")).toEqual({ kind: "read-others" });
  });

  test.each(tasks)("%s: does not matter while the secret is UPDATING", async (name) => {
    const content = credential("S", { issuer: "toy-caller" });
    expect(await decided({ name }, content, byContent, "accepted", "UPDATING")).toEqual({
      kind: "wait",
      until: "active",
    });
  });

  test.each(tasks)("%s: is not known if CURRENT is not understood, and nothing is written then", async (name) => {
    const rig = createRig(
      [{ no: 7, stages: ["CURRENT", "LATEST"], content: "not json" }],
      {},
      { capabilities: byContent },
    );
    const attempt = createAttempt(null);
    const look = await observerOf({ name })({ context: rig.context, attempt }, null);
    // Logging in with it is what says why it is not understood.
    expect(look.decide()).toEqual({ kind: "log-in-current", versionNo: 7 });
  });

  test("of a version that is PENDING does not matter: CURRENT's does", async () => {
    const rig = createRig(
      [
        { no: 7, stages: ["CURRENT"], content: credential("S", { issuer: "toy-issuer" }) },
        { no: 8, stages: ["PENDING", "LATEST"], content: credential("T", { issuer: "toy-caller" }) },
      ],
      {},
      { capabilities: byContent },
    );
    const attempt = createAttempt(null);
    const look = await observerOf({ name: "ROTATION" })({ context: rig.context, attempt }, null);
    noteLogin(attempt, rig, 8, "rejected");
    noteLogin(attempt, rig, 7, "rejected");
    expect(look.decide()).toEqual({ kind: "read-others" });
  });
});
