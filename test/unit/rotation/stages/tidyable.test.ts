import { describe, expect, test } from "vitest";
import { createAttempt } from "../../../../src/rotation/attempt/attempt.ts";
import { readAll } from "../../../../src/rotation/observe/contents.ts";
import { tidyable } from "../../../../src/rotation/stages/tidy.ts";
import { claim, createRig, credential, observed, ownValue, type Written } from "../rig.ts";

const FAR = "2100-01-01T00:00:00Z";
const PAST = "2020-01-01T00:00:00Z";

const deprecated = (no: number, content: unknown = credential(`S${no}`), rest: Partial<Written> = {}): Written => ({
  no,
  stages: ["DEPRECATED"],
  name: `orot-${no}`,
  content,
  ...rest,
});
const current = (no: number, value = `S${no}`): Written => ({ no, stages: ["CURRENT"], content: credential(value) });
/** CURRENT below the highest version, so that nothing else protects what a test is about. */
const top = (no: number): Written => ({ no, stages: ["PENDING", "LATEST"], content: credential("top") });
/** A claim as it is written over the version with that number and its value. */
const claimOver = (base: number, tokenExpiresAt: string | null, value = `S${base}`) =>
  claim(value, { base, ...(tokenExpiresAt === null ? {} : { token: "token", tokenExpiresAt }) });

async function looked(versions: readonly Written[], keep: number, valueChosenBy: "issuer" | "caller" = "issuer") {
  const rig = createRig(versions, { OROT_KEEP_DEPRECATED_VERSIONS: String(keep) }, { capabilities: { valueChosenBy } });
  const attempt = createAttempt(null);
  const seen = await observed(rig, attempt);
  return { rig, attempt, seen };
}

async function tidied(versions: readonly Written[], keep = 0, valueChosenBy: "issuer" | "caller" = "issuer") {
  const { rig, attempt, seen } = await looked(versions, keep, valueChosenBy);
  await readAll({ context: rig.context, attempt }, seen.list);
  return tidyable({ context: rig.context, attempt }, seen.list, seen.current.versionNo).map(
    ({ versionNo }) => versionNo,
  );
}

