import { describe, expect, test } from "vitest";
import { areTooMany, isNewOutcome, readOwnTags, withOwnTags } from "../../../src/recovery/own-tags.ts";

const AT = Date.parse("2026-11-22T10:00:00.999Z");
const known = {
  team: "payments",
  "orot-issuer": "keycloak",
  "orot-client": "billing",
  "orot-outcome": "OK 2026-11-22T10:00:00Z v7",
  "orot-expires-on": "2026-12-20T10:00:00Z",
};
const full = {
  issuer: "keycloak",
  clientId: "billing",
  outcome: { code: "OK", at: AT, versionNo: 7 },
  expiresOn: Date.parse("2026-12-20T10:00:00Z"),
};

describe("the rotator's tags", () => {
  test("are written beside everybody else's, times in UTC to the second", () => {
    expect(withOwnTags({ team: "payments" }, full)).toEqual(known);
  });

  test("are read again as they were written", () => {
    expect(readOwnTags(known)).toEqual({ ...full, outcome: { ...full.outcome, at: AT - 999 } });
  });

  test("are not written anew where nothing but the time has changed", () => {
    expect(withOwnTags(known, { ...full, outcome: { ...full.outcome, at: AT + 86_400_000 } })).toBeNull();
    expect(withOwnTags(known, {})).toBeNull();
  });

  test("are written anew with another code, and with another version", () => {
    expect(withOwnTags(known, { outcome: { ...full.outcome, code: "LOCKED_OUT" } })).toEqual({
      ...known,
      "orot-outcome": "LOCKED_OUT 2026-11-22T10:00:00Z v7",
    });
    expect(withOwnTags(known, { outcome: { ...full.outcome, versionNo: 8 } })).toEqual({
      ...known,
      "orot-outcome": "OK 2026-11-22T10:00:00Z v8",
    });
  });

  test("lose the expiry where the issuer has none any more, and keep it where nobody asked", () => {
    const { "orot-expires-on": _, ...without } = known;
    expect(withOwnTags(known, { expiresOn: null })).toEqual(without);
    expect(withOwnTags(without, { expiresOn: null })).toBeNull();
    expect(withOwnTags(known, { expiresOn: undefined })).toBeNull();
  });

  test("hold no more than a tag may, and no control characters", () => {
    const tags = withOwnTags({}, { clientId: `a\n\u0000b${"c".repeat(300)}` });
    expect(tags?.["orot-client"]).toBe(`ab${"c".repeat(254)}`);
  });

  test.each([
    ["nothing", {}],
    ["what somebody else wrote there", { "orot-outcome": "fine", "orot-expires-on": "soon" }],
    ["a time that is none", { "orot-outcome": "OK 2026-99-22T10:00:00Z v7" }],
  ])("say nothing of outcome and expiry where there is %s", (_what, tags) => {
    expect(readOwnTags(tags)).toMatchObject({ outcome: null, expiresOn: null });
    expect(isNewOutcome(tags, full.outcome)).toBe(true);
  });

  test("are too many from eleven on, everybody's counted", () => {
    const of = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, at) => [`tag-${at}`, "x"]));
    expect(areTooMany(of(10))).toBe(false);
    expect(areTooMany(of(11))).toBe(true);
  });
});
