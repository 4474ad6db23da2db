import { describe, expect, test } from "vitest";
import { readOthers } from "../../../../src/rotation/stages/fetch-token.ts";
import { credential, type Written } from "../rig.ts";
import { createActing, current, willing } from "./acting.ts";

describe("reading what else is stored", () => {
  test("reads every version, and looks up second authorities once", async () => {
    const old: Written = { no: 3, stages: ["DEPRECATED"], content: credential("S3"), ageSeconds: 30 * 86_400 };
    const first = willing("first");
    const { context, attempt, seen, rig, asked } = await createActing({
      versions: [old, current],
      authorities: [first],
    });
    for (let time = 0; time < 2; time++) {
      expect(await readOthers(context, attempt, seen)).toEqual({ outcome: "read", next: "decide" });
    }
    expect(attempt).toMatchObject({ hasReadOthers: true, authorities: [first] });
    expect(attempt.contents.get(3)?.kind).toBe("credential");
    expect(rig.asked.filter((call) => call === "read 3")).toHaveLength(1);
    expect(asked).toEqual(["authorities"]);
  });
});
