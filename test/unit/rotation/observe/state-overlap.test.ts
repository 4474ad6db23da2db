import { describe, expect, test } from "vitest";
import { HOUR_MS } from "../../../../src/base/durations.ts";
import { Secret } from "../../../../src/base/secret.ts";
import { withCurrentSince, withLease, withNoGraceUpTo } from "../../../../src/clients/vault/rotation-metadata.ts";
import { readAll } from "../../../../src/rotation/observe/contents.ts";
import { observe } from "../../../../src/rotation/observe/observe.ts";
import { claim, credential, noteLogin, type Written } from "../rig.ts";
import { current, look, previous } from "./overlap-rig.ts";

describe("PREVIOUS", () => {
  test("is seen where the issuer keeps two values at once", async () => {
    const { state, seen } = await look();
    expect(seen.previous?.versionNo).toBe(6);
    expect(state()).toMatchObject({ keeps: "two-slot", lease: "free" });
    expect(state().overlap).toEqual({
      versionNo: 6,
      verdict: "not-asked",
      order: "older",
      grace: "unknown-start",
    });
  });

  test("is not even read where the issuer keeps one value", async () => {
    const { state, rig, seen } = await look([previous, current], {}, "none");
    expect(seen.previous).toBeNull();
    expect(rig.asked).not.toContain("read 6");
    expect(state()).toMatchObject({ keeps: "none", overlap: null });
  });

  test("that dies by itself has no grace of ours", async () => {
    const { state } = await look([previous, current], { OROT_GRACE_HOURS: "2" }, "timed");
    expect(state()).toMatchObject({ keeps: "timed", overlap: { grace: "over" } });
  });

  test.each<[string, readonly Written[]]>([
    ["there is none", [{ ...previous, stages: ["DEPRECATED"] }, current]],
    ["it awaits deletion", [{ ...previous, isBeingDeleted: true }, current]],
    ["it is a claim", [{ ...previous, content: claim("S6") }, current]],
    ["it is not understood", [{ ...previous, content: "not json" }, current]],
    ["it holds CURRENT's value", [{ ...previous, content: credential("S7") }, current]],
    ["CURRENT is not understood", [previous, { ...current, content: "not json" }]],
  ])("does not matter where %s", async (_what, versions) => {
    expect((await look(versions)).state().overlap).toBeNull();
  });

  test("does not matter to a step that writes nothing", async () => {
    const { rig, attempt } = await look();
    expect((await observe({ context: rig.context, attempt }, false, null))?.previous).toBeNull();
  });

  test("has the verdict of its own login", async () => {
    const { state, rig, attempt } = await look();
    noteLogin(attempt, rig, 6, "rejected");
    expect(state().overlap?.verdict).toBe("rejected");
  });

  test("above CURRENT's number is what an operator went back from", async () => {
    const { state } = await look([current, { ...previous, no: 8 }]);
    expect(state().overlap).toMatchObject({ versionNo: 8, order: "newer" });
  });

  test.each(["", "console", "7-orot"])(
    "beside a CURRENT that somebody else stored (%j) may be the newer one",
    async (name) => {
      const { state } = await look([previous, { ...current, name }]);
      expect(state().overlap).toMatchObject({ order: "unknown" });
    },
  );

  test("cannot be told where one of the two was forgotten", async () => {
    for (const no of [6, 7]) {
      const { state, attempt } = await look();
      attempt.read.contents.delete(no);
      expect(state().overlap).toBeNull();
    }
  });

  test("is being retired for the landing bound after this call asked for it, three times at the most", async () => {
    const { state, rig, attempt } = await look();
    attempt.requests.retiredAt = rig.clock.monotonic();
    attempt.requests.retires = 2;
    expect(state()).toMatchObject({ inFlight: "retire", left: { retires: 1 } });
    rig.clock.advance(59_999);
    expect(state().inFlight).toBe("retire");
    rig.clock.advance(1);
    expect(state().inFlight).toBeNull();
  });
});

