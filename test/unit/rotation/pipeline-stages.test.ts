import { describe, expect, test } from "vitest";
import { pipeline, runStage, stageFor } from "../../../src/rotation/pipeline.ts";
import { fetchToken } from "../../../src/rotation/stages/fetch-token.ts";
import { promote } from "../../../src/rotation/stages/promote.ts";
import { regenerate } from "../../../src/rotation/stages/regenerate/index.ts";
import { finderOf, type StageDecision, type StageKind } from "../../../src/rotation/stages/stage.ts";
import { verifyCurrent } from "../../../src/rotation/stages/verify-current.ts";
import { verifyPending } from "../../../src/rotation/stages/verify-pending.ts";
import { writePending } from "../../../src/rotation/stages/write-pending.ts";
import { expectFailure } from "../../support/failures.ts";
import { accepted, current, pending, startRun } from "./rig.ts";

test("the stages stand in the order of a rotation", () => {
  expect(pipeline.map(({ name }) => name)).toEqual([
    "verify-current",
    "fetch-token",
    "regenerate",
    "write-pending",
    "verify-pending",
    "promote",
  ]);
});

// `npm run typecheck` is what fails: each of these lines would compile were the rule not kept.
test("stages among which a decision has none, or has two, do not compile", () => {
  const rest = [fetchToken, regenerate, writePending, verifyPending] as const;
  const again = { name: "twice", handles: promote.handles } as const;
  expect(finderOf([verifyCurrent, ...rest, promote])("promote").name).toBe("promote");
  // @ts-expect-error: no stage logs in with CURRENT
  finderOf([...rest, promote]);
  // @ts-expect-error: no stage promotes
  finderOf([verifyCurrent, ...rest]);
  // @ts-expect-error: two stages promote
  finderOf([verifyCurrent, ...rest, promote, again]);
});

describe("a decision", () => {
  test.each<[StageKind, string]>([
    ["log-in-current", "verify-current"],
    ["prepare", "fetch-token"],
    ["read-others", "fetch-token"],
    ["take-lease", "fetch-token"],
    ["note-current", "fetch-token"],
    ["note-no-grace", "fetch-token"],
    ["note-pending", "fetch-token"],
    ["claim", "regenerate"],
    ["try-pending", "regenerate"],
    ["mint", "regenerate"],
    ["read-back", "regenerate"],
    ["install", "regenerate"],
    ["retire", "regenerate"],
    ["generate", "write-pending"],
    ["copy", "write-pending"],
    ["store", "write-pending"],
    ["log-in-pending", "verify-pending"],
    ["log-in-unsaved", "verify-pending"],
    ["promote", "promote"],
  ])("%s runs the stage %s", (kind, stage) => {
    expect(stageFor(kind).name).toBe(stage);
  });

  const asking = () => startRun({ versions: [current, pending], issuer: { login: async () => accepted } });

  test("that needs the list of versions is a defect without one; a login and a promote need none", async () => {
    const { context, attempt } = await asking();
    const run = async (decision: StageDecision) => runStage({ context, attempt, snapshot: null }, decision);
    await expectFailure(() => run({ kind: "claim" }), "INTERNAL", "claim was decided without a list of versions");
    await expectFailure(() => run({ kind: "install", versionNo: 8 }), "INTERNAL", "install was decided without");
    expect(await run({ kind: "log-in-current", versionNo: 7 })).toMatchObject({ outcome: "accepted" });
    expect(await run({ kind: "log-in-pending", versionNo: 8 })).toMatchObject({ outcome: "accepted" });
    expect(await run({ kind: "promote", versionNo: 8 })).toMatchObject({ outcome: "promoted" });
  });

  test("with the list is carried out by its own handler", async () => {
    const { context, attempt, seen, log } = await asking();
    const run = (decision: StageDecision) => runStage({ context, attempt, snapshot: seen }, decision);
    expect(await run({ kind: "copy", versionNo: 8 })).toMatchObject({ outcome: "copied" });
    expect(await run({ kind: "log-in-unsaved" })).toMatchObject({ outcome: "accepted" });
    expect(await run({ kind: "store", versionStage: "PENDING" })).toMatchObject({ outcome: "stored" });
    expect(await run({ kind: "read-others" })).toMatchObject({ outcome: "read" });
    expect(await run({ kind: "claim" })).toMatchObject({ outcome: "claimed" });
    expect(await run({ kind: "generate" })).toMatchObject({ outcome: "stored" });
    expect(log).toEqual([]);
  });
});