describe("what may be tidied", () => {
  test("is every DEPRECATED credential below CURRENT but the newest that are kept, the oldest first", async () => {
    const versions = [deprecated(1), deprecated(2), deprecated(3), current(4)];
    expect(await tidied(versions)).toEqual([1, 2, 3]);
    expect(await tidied(versions, 1)).toEqual([1, 2]);
    expect(await tidied(versions, 3)).toEqual([]);
  });

  test.each([["CURRENT"], ["PREVIOUS"], ["PENDING"]] as const)("is never %s", async (stage) => {
    const version = { ...deprecated(1), stages: [stage] };
    const versions = stage === "CURRENT" ? [version, top(5)] : [version, deprecated(2), current(4), top(5)];
    expect(await tidied(versions)).not.toContain(1);
  });

  test("is never the highest number, whatever it is", async () => {
    expect(await tidied([current(1), deprecated(2, claimOver(1, PAST))])).toEqual([]);
    expect(await tidied([current(1), deprecated(2, credential("S2"))])).toEqual([]);
    const claims = [deprecated(2, claimOver(1, PAST)), deprecated(3, claimOver(1, PAST))];
    expect(await tidied([current(1), ...claims])).toEqual([2]);
    expect(await tidied([current(1), deprecated(2, claimOver(1, PAST)), deprecated(3)])).toEqual([]);
  });

  test("is not the highest number either if CURRENT is above all that the list shows", async () => {
    const { rig, attempt, seen } = await looked([current(1), deprecated(2), deprecated(3)], 0);
    await readAll({ context: rig.context, attempt }, seen.list);
    const numbers = tidyable({ context: rig.context, attempt }, seen.list, 4).map(({ versionNo }) => versionNo);
    expect(numbers).toEqual([2]);
  });

  test("is nothing that awaits deletion already", async () => {
    expect(
      await tidied([deprecated(1, credential("S1"), { isBeingDeleted: true }), deprecated(2), current(3)]),
    ).toEqual([2]);
  });

  test("is no credential at the newest claim's base and above: it belongs to the latest rotation", async () => {
    const versions = [
      deprecated(1),
      deprecated(2),
      deprecated(3),
      deprecated(4, claimOver(2, PAST)),
      current(5),
      top(6),
    ];
    expect(await tidied(versions)).toEqual([1]);
  });

  test("does not count the newest claim's base among those that are kept", async () => {
    const versions = [deprecated(1), deprecated(2), deprecated(3), deprecated(4, claimOver(3, PAST)), current(5)];
    expect(await tidied(versions, 1)).toEqual([1]);
  });

  test("without a claim is nothing at CURRENT's number and above", async () => {
    expect(await tidied([deprecated(1), current(2), deprecated(3), deprecated(4), top(5)])).toEqual([1]);
  });

  test("is nothing at PREVIOUS's number and above: an operator has gone forth or back from there", async () => {
    const previous: Written = { no: 2, stages: ["PREVIOUS"], content: credential("S2") };
    expect(await tidied([deprecated(1), previous, deprecated(3), deprecated(4), current(5)])).toEqual([1]);
  });

  test("is no version that a claim was made from which stays: without it the claim could not be told to be ours", async () => {
    const claims = [deprecated(3, claimOver(2, FAR)), deprecated(6, claimOver(5, PAST))];
    const versions = [deprecated(1), deprecated(2), deprecated(4), deprecated(5), ...claims, current(7)];
    expect(await tidied(versions)).toEqual([1, 4]);
    const spent = [deprecated(3, claimOver(2, PAST)), deprecated(6, claimOver(5, PAST))];
    expect(await tidied([deprecated(1), deprecated(2), deprecated(4), deprecated(5), ...spent, current(7)])).toEqual([
      3, 1, 2, 4,
    ]);
  });

  test("is no claim that another claim was made from which stays", async () => {
    const chain = [claimOver(1, PAST), claimOver(2, PAST, "S1"), claimOver(3, FAR, "S1"), claimOver(1, PAST)];
    const claims = chain.map((content, index) => deprecated(index + 2, content));
    expect(await tidied([deprecated(1), ...claims, deprecated(6), current(7)])).toEqual([]);
    const spent = [...chain.slice(0, 2), claimOver(3, PAST, "S1"), claimOver(6, PAST)];
    const numbers = [2, 3, 4, 7];
    const others = spent.map((content, index) => deprecated(numbers[index] ?? 0, content));
    expect(await tidied([deprecated(1), ...others, deprecated(5), deprecated(6), current(8)])).toEqual([4, 3, 2, 1, 5]);
  });

  test("is no claim whose token lives, however old", async () => {
    const versions = [
      deprecated(1),
      deprecated(2, claimOver(1, FAR)),
      deprecated(3, claimOver(1, PAST)),
      deprecated(4, claimOver(1, FAR)),
      current(5),
    ];
    expect(await tidied(versions)).toEqual([3]);
  });

  test("is a claim from the very moment on at which its token expires", async () => {
    // The rig's list is answered at this instant.
    const [now, later] = ["2026-01-01T00:00:00.000Z", "2026-01-01T00:00:00.001Z"];
    const versions = [
      deprecated(1),
      deprecated(2, claimOver(1, later)),
      deprecated(3, claimOver(1, now)),
      deprecated(4, claimOver(1, FAR)),
      current(5),
    ];
    expect(await tidied(versions)).toEqual([3]);
  });

  test("is never the newest claim, also with its token dead", async () => {
    expect(await tidied([deprecated(1), deprecated(2), deprecated(3, claimOver(2, PAST)), current(4)])).toEqual([1]);
  });

  test("is an older claim with a dead token, or none, also above the newest claim's base", async () => {
    const older = [deprecated(2, claimOver(1, PAST)), deprecated(3, claimOver(1, null))];
    expect(await tidied([current(1), ...older, deprecated(4, claimOver(1, PAST)), top(5)])).toEqual([3, 2]);
  });

  test("does not count claims among the credentials that are kept", async () => {
    const claims = [deprecated(2, claimOver(1, PAST)), deprecated(4, claimOver(3, PAST))];
    const versions = [
      deprecated(1),
      deprecated(3),
      ...claims,
      deprecated(5),
      current(6),
      deprecated(7, claimOver(6, FAR)),
      top(8),
    ];
    expect(await tidied(versions, 2)).toEqual([4, 2, 1]);
  });

  test("is nothing whose content was not read", async () => {
    const { rig, attempt, seen } = await looked([deprecated(1), current(2)], 0);
    expect(tidyable({ context: rig.context, attempt }, seen.list, 2)).toEqual([]);
  });
});

