import { describe, expect, test } from "vitest";
import type { Expiry } from "../../../../src/clients/issuers/issuer.ts";
import { learnExpiryAtOnce } from "../../../../src/rotation/housekeeping/learn-expiry.ts";
import { bearer, toyClient } from "../../../support/held.ts";
import { BUDGET_MS, noteLogin } from "../rig.ts";
import { willing } from "../toy-issuer.ts";
import { type Heal, healed } from "./healed.ts";

const AT = Date.parse("2026-03-01T12:00:00Z");
const AHEAD: Expiry = { outcome: "read", at: AT };

/** What a promote of version 7 learns, and whom it asked; after so many ms of the call's budget. */
async function learnt(heal: Heal, { spentMs = 0, isLoggedIn = true, proven = "" } = {}) {
  const { context, attempt, clock, requested } = await healed(heal);
  if (isLoggedIn) noteLogin(attempt, { clock }, 7, "accepted");
  if (proven !== "") attempt.authorities.authorization = bearer(proven, toyClient, "authority");
  clock.advance(spentMs);
  return { told: await learnExpiryAtOnce({ context, attempt }, 7), requested };
}

describe("right before a promote the end of the value is asked for", () => {
  test.each<[Expiry, number | string]>([
    [AHEAD, AT],
    [{ outcome: "read", at: null }, "never"],
    [{ outcome: "unknown" }, "unknown"],
    [{ outcome: "unreadable" }, "unknown"],
    [{ outcome: "proof-refused" }, "unknown"],
  ])("once, by the login that proved it: %j tells %s", async (expiry, told) => {
    const heal = { expiries: [expiry, AHEAD], authorities: [willing("second")] };
    expect(await learnt(heal)).toEqual({ told, requested: ["expiry by token"] });
  });

  test("by a second authority if this call has logged one in", async () => {
    const found = await learnt({ expiries: [AHEAD] }, { proven: "second" });
    expect(found).toEqual({ told: AT, requested: ["expiry by second"] });
  });

  test("by nobody without such a login, and none is made for it", async () => {
    const heal = { expiries: [AHEAD], authorities: [willing("second")] };
    expect(await learnt(heal, { isLoggedIn: false })).toEqual({ told: "unknown", requested: [] });
    const other = { ...heal, capabilities: { authorities: ["other-client"] } } as const;
    expect(await learnt(other)).toEqual({ told: "unknown", requested: [] });
  });

  test("only while the promote itself has time for more than that", async () => {
    const heal = { expiries: [AHEAD] };
    expect((await learnt(heal, { spentMs: BUDGET_MS - 60_000 })).requested).toHaveLength(1);
    expect(await learnt(heal, { spentMs: BUDGET_MS - 59_000 })).toEqual({ told: "unknown", requested: [] });
  });

  test("not at an issuer that tells nobody", async () => {
    expect(await learnt({})).toEqual({ told: null, requested: [] });
  });
});