describe("the grace of PREVIOUS", () => {
  async function due(sinceMs: number, environment: object, tokenLifeMs: number | null = null) {
    const { state, attempt, rig, seen } = await look([previous, current], environment);
    attempt.read.metadata = withCurrentSince({}, 7, seen.list.asOf - sinceMs);
    const at = rig.clock.monotonic();
    if (tokenLifeMs !== null) {
      const token = { value: new Secret("T"), expiresAt: at + tokenLifeMs };
      attempt.read.logins.set(7, { login: { verdict: "accepted", token }, at });
    }
    return state().overlap;
  }
  const hours = (count: number) => ({ OROT_GRACE_HOURS: String(count) });

  test("counts from when CURRENT became CURRENT", async () => {
    expect(await due(2 * HOUR_MS - 1, hours(2))).toMatchObject({ grace: "running" });
    expect(await due(2 * HOUR_MS, hours(2))).toMatchObject({ grace: "over" });
  });

  test("is never shorter than the life of a token got with it", async () => {
    expect(await due(2 * HOUR_MS, hours(2), 2 * HOUR_MS + 1)).toMatchObject({ grace: "running" });
    expect(await due(2 * HOUR_MS, hours(2), 2 * HOUR_MS)).toMatchObject({ grace: "over" });
    expect(await due(2 * HOUR_MS, hours(2), HOUR_MS)).toMatchObject({ grace: "over" });
    expect(await due(2 * HOUR_MS - 1, hours(2), HOUR_MS)).toMatchObject({ grace: "running" });
  });

  test("of none is over at once, whatever a token's life and since when", async () => {
    expect(await due(0, hours(0), HOUR_MS)).toMatchObject({ grace: "over" });
    const { state } = await look([previous, current], hours(0));
    expect(state().overlap).toMatchObject({ grace: "over" });
  });

  test("is none for a value that was noted as compromised, and its own for every later one", async () => {
    const { state, attempt } = await look();
    attempt.read.metadata = withNoGraceUpTo({}, 6);
    expect(state().overlap).toMatchObject({ grace: "over" });
    attempt.read.metadata = withNoGraceUpTo({}, 5);
    expect(state().overlap).toMatchObject({ grace: "unknown-start" });
  });

  test("has not begun where nobody noted it, or for another version", async () => {
    const { state, attempt } = await look();
    attempt.read.metadata = withCurrentSince({}, 6, 0);
    expect(state().overlap).toMatchObject({ grace: "unknown-start" });
  });

  test("knows no token's life where CURRENT is refused or brings none", async () => {
    const { state, attempt, seen, rig } = await look([previous, current], hours(2));
    attempt.read.metadata = withCurrentSince({}, 7, seen.list.asOf - 2 * HOUR_MS);
    noteLogin(attempt, rig, 7, "rejected");
    expect(state().overlap?.grace).toBe("over");
    attempt.read.logins.set(7, { login: { verdict: "accepted", token: null }, at: 0 });
    expect(state().overlap?.grace).toBe("over");
  });
});

describe("the lease", () => {
  test("of another lasts for its time and the landing bound, by Vault's clock", async () => {
    const { state, attempt, seen } = await look();
    attempt.read.metadata = withLease({}, "another", seen.list.asOf - 59_999);
    expect(state().lease).toBe("others");
    attempt.read.metadata = withLease({}, "another", seen.list.asOf - 60_000);
    expect(state().lease).toBe("free");
  });

  test("of this call is its own for the time of a claim, and then nobody's", async () => {
    const { state, attempt, rig, seen } = await look();
    attempt.read.metadata = withLease({}, "me", seen.list.asOf + 90_000);
    attempt.locks.lease = { callId: "me", startedAt: rig.clock.monotonic(), isOpen: false };
    rig.clock.advance(89_999);
    expect(state().lease).toBe("mine");
    rig.clock.advance(1);
    expect(state().lease).toBe("free");
  });

  test("that this call asked for and another got is the other's", async () => {
    const { state, attempt, rig, seen } = await look();
    attempt.read.metadata = withLease({}, "another", seen.list.asOf);
    attempt.locks.lease = { callId: "me", startedAt: rig.clock.monotonic(), isOpen: false };
    expect(state().lease).toBe("others");
  });
});

