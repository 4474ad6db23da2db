import { describe, expect, test } from "vitest";
import { readAll } from "../../../src/recovery/contents.ts";
import { createMemory } from "../../../src/recovery/memory.ts";
import { tidyable } from "../../../src/stages/tidy.ts";
import { claim, createRig, credential, type Written } from "../recovery/rig.ts";

describe("what may be tidied", () => {
  const FAR = "2100-01-01T00:00:00Z";
  const PAST = "2020-01-01T00:00:00Z";
  const deprecated = (no: number, content: unknown = credential(`S${no}`), rest: Partial<Written> = {}): Written => ({
    no,
    stages: ["DEPRECATED"],
    content,
    ...rest,
  });
  const claimOver = (base: number, tokenExpiresAt: string | null) =>
    claim("S0", { base, ...(tokenExpiresAt === null ? {} : { token: "token", tokenExpiresAt }) });

  async function tidied(versions: readonly Written[], keepCount = 0): Promise<number[]> {
    const rig = createRig(versions);
    const memory = createMemory(null);
    const list = await rig.invocation.store.listVersions();
    if (list === null) throw new Error("no list");
    await readAll(rig.invocation, memory, list);
    const currentNo = versions.find(({ stages }) => stages.includes("CURRENT"))?.no ?? 0;
    return tidyable(memory, list, currentNo, keepCount).map(({ versionNo }) => versionNo);
  }
  const current = (no: number): Written => ({ no, stages: ["CURRENT"], content: credential("S0") });
  /** CURRENT below the highest version, so that nothing else protects what a test is about. */
  const top = (no: number): Written => ({ no, stages: ["PENDING", "LATEST"], content: credential("top") });

  test("is every DEPRECATED credential below CURRENT but the newest that are kept, the oldest last", async () => {
    const versions = [deprecated(1), deprecated(2), deprecated(3), current(4)];
    expect(await tidied(versions)).toEqual([3, 2, 1]);
    expect(await tidied(versions, 1)).toEqual([2, 1]);
    expect(await tidied(versions, 3)).toEqual([]);
  });

  test.each([["CURRENT"], ["PREVIOUS"], ["PENDING"]] as const)("is never %s", async (stage) => {
    const version: Written = { no: 1, stages: [stage], content: credential("S1") };
    const versions = stage === "CURRENT" ? [version, top(5)] : [version, current(4), top(5)];
    expect(await tidied(versions)).toEqual([]);
  });

  test("is never the highest number, whatever it is", async () => {
    expect(await tidied([current(1), deprecated(2, claimOver(1, PAST))])).toEqual([]);
    expect(await tidied([current(1), deprecated(2, credential("S2"))])).toEqual([]);
    expect(await tidied([current(1), deprecated(2, claimOver(9, PAST)), deprecated(3, claimOver(9, PAST))])).toEqual([
      2,
    ]);
    expect(await tidied([current(1), deprecated(2, claimOver(9, PAST)), deprecated(3)])).toEqual([]);
  });

  test("is nothing that awaits deletion already", async () => {
    expect(
      await tidied([deprecated(1, credential("S1"), { isBeingDeleted: true }), deprecated(2), current(3)]),
    ).toEqual([2]);
  });

  test("is no credential above the newest claim's base: it belongs to the latest rotation", async () => {
    const versions = [
      deprecated(1),
      deprecated(2),
      deprecated(3),
      deprecated(4, claimOver(2, PAST)),
      current(5),
      top(6),
    ];
    expect(await tidied(versions)).toEqual([2, 1]);
  });

  test("without a claim is nothing at CURRENT's number and above", async () => {
    expect(await tidied([deprecated(1), current(2), deprecated(3), deprecated(4), top(5)])).toEqual([1]);
  });

  test("is no claim whose token lives, however old", async () => {
    const versions = [
      deprecated(1, claimOver(0, FAR)),
      deprecated(2, claimOver(0, PAST)),
      deprecated(3, claimOver(0, FAR)),
      current(4),
    ];
    expect(await tidied(versions)).toEqual([2]);
  });

  test("is a claim from the very moment on at which its token expires", async () => {
    // The rig's list is answered at this instant.
    const [now, later] = ["2026-01-01T00:00:00.000Z", "2026-01-01T00:00:00.001Z"];
    const versions = [
      deprecated(1, claimOver(0, later)),
      deprecated(2, claimOver(0, now)),
      deprecated(3, claimOver(0, FAR)),
      current(4),
    ];
    expect(await tidied(versions)).toEqual([2]);
  });

  test("is never the newest claim, also with its token dead", async () => {
    expect(await tidied([deprecated(1), deprecated(2, claimOver(1, PAST)), current(3)])).toEqual([1]);
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

  test("is no version with a mark that is not known, and it protects nothing else", async () => {
    const versions = [
      deprecated(1),
      deprecated(2, claim("S0", { v: 9 })),
      deprecated(3, { _rotation: null }),
      current(4),
    ];
    expect(await tidied(versions)).toEqual([1]);
  });

  test("is a version whose content is not understood but bears no mark", async () => {
    expect(await tidied([deprecated(1, "not json"), deprecated(2, { appSecret: 7 }), current(3)])).toEqual([2, 1]);
  });

  test("is nothing whose content was not read", async () => {
    const rig = createRig([deprecated(1), current(2)]);
    const list = await rig.invocation.store.listVersions();
    expect(list && tidyable(createMemory(null), list, 2, 0)).toEqual([]);
  });
});
