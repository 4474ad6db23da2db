import { describe, expect, it } from "vitest";
import { endedWell } from "../../../../scripts/demo/rotation.ts";
import { answered, expired, result, retired } from "./results.ts";

const failedRotation = { secretId: "s", workRequestId: "w", status: "FAILED", steps: [] } as const;

describe("a demo has ended well", () => {
  it.each([
    ["where the issuer keeps one value and refuses the old one", result()],
    ["where the old one worked beside the new one until it was retired", result({ overlap: retired })],
    [
      "where the old one worked beside the new one until its time was over",
      result({ oldSecret: "accepted", overlap: expired }),
    ],
    [
      "where a heal made a failed rotation good",
      result({ rotation: failedRotation, heal: answered(200), hasFaultStruck: true }),
    ],
    [
      "where a fault left nothing of the old one's overlap",
      result({
        heal: answered(200),
        overlap: { ...expired, overlapSecret: "rejected", until: null, expiredSecret: null },
      }),
    ],
  ])("%s", (_case, seen) => {
    expect(endedWell(seen)).toBe(true);
  });

  it.each([
    ["the rotation failed", result({ rotation: failedRotation })],
    ["the new one does not work", result({ newSecret: "rejected" })],
    ["nobody knows whether the new one works", result({ newSecret: "unknown" })],
    ["the old one still works where one value is kept", result({ oldSecret: "accepted" })],
    ["the old one did not work beside the new one", result({ overlap: { ...retired, overlapSecret: "rejected" } })],
    ["the retirement was refused", result({ overlap: { ...retired, retire: answered(409) } })],
    ["the old one still works after it was retired", result({ overlap: retired, oldSecret: "accepted" })],
    ["the old one still works after its time", result({ overlap: { ...expired, expiredSecret: "accepted" } })],
    ["the old one has no end", result({ overlap: { ...expired, until: null, expiredSecret: null } })],
    [
      "the rotation failed although the fault struck nothing",
      result({ rotation: failedRotation, heal: answered(200) }),
    ],
    ["the heal failed", result({ heal: answered(503) })],
    ["the new one does not work after the heal", result({ heal: answered(200), newSecret: "rejected" })],
    [
      "the retirement failed twice under a fault",
      result({ heal: answered(200), overlap: { ...retired, retire: answered(503) } }),
    ],
  ])("but not where %s", (_case, seen) => {
    expect(endedWell(seen)).toBe(false);
  });
});
