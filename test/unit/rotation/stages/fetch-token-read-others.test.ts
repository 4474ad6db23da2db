import { describe, expect, test } from "vitest";
import { readOthers } from "../../../../src/rotation/stages/fetch-token.ts";
import { credential, current, startRun, type Written } from "../rig.ts";
import { willing } from "../toy-issuer.ts";

describe("reading what else is stored", () => {
  test("reads every version, and looks up second authorities once", async () => {
    const old: Written = { no: 3, stages: ["DEPRECATED"], content: credential("S3"), ageSeconds: 30 * 86_400 };
    const { context, attempt, seen, asked, requested } = await startRun({
      versions: [old, current],
      authorities: [willing("first")],
    });
    for (let time = 0; time < 2; time++) {
      expect(await readOthers({ context, attempt, snapshot: seen })).toEqual({ outcome: "read", next: "decide" });
    }
    expect(attempt).toMatchObject({ read: { hasReadOthers: true }, authorities: { others: [{ name: "first" }] } });
    expect(attempt.read.contents.get(3)?.kind).toBe("credential");
    expect(asked.filter((call) => call === "read 3")).toHaveLength(1);
    expect(requested).toEqual(["authorities"]);
  });
});
