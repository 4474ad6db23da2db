import { describe, expect, test } from "vitest";
import { Secret } from "../../../../src/base/secret.ts";
import type { Expiry } from "../../../../src/clients/issuers/issuer.ts";
import type { Login } from "../../../../src/clients/issuers/verdict.ts";
import type { Tags } from "../../../../src/clients/vault/store.ts";
import { newTagsOf } from "../../../../src/rotation/housekeeping/note-heal.ts";
import { noteLogin } from "../rig.ts";
import { refusing, willing } from "../toy-issuer.ts";
import { type Heal, healed } from "./healed.ts";

const NOW = Date.parse("2026-01-01T00:00:00Z");
const AHEAD: Expiry = { outcome: "read", at: Date.parse("2026-03-01T12:00:00Z") };
const REFUSED: Expiry = { outcome: "proof-refused" };
const noted: Tags = {
  team: "payments",
  "orot-issuer": "toy",
  "orot-client": "toy",
  "orot-outcome": "OK 2026-01-01T00:00:00Z v7",
};
const until = (expiresOn: string): Tags => ({ ...noted, "orot-expires-on": `${expiresOn} v7` });
const others = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, at) => [`tag-${at}`, "x"]));

/** The tags to be kept after a heal that found these, and whom it asked; `login`: how version 7's own ended, if it was asked for. */
async function tagged(tags: Tags | null, heal: Heal = {}, login: Login | null = null) {
  const { clock, context, attempt, requested, log } = await healed(heal);
  if (login !== null) attempt.read.logins.set(7, { login, at: clock.monotonic() });
  return { tags: await newTagsOf({ context, attempt }, tags, 7, NOW), requested, log, attempt };
}

const own: Login = { verdict: "accepted", token: { value: new Secret("own"), expiresAt: Number.MAX_SAFE_INTEGER } };

describe("the expiry that a heal notes", () => {
  test.each<[string, Expiry, Tags | null]>([
    ["is the issuer's answer", AHEAD, until("2026-03-01T12:00:00Z")],
    ["is that there is none if the issuer says so", { outcome: "read", at: null }, until("never")],
    ["is not known if the issuer does not tell", { outcome: "unreadable" }, until("unknown")],
    [
      "is not known if the issuer does not answer now, and the outcome is noted",
      { outcome: "unknown" },
      until("unknown"),
    ],
  ])("%s", async (_what, expiry, expected) => {
    const before = { team: "payments", "orot-expires-on": "2026-02-01T00:00:00Z" };
    const { tags, requested } = await tagged(before, { expiries: [expiry] }, own);
    expect({ tags, requested }).toEqual({ tags: expected, requested: ["expiry by own"] });
  });

  test("is none at an issuer that cannot be asked, and causes no login", async () => {
    const heal = { authorities: [willing("second")] };
    const { tags, requested } = await tagged({ team: "payments" }, heal, own);
    expect({ tags, requested }).toEqual({ tags: noted, requested: [] });
  });

  test.each<[string, Tags, readonly string[]]>([
    ["if nothing is noted yet", { team: "payments" }, ["expiry by own"]],
    [
      "if another outcome is noted",
      { ...noted, "orot-outcome": "LOCKED_OUT 2025-12-31T00:00:00Z v7" },
      ["expiry by own"],
    ],
    ["if the one noted has passed", until("2025-12-31T23:59:59Z"), ["expiry by own"]],
    ["if the one noted is reached", until("2026-01-01T00:00:00Z"), ["expiry by own"]],
    [
      "if the one noted is an older version's",
      { ...noted, "orot-expires-on": "2026-02-01T00:00:00Z v6" },
      ["expiry by own"],
    ],
    [
      "if the one noted is a newer version's",
      { ...noted, "orot-expires-on": "2026-02-01T00:00:00Z v8" },
      ["expiry by own"],
    ],
    ["if the one noted has no number", { ...noted, "orot-expires-on": "2026-02-01T00:00:00Z" }, ["expiry by own"]],
    ["if it was not asked since the promote", { ...noted, "orot-expires-on": "unknown v7" }, ["expiry by own"]],
    ["if the issuer ended none so far, for that may have changed", until("never"), ["expiry by own"]],
    ["if nothing of it is noted", noted, ["expiry by own"]],
    ["not if it is ahead", until("2026-01-01T00:00:01Z"), []],
  ])("is asked for %s", async (_where, tags, requested) => {
    expect((await tagged(tags, { expiries: [AHEAD] }, own)).requested).toEqual(requested);
  });

  test("stays as it is noted if nothing but another tag is new", async () => {
    const tags = { ...until("2026-02-01T00:00:00Z"), "orot-client": "another" };
    expect((await tagged(tags, { expiries: [AHEAD] }, own)).tags).toEqual(until("2026-02-01T00:00:00Z"));
  });
});

