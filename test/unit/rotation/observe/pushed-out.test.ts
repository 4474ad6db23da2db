import { describe, expect, test } from "vitest";
import type { Capabilities } from "../../../../src/clients/issuers/issuer.ts";
import { createAttempt } from "../../../../src/rotation/attempt/attempt.ts";
import { observe } from "../../../../src/rotation/observe/observe.ts";
import { claim, createRig, credential, ownValue, type Written } from "../rig.ts";
import { current } from "./observe-rig.ts";

const made = ownValue("S7");
const pushed = (rest: Partial<Written> = {}): Written => ({
  no: 8,
  stages: ["DEPRECATED"],
  content: credential(made),
  ...rest,
});
const above = (content: unknown, rest: Partial<Written> = {}): Written => ({
  no: 9,
  stages: ["PENDING", "LATEST"],
  content,
  ...rest,
});
const theirs = credential("known to somebody");

async function pendingIn(versions: readonly Written[], valueChosenBy: Capabilities["valueChosenBy"] = "caller") {
  const capabilities: Capabilities = {
    valueChosenBy,
    readBack: "no",
    overlap: "two-slot",
    authorities: ["client"],
    repeatMint: "safe",
  };
  const rig = createRig(versions, {}, { capabilities });
  const attempt = createAttempt(null);
  const seen = await observe({ context: rig.context, attempt }, true, null);
  return { no: seen?.pending?.versionNo ?? null, unproven: [...attempt.read.unproven], log: rig.log };
}

describe("a value of our own that a PENDING version of someone else's has made DEPRECATED", () => {
  test.each<[string, unknown]>([
    ["with a value that the rotator did not make", theirs],
    ["that cannot be understood", "not json"],
    ["of another client", credential("S9", { clientId: "another" })],
    ["with a mark that is not to be believed", claim("made up", { base: 7 })],
  ])("still counts as what is pending below one %s", async (_what, content) => {
    expect((await pendingIn([current, pushed(), above(content)])).no).toBe(8);
  });

  test("has what stands above it named as left alone", async () => {
    const { unproven, log } = await pendingIn([current, pushed(), above(theirs)]);
    expect(unproven).toEqual([9]);
    expect(log).toEqual([expect.objectContaining({ event: "version-not-made-by-rotator", versionNo: 9 })]);
  });

  test.each<[string, readonly Written[], number | null]>([
    ["below a newer one of our own making", [pushed(), above(credential(ownValue("S7", 2)))], 9],
    ["below a claim", [pushed(), above(claim("S7"))], null],
    ["with nothing PENDING above it", [pushed()], null],
    ["that awaits deletion", [pushed({ isBeingDeleted: true }), above(theirs)], 9],
    [
      "that was made from another value than CURRENT's",
      [pushed({ content: credential(ownValue("S6")) }), above(theirs)],
      9,
    ],
    ["below CURRENT", [pushed({ no: 6 }), above(theirs)], 9],
  ])("counts no more %s", async (_what, versions, expected) => {
    expect((await pendingIn([current, ...versions])).no).toBe(expected);
  });

  test("is none if the issuer chooses the value: there the newest PENDING credential counts", async () => {
    expect(await pendingIn([current, pushed(), above(theirs)], "issuer")).toMatchObject({ no: 9, unproven: [] });
  });
});
