import { describe, expect, test } from "vitest";
import {
  areTooMany,
  isNewOutcome,
  readOwnTags,
  withOwnTags,
  withPromoted,
} from "../../../../src/rotation/housekeeping/rotation-tags.ts";

const AT = Date.parse("2026-11-22T10:00:00.999Z");
const known = {
  team: "payments",
  "orot-issuer": "keycloak",
  "orot-client": "billing",
  "orot-outcome": "OK 2026-11-22T10:00:00Z v7",
  "orot-expires-on": "2026-12-20T10:00:00Z v7",
};
const full = {
  issuer: "keycloak",
  clientId: "billing",
  outcome: { code: "OK", at: AT, versionNo: 7 },
  expiry: { at: Date.parse("2026-12-20T10:00:00Z"), isNever: false, versionNo: 7 },
};

describe("the rotator's tags", () => {
  test("are written besides the tags of others, times in UTC to the second", () => {
    expect(withOwnTags({ team: "payments" }, full)).toEqual(known);
  });

  test("are read again as they were written", () => {
    expect(readOwnTags(known, AT)).toEqual({ ...full, outcome: { ...full.outcome, at: AT - 999 } });
  });

  test("are not written again if only the time has changed", () => {
    expect(withOwnTags(known, { ...full, outcome: { ...full.outcome, at: AT + 86_400_000 } })).toBeNull();
    expect(withOwnTags(known, {})).toBeNull();
  });

  test("are written again with another code, and with another version", () => {
    expect(withOwnTags(known, { outcome: { ...full.outcome, code: "LOCKED_OUT" } })).toEqual({
      ...known,
      "orot-outcome": "LOCKED_OUT 2026-11-22T10:00:00Z v7",
    });
    expect(withOwnTags(known, { outcome: { ...full.outcome, versionNo: 8 } })).toEqual({
      ...known,
      "orot-outcome": "OK 2026-11-22T10:00:00Z v8",
    });
  });

  test("lose the expiry if the issuer has none any more, and keep it if it was not asked", () => {
    const { "orot-expires-on": _, ...without } = known;
    expect(withOwnTags(known, { expiry: null })).toEqual(without);
    expect(withOwnTags(without, { expiry: null })).toBeNull();
    expect(withOwnTags(known, { expiry: undefined })).toBeNull();
  });

  test("hold no more than a tag may, and no control characters", () => {
    const tags = withOwnTags({}, { clientId: `a\n\u0000b${"c".repeat(300)}` });
    expect(tags?.["orot-client"]).toBe(`ab${"c".repeat(254)}`);
  });

  test.each([
    ["nothing", {}],
    ["what others wrote there", { "orot-outcome": "fine", "orot-expires-on": "soon" }],
    ["a time that is none", { "orot-outcome": "OK 2026-99-22T10:00:00Z v7" }],
  ])("say nothing of outcome and expiry if there is %s", (_what, tags) => {
    expect(readOwnTags(tags, AT)).toMatchObject({ outcome: null, expiry: null });
    expect(isNewOutcome(tags, full.outcome)).toBe(true);
  });

  test.each([
    ["the year 9999", "OK 9999-12-31T23:59:59Z v7"],
    ["six minutes from now", "OK 2026-11-22T10:06:00Z v7"],
    ["a code that is none of ours", "ALL_IS_WELL 2026-11-22T10:00:00Z v7"],
    ["a member of every object", "constructor 2026-11-22T10:00:00Z v7"],
    ["a version above the highest", "OK 2026-11-22T10:00:00Z v8"],
    ["version 0", "OK 2026-11-22T10:00:00Z v0"],
    ["a time in words", "OK Nov-22-2026 v7"],
  ])("say nothing of an outcome with %s", (_what, text) => {
    expect(readOwnTags({ "orot-outcome": text }, AT, 7).outcome).toBeNull();
  });

  test("tell of an outcome of clocks that are five minutes apart, and no more", () => {
    const toTheSecond = AT - 999;
    const text = "OK 2026-11-22T10:05:00Z v7";
    expect(readOwnTags({ "orot-outcome": text }, toTheSecond).outcome?.at).toBe(toTheSecond + 300_000);
    expect(readOwnTags({ "orot-outcome": text }, toTheSecond - 1).outcome).toBeNull();
  });

  test("tell of every code of ours, and of any version if the highest is not known", () => {
    const text = "LOCKED_OUT 2026-11-22T10:05:00Z v8";
    expect(readOwnTags({ "orot-outcome": text }, AT).outcome).toMatchObject({ code: "LOCKED_OUT", versionNo: 8 });
  });

  test.each([
    ["9999-12-31T23:59:59Z", null],
    ["2036-12-20T10:00:00Z", null],
    ["2027", null],
    ["1 January 2027", null],
    ["2036-11-01T10:00:00Z", Date.UTC(2036, 10, 1, 10)],
    ["2020-01-01T00:00:00.000Z", Date.UTC(2020, 0, 1)],
  ])("with an expiry on %s say %s", (text, expected) => {
    const expiry = (versionNo: number | null) =>
      expected === null ? null : { at: expected, isNever: false, versionNo };
    expect(readOwnTags({ "orot-expires-on": text }, AT).expiry).toEqual(expiry(null));
    expect(readOwnTags({ "orot-expires-on": `${text} v8` }, AT).expiry).toEqual(expiry(8));
  });

  test.each([
    ["unknown v7", { at: null, isNever: false, versionNo: 7 }],
    ["never v7", { at: null, isNever: true, versionNo: 7 }],
    ["never", null],
    ["never v8", null],
    ["always v7", null],
    ["unknown", null],
    ["unknown v8", null],
    ["2026-12-20T10:00:00Z v8", null],
    ["2026-12-20T10:00:00Z v0", null],
    ["2026-12-20T10:00:00Z v7 v7", null],
    ["2026-12-20T10:00:00Z", { at: Date.UTC(2026, 11, 20, 10), isNever: false, versionNo: null }],
  ])("with an expiry that reads %s, if 7 is the highest version, say %j", (text, expected) => {
    expect(readOwnTags({ "orot-expires-on": text }, AT, 7).expiry).toEqual(expected);
  });

  test.each([
    ["another version's", "2026-12-20T10:00:00Z v7"],
    ["its own, put there beforehand", "2026-12-20T10:00:00Z v8"],
    ["no one's by number", "2026-12-20T10:00:00Z"],
    ["not known for another", "unknown v7"],
    ["that another's never ends", "never v7"],
    ["that its own never ends, put there beforehand", "never v8"],
  ])("after the promote of version 8 say that its expiry is not known, if the one noted was %s", (_whose, text) => {
    const tags = { ...known, "orot-expires-on": text };
    expect(withPromoted(tags, 8, null, AT)).toEqual({ ...known, "orot-expires-on": "unknown v8" });
  });

  test.each([{ team: "payments" }, { "orot-expires-on": "soon" }, { "orot-expires-on": "unknown v8" }])(
    "are left as they are by the promote of version 8 if they are %j",
    (tags) => {
      expect(withPromoted(tags, 8, null, AT)).toBeNull();
    },
  );

  test.each([
    ["a date", Date.UTC(2026, 11, 20, 10), "2026-12-20T10:00:00Z v8"],
    ["that it never ends", "never", "never v8"],
    ["nothing, though it could have been asked", "unknown", "unknown v8"],
  ] as const)("after the promote of version 8 hold what the issuer told: %s", (_what, told, text) => {
    for (const tags of [{ team: "payments" }, { team: "payments", "orot-expires-on": "2026-12-01T10:00:00Z v7" }]) {
      expect(withPromoted(tags, 8, told, AT)).toEqual({ team: "payments", "orot-expires-on": text });
    }
  });

  test("get no eleventh by a promote, which Vault would refuse", () => {
    const ten = Object.fromEntries(Array.from({ length: 10 }, (_, at) => [`tag-${at}`, "x"]));
    expect(withPromoted(ten, 8, "never", AT)).toBeNull();
    const { "tag-0": _, ...nine } = ten;
    expect(withPromoted(nine, 8, "never", AT)).toEqual({ ...nine, "orot-expires-on": "never v8" });
  });

  test("say nothing of issuers that are none of ours, and of clients whose ids are longer than a tag", () => {
    const read = (issuer: string, client: string) =>
      Object.values(readOwnTags({ "orot-issuer": issuer, "orot-client": client }, AT)).slice(0, 2);
    expect(read("keycloak", "billing")).toEqual(["keycloak", "billing"]);
    expect(read("constructor", "billing")).toEqual([null, "billing"]);
    expect(read("", "")).toEqual([null, null]);
    expect(read("UAA", "c".repeat(257))).toEqual([null, null]);
  });

  test("that no heal could have written are written again", () => {
    const tags = { ...known, "orot-outcome": "OK 9999-12-31T23:59:59Z v7" };
    expect(withOwnTags(tags, { outcome: full.outcome })).toEqual(known);
  });

  test("are too many from eleven on, everyone's counted", () => {
    const of = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, at) => [`tag-${at}`, "x"]));
    expect(areTooMany(of(10))).toBe(false);
    expect(areTooMany(of(11))).toBe(true);
  });
});