describe("what was told about a version's end", () => {
  const silences: readonly Expiry[] = [{ outcome: "unknown" }, { outcome: "unreadable" }, REFUSED];
  const failed = { "orot-outcome": "LOCKED_OUT 2025-12-31T00:00:00Z v7" };

  test.each([
    ["that it never ends", until("never"), until("never")],
    ["a date ahead", until("2026-02-01T00:00:00Z"), until("2026-02-01T00:00:00Z")],
    ["a date that has passed while the value works", until("2025-12-01T00:00:00Z"), until("unknown")],
    ["the same of another version", { ...noted, "orot-expires-on": "never v6" }, until("unknown")],
  ])("is kept if nobody tells this time, unless it cannot be so: %s", async (_what, before, after) => {
    for (const silence of silences) {
      const { tags } = await tagged({ ...before, ...failed }, { expiries: [silence] }, own);
      expect(tags).toEqual(after);
    }
  });

  test("takes no other tag's place if it is no date", async () => {
    const full = { ...others(7) };
    const { tags, log } = await tagged(full, { expiries: [{ outcome: "read", at: null }] }, own);
    expect(tags).toEqual({ ...full, ...noted, team: undefined });
    expect(log).toEqual([]);
    expect((await tagged(full, { expiries: [AHEAD] }, own)).log).toEqual([
      expect.objectContaining({ event: "heal-not-noted", outcome: "too-many-tags" }),
    ]);
  });
});

describe("the expiry is asked for", () => {
  const authorities = [willing("first", "one"), refusing("dead"), willing("last", "two")];

  test("by the version's own token first, then by each authority that logs in, until one is not refused", async () => {
    const heal = { expiries: [REFUSED, REFUSED, AHEAD], authorities };
    const { tags, requested } = await tagged({ team: "payments" }, heal, own);
    expect(requested).toEqual([
      "expiry by own",
      "authorities",
      "login of first",
      "expiry by one",
      "login of dead",
      "login of last",
      "expiry by two",
    ]);
    expect(tags).toEqual(until("2026-03-01T12:00:00Z"));
    const first = await tagged({ team: "payments" }, { expiries: [REFUSED, AHEAD], authorities }, own);
    expect(first.requested).toEqual(["expiry by own", "authorities", "login of first", "expiry by one"]);
  });

  test("without result if every authority is refused: then it is not known", async () => {
    const heal = { expiries: [REFUSED, REFUSED, REFUSED], authorities };
    expect((await tagged(until("2025-12-31T00:00:00Z"), heal, own)).tags).toEqual(until("unknown"));
  });

  test.each<[string, Login | null, Heal]>([
    ["was not asked", null, {}],
    ["was refused", { verdict: "rejected" }, {}],
    ["brought no token", { verdict: "accepted", token: null }, {}],
    ["is of a client that may not ask for itself", own, { capabilities: { authorities: ["other-client"] } }],
  ])("only by an authority if the version's own login %s", async (_what, login, heal) => {
    const { requested } = await tagged({ team: "payments" }, { ...heal, expiries: [AHEAD], authorities }, login);
    expect(requested).toEqual(["authorities", "login of first", "expiry by one"]);
  });

  test("without looking for authorities that the call knows already", async () => {
    const { context, attempt, clock, requested } = await healed({ expiries: [REFUSED], authorities });
    noteLogin(attempt, { clock }, 7, "accepted");
    attempt.authorities.others = [];
    expect(await newTagsOf({ context, attempt }, { team: "payments" }, 7, NOW)).toEqual(until("unknown"));
    expect(requested).toEqual(["expiry by token"]);
  });
});

describe("a heal has no tags to keep", () => {
  test("if those of the secret could not be read", async () => {
    expect(await tagged(null)).toMatchObject({ tags: null, log: [] });
  });

  test("if the version was not read, or is not understood", async () => {
    const { context, attempt } = await healed();
    expect(await newTagsOf({ context, attempt }, { team: "payments" }, 6, NOW)).toBeNull();
    expect((await tagged({ team: "payments" }, { content: "not json" })).tags).toBeNull();
  });

  test("if they say so already", async () => {
    expect(await tagged(noted)).toMatchObject({ tags: null, log: [] });
  });

  test("if there would be more of them than Vault takes, and says so", async () => {
    const fits = await tagged(others(7));
    expect(Object.keys(fits.tags ?? {})).toHaveLength(10);
    expect(fits.log).toEqual([]);
    const { tags, log } = await tagged(others(8));
    expect(tags).toBeNull();
    expect(log).toEqual([
      expect.objectContaining({ level: "warn", event: "heal-not-noted", outcome: "too-many-tags" }),
    ]);
  });
});
