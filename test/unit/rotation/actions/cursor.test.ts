import { describe, expect, test } from "vitest";
import { isDone, readCursor, writeCursor } from "../../../../src/rotation/actions/cursor.ts";

const NOW = Date.UTC(2026, 10, 1, 12);
const ids = (count: number, from = 0) =>
  Array.from({ length: count }, (_, at) => `ocid1.vaultsecret.oc1.iad.${from + at}`);
const written = (secretIds: readonly string[], now = NOW) => writeCursor("heal", new Set(), secretIds, now) ?? "";

describe("a cursor", () => {
  test("says of each secret whether it is done, and names none", () => {
    const cursor = written(ids(3));
    const done = readCursor("heal", cursor, NOW);
    expect(ids(5).map((id) => isDone(done, id))).toEqual([true, true, true, false, false]);
    expect(cursor).not.toContain("ocid1");
    expect(Buffer.from(cursor, "base64url").toString()).not.toContain("vaultsecret");
  });

  test("of a heal that was done with nothing says of no secret that it is", () => {
    expect([...readCursor("heal", written([]), NOW)]).toEqual([]);
  });

  test("keeps what the one before said", () => {
    const done = readCursor("heal", written(ids(2)), NOW);
    const later = readCursor("heal", writeCursor("heal", done, ids(2, 2), NOW) ?? "", NOW);
    expect(ids(5).map((id) => isDone(later, id))).toEqual([true, true, true, true, false]);
  });

  test("of all secrets that a tenancy holds fits into an event, and there is none for what does not", () => {
    expect(written(ids(5_000)).length).toBeLessThan(65_536 / 1.5);
    expect(written(ids(9_000)).length).toBeLessThan(65_000);
    expect(readCursor("heal", written(ids(9_000)), NOW).size).toBe(9_000);
    expect(writeCursor("heal", new Set(), ids(9_001), NOW)).toBeNull();
  });

  test.each([
    ["an hour old", 3_600_000, true],
    ["older", 3_601_000, false],
    ["of a container whose clock is ahead", -300_000, true],
    ["of the future", -301_000, false],
  ])("that is %s is judged by its age", (_what, ageMs, isTaken) => {
    const read = () => readCursor("heal", written(ids(1)), NOW + ageMs);
    if (isTaken) expect(read().size).toBe(1);
    else expect(read).toThrow("cursor is not of the last hour");
  });

  test.each([
    ["empty", ""],
    ["of another edition", `2.${written(ids(2)).slice(2)}`],
    ["cut", written(ids(2)).slice(0, -1)],
    ["of no whole number of secrets", `${written(ids(2))}AAAA`],
    ["not base64url", `${written(ids(2)).slice(0, -1)}!`],
    ["padded", `${written(ids(2))}==`],
    ["without a time", "1."],
    ["of words", "from the beginning"],
  ])("that is %s is refused, with what to send instead", (_what, cursor) => {
    expect(() => readCursor("heal", cursor, NOW)).toThrow(
      expect.objectContaining({ code: "EVENT_INVALID", nextAction: "send heal without a cursor" }),
    );
  });
});
