import { describe, expect, test } from "vitest";
import { copy } from "../../../../src/rotation/stages/write-pending.ts";
import { accepted, credential, current, noteLogin, startRun, type Written } from "../rig.ts";

describe("a stored credential that Vault will not promote", () => {
  test("becomes the unsaved value: its own text, and the verdict that is known", async () => {
    const old: Written = { no: 3, stages: ["DEPRECATED"], content: credential("S3", { _rotation: undefined, a: 1 }) };
    const run = await startRun({ versions: [{ ...old, ageSeconds: 60 }, current] });
    const { context, attempt, seen, clock } = run;
    noteLogin(run.attempt, run, 3, accepted);
    expect(await copy({ context, attempt, snapshot: seen }, { versionNo: 3 })).toEqual({
      outcome: "copied",
      next: "decide",
    });
    expect(JSON.parse(attempt.unsaved?.text.reveal() ?? "")).toEqual({ a: 1, appSecret: "S3" });
    expect(attempt.unsaved).toMatchObject({
      base: 7,
      isCopy: true,
      isMinted: false,
      login: accepted,
      failure: null,
      receivedAt: clock.monotonic(),
    });
    attempt.read.logins.clear();
    await copy({ context, attempt, snapshot: seen }, { versionNo: 3 });
    expect(attempt.unsaved?.login).toBeNull();
  });
});
