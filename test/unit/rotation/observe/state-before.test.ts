import { describe, expect, test } from "vitest";
import { type Attempt, createAttempt } from "../../../../src/rotation/attempt/attempt.ts";
import { readAll } from "../../../../src/rotation/observe/contents.ts";
import { observe } from "../../../../src/rotation/observe/observe.ts";
import { isFromBefore } from "../../../../src/rotation/observe/values.ts";
import { createRig, credential, noteLogin, observed, type Written } from "../rig.ts";
import { current, deprecated } from "./observe-rig.ts";
import { issuerState, look } from "./state-rig.ts";

const pending = (content: unknown): Written => ({ no: 8, stages: ["PENDING", "LATEST"], content });

/** What a call remembers that first saw versions 5 to 7, once version 8 is there and everything was read. */
async function memoryWith(newest: unknown): Promise<Attempt> {
  const { rig, attempt } = await look([deprecated(5, "not json"), deprecated(6, credential("S6")), current]);
  rig.vault.versions.push(pending(newest));
  const seen = await observe({ context: rig.context, attempt }, true, null);
  if (seen === null) throw new Error("the secret is UPDATING");
  await readAll({ context: rig.context, attempt }, seen.list);
  return attempt;
}

describe("a value from before the call", () => {
  test("is what every version holds that was there at the first look, read or not", async () => {
    const attempt = await memoryWith(credential("S8"));
    attempt.read.contents.delete(7);
    for (const no of [5, 6, 7]) expect(isFromBefore(attempt.read, no)).toBe(true);
  });

  test.each(["S6", "S7"])("is one even if a later version holds it again: %s", async (value) => {
    expect(isFromBefore((await memoryWith(credential(value))).read, 8)).toBe(true);
  });

  test("is none that no version held at the first look", async () => {
    expect(isFromBefore((await memoryWith(credential("S8"))).read, 8)).toBe(false);
  });

  test("is not known to be one if a later version is not understood, or was not read", async () => {
    const attempt = await memoryWith("not json");
    expect(isFromBefore(attempt.read, 8)).toBe(false);
    expect(isFromBefore(attempt.read, 9)).toBe(false);
  });

  test("is none if nothing was looked at yet", async () => {
    const attempt = await memoryWith(credential("S7"));
    attempt.read.startHighestNo = null;
    for (const no of [7, 8]) expect(isFromBefore(attempt.read, no)).toBe(false);
  });
});

describe("a CURRENT of another number than at first", () => {
  async function currentWith(isCompromised: boolean, appSecret: string, versionNo: number) {
    const rig = createRig([current, pending(credential("S8"))]);
    const attempt = createAttempt(null, isCompromised);
    await observe({ context: rig.context, attempt }, true, null);
    rig.vault.versions = [
      deprecated(7, credential("S7"), { stages: ["PREVIOUS"] }),
      ...(versionNo === 8 ? [] : [deprecated(8, credential("S8"))]),
      { no: versionNo, stages: ["CURRENT", "LATEST"], content: credential(appSecret) },
    ];
    const seen = await observed(rig, attempt);
    noteLogin(attempt, rig, versionNo, "accepted");
    return issuerState(rig, attempt, seen).current;
  }

  test.each([
    ["what was pending then", "S8", 8],
    ["the value of what was pending then", "S8", 9],
  ])("with %s is a rotation, but none of compromised values", async (_what, appSecret, versionNo) => {
    expect(await currentWith(false, appSecret, versionNo)).toMatchObject({ holds: "new-value" });
    expect(await currentWith(true, appSecret, versionNo)).toMatchObject({ holds: "start-value" });
  });

  test("with a value that no one had stored is a rotation, also of compromised values", async () => {
    for (const isCompromised of [false, true])
      expect(await currentWith(isCompromised, "S9", 9)).toMatchObject({ holds: "new-value" });
  });

  test("with the value of then is no rotation", async () => {
    for (const isCompromised of [false, true])
      expect(await currentWith(isCompromised, "S7", 9)).toMatchObject({ holds: "start-value" });
  });
});