describe("a PENDING credential where the issuer keeps two values", () => {
  const pending: Written = { no: 8, stages: ["PENDING"], content: credential("S8"), ageSeconds: 1 };

  test("has no room at the issuer from when that said so, and for long after the landing bound", async () => {
    const { state, attempt, rig } = await look([current, pending]);
    attempt.requests.generated = { clientSecret: new Secret("S8"), startedAt: rig.clock.monotonic() };
    attempt.requests.occupiedSince = rig.clock.monotonic();
    expect(state().pending).toMatchObject({ origin: "this-call", phase: "untried" });
    attempt.requests.install = { clientSecret: new Secret("S8"), at: rig.clock.monotonic(), isRefused: false };
    expect(state().pending).toMatchObject({ origin: "this-call", phase: "no-room" });
    rig.clock.advance(59_999);
    expect(state().pending?.phase).toBe("no-room");
    rig.clock.advance(1);
    expect(state().pending?.phase).toBe("no-room-for-long");
    attempt.requests.occupiedSince = null;
    expect(state().pending?.phase).toBe("stored");
  });

  test("that policy refuses needs no room, although there was none for another", async () => {
    const { state, attempt, rig } = await look([current, pending]);
    attempt.requests.generated = { clientSecret: new Secret("S8"), startedAt: rig.clock.monotonic() };
    attempt.requests.occupiedSince = rig.clock.monotonic();
    attempt.requests.install = { clientSecret: new Secret("S8"), at: rig.clock.monotonic(), isRefused: true };
    expect(state().pending?.phase).toBe("refused");
  });
});

test("who may keep two values is told by CURRENT's content", async () => {
  const { state, attempt } = await look();
  attempt.read.contents.delete(7);
  expect(state().keeps).toBe("none");
  const unreadable = await look([previous, { ...current, content: "not json" }]);
  expect(unreadable.state().keeps).toBe("none");
});

describe("a rotation because of a compromised value", () => {
  test("notes that once, for every version stored when the call began", async () => {
    const { state, attempt } = await look();
    expect(state()).toMatchObject({ compromised: "no" });
    Object.assign(attempt, { isCompromised: true });
    expect(state()).toMatchObject({ compromised: "unnoted" });
    attempt.read.metadata = withNoGraceUpTo({}, 6);
    expect(state().compromised).toBe("unnoted");
    attempt.read.metadata = withNoGraceUpTo({}, 7);
    expect(state()).toMatchObject({ compromised: "noted" });
    attempt.read.metadata = {};
    attempt.read.startHighestNo = 8;
    attempt.read.metadata = withNoGraceUpTo({}, 7);
    expect(state().compromised).toBe("unnoted");
    attempt.read.metadata = {};
    attempt.read.startHighestNo = null;
    expect(state().compromised).toBe("noted");
  });
});

describe("older values that may still work", () => {
  const older: Written = { no: 5, stages: ["DEPRECATED"], content: credential("S5"), ageSeconds: 10 };
  const oldest: Written = { no: 4, stages: ["DEPRECATED"], content: credential("S6"), ageSeconds: 10 };

  test("are known once the other versions were read: neither CURRENT's nor PREVIOUS's value, each as it was asked", async () => {
    const { state, attempt, rig, seen } = await look([oldest, older, previous, current]);
    expect(state()).toMatchObject({ keeps: "two-slot", unexpected: null });
    await readAll({ context: rig.context, attempt }, seen.list);
    attempt.read.hasReadOthers = true;
    expect(state().unexpected).toEqual([{ versionNo: 5, verdict: "not-asked" }]);
    // Unlike where CURRENT is dead a refusal counts at once: what is to be dead need not be waited for.
    noteLogin(attempt, rig, 5, "rejected");
    expect(state().unexpected).toEqual([{ versionNo: 5, verdict: "rejected" }]);
  });

  test("do not exist where the issuer keeps one", async () => {
    const { state } = await look([oldest, older, previous, current], {}, "none");
    expect(state()).toMatchObject({ keeps: "none", unexpected: null });
  });
});
