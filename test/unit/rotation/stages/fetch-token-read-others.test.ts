import { describe, expect, test } from "vitest";
import { readOthers } from "../../../../src/rotation/stages/fetch-token.ts";
import { credential, type Written } from "../rig.ts";
import { createActing, current, willing } from "./acting.ts";

describe("reading what else is stored", () => {
  test("reads every version, and looks up second authorities once", async () => {
    const old: Written = { no: 3, stages: ["DEPRECATED"], content: credential("S3"), ageSeconds: 30 * 86_400 };
    const first = willing("first");
    const { invocation, memory, seen, rig, asked } = await createActing({
      versions: [old, current],
      authorities: [first],
    });
    for (let time = 0; time < 2; time++) {
      expect(await readOthers(invocation, memory, seen)).toEqual({ outcome: "read", next: "decide" });
    }
    expect(memory).toMatchObject({ hasReadOthers: true, authorities: [first] });
    expect(memory.contents.get(3)?.kind).toBe("credential");
    expect(rig.asked.filter((call) => call === "read 3")).toHaveLength(1);
    expect(asked).toEqual(["authorities"]);
  });
});