describe("what someone else has stored", () => {
  test("is not tidied if its mark is not known, and protects nothing else", async () => {
    const versions = [
      deprecated(1),
      deprecated(2, claim("S1", { v: 9, base: 1 })),
      deprecated(3, { _rotation: null }),
      current(4),
    ];
    expect(await tidied(versions)).toEqual([1]);
  });

  test("is not tidied if it cannot be understood", async () => {
    expect(await tidied([deprecated(1, "not json"), deprecated(2, { appSecret: 7 }), current(3)])).toEqual([]);
  });

  test("is neither tidied nor kept in place of ours if it is of another client", async () => {
    const another = [2, 4].map((no) => deprecated(no, credential(`S${no}`, { clientId: "another" })));
    expect(await tidied([deprecated(1), deprecated(3), ...another, current(5)], 1)).toEqual([1]);
  });

  test.each([
    ["with the text of no version", claim("made up", { base: 4 })],
    ["with the text of another version than it names", claim("S1", { base: 4 })],
    ["that names no version of the secret", claim("S1", { base: 1_000_000_000 })],
    ["that names a version above itself", claim("S7", { base: 7 })],
    ["that names itself", claim("S5", { base: 5 })],
  ])("as a claim %s moves nothing and is not tidied", async (_which, mark) => {
    const claimed = [deprecated(3, claimOver(2, PAST)), deprecated(5, mark)];
    const versions = [deprecated(1), deprecated(2), ...claimed, deprecated(4), current(6), top(7)];
    expect(await tidied(versions)).toEqual([1]);
  });

  test("is no reason to begin: as long as all of ours may stay, a spent claim does too", async () => {
    const ours = [deprecated(1), deprecated(2, claimOver(1, PAST)), deprecated(4, claimOver(1, PAST)), current(5)];
    const others = [6, 7, 8, 9].map((no) => deprecated(no, credential(`S${no}`, { clientId: "another" })));
    expect(await tidied([...ours, ...others, top(10)], 3)).toEqual([]);
    expect(await tidied([...ours, ...others, top(10)], 1)).toEqual([2]);
  });

  test("is not counted among those kept if the issuer makes the values and it has no name of ours, unless room is scarce", async () => {
    const byHand = (count: number) =>
      Array.from({ length: count }, (_, at) => ({ ...deprecated(at + 3), name: "by-hand" }));
    const at = (count: number) => [deprecated(1), deprecated(2), ...byHand(count), current(count + 3)];
    expect(await tidied(at(21), 2)).toEqual([]);
    expect(await tidied(at(22), 2)).toHaveLength(22);
  });

  test("is not counted among those kept if values are of our own choosing, as nothing proves it", async () => {
    const first = ownValue("S1");
    const second = ownValue(first);
    const third = ownValue(second);
    const made = [deprecated(2, credential(first)), deprecated(3, credential(second))];
    const junk = [4, 5, 6].map((no) => deprecated(no));
    const versions = [deprecated(1), ...made, ...junk, current(7, third)];
    expect(await tidied(versions, 2, "caller")).toEqual([]);
    expect(await tidied(versions, 1, "caller")).toEqual([1, 2]);
    // The issuer's own values carry no proof.
    expect(await tidied(versions, 2, "issuer")).toEqual([1, 2, 3, 4]);
  });

  test("is not counted for a value that it proves and that was stored after it", async () => {
    const before = deprecated(1, credential(ownValue("S2")));
    expect(await tidied([before, deprecated(2), current(3)], 0, "caller")).toEqual([]);
    const after = deprecated(2, credential(ownValue("S1")));
    expect(await tidied([deprecated(1), after, current(3)], 0, "caller")).toEqual([1, 2]);
  });

  test("proves nothing if it cannot be understood, and keeps no other value from being proven", async () => {
    const proven = deprecated(4, credential(ownValue("S1")));
    const odd = [deprecated(2, "not json"), deprecated(3, { appSecret: 7 })];
    expect(await tidied([deprecated(1), ...odd, proven, current(5)], 0, "caller")).toEqual([1, 4]);
  });
});
