import { describe, expect, test } from "vitest";
import { HOUR_MS } from "../../../../src/base/durations.ts";
import { Secret } from "../../../../src/base/secret.ts";
import {
  withCurrentSince,
  withLease,
  withNoGraceUpTo,
  withOwn,
} from "../../../../src/clients/vault/rotation-metadata.ts";
import { readAll } from "../../../../src/rotation/observe/contents.ts";
import { observe } from "../../../../src/rotation/observe/observe.ts";
import { claim, credential, noteLogin, type Written } from "../rig.ts";
import { current, look, previous } from "./overlap-rig.ts";

describe("PREVIOUS", () => {
  test("is seen if the issuer keeps two values at once", async () => {
    const { state, seen } = await look();
    expect(seen.previous?.versionNo).toBe(6);
    expect(state()).toMatchObject({ keeps: "two-slot", lease: "free" });
    expect(state().overlap).toEqual({
      versionNo: 6,
      verdict: "not-asked",
      order: "older",
      grace: "unknown-start",
      endsEarly: false,
    });
  });

  test("is not even read if the issuer keeps one value", async () => {
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
  ])("does not matter if %s", async (_what, versions) => {
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
    "beside a CURRENT that someone else stored (%j) may be the newer one",
    async (name) => {
      const { state } = await look([previous, { ...current, name }]);
      expect(state().overlap).toMatchObject({ order: "unknown" });
    },
  );

  test("cannot be told if one of the two was forgotten", async () => {
    for (const no of [6, 7]) {
      const { state, attempt } = await look();
      attempt.read.contents.delete(no);
      expect(state().overlap).toBeNull();
    }
  });

  test("is being retired for the landing bound after this call asked for it, three times at most", async () => {
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

  describe("that lasts until all have acknowledged CURRENT", () => {
    const environment = { ...hours(2), OROT_RETIRE_AFTER: "acknowledged", OROT_LONGEST_GRACE_HOURS: "5" };
    const hook = (has?: unknown, at = 1) => ({ endpoint: `https://hooks.example.org/${at}`, has });

    async function grace(
      subscribers: readonly object[],
      sinceMs: number,
      changes: object = {},
      overlap: "two-slot" | "timed" = "two-slot",
    ) {
      const { state, attempt, seen } = await look([previous, current], { ...environment, ...changes }, overlap);
      attempt.read.metadata = withCurrentSince(withOwn({}, { subscribers }), 7, seen.list.asOf - sinceMs);
      return state().overlap;
    }

    test("is the shortest if all have, and never shorter", async () => {
      const all = [hook(7), hook(7, 2)];
      expect(await grace(all, 2 * HOUR_MS - 1)).toMatchObject({ grace: "running" });
      expect(await grace(all, 2 * HOUR_MS)).toMatchObject({ grace: "over" });
    });

    test.each<[string, readonly object[]]>([
      ["one has not", [hook(7), hook(undefined, 2)]],
      ["one has another version", [hook(7), hook(6, 2)]],
      ["one says that it has a version that there is not", [hook(8)]],
      ["one says something else", [hook("7")]],
      ["there is nobody who could", []],
    ])("is the longest if %s", async (_what, subscribers) => {
      expect(await grace(subscribers, 5 * HOUR_MS - 1)).toMatchObject({ grace: "running" });
      expect(await grace(subscribers, 5 * HOUR_MS)).toMatchObject({ grace: "over" });
    });

    test("is no shorter than the ordinary grace, however short the longest is set", async () => {
      const changes = { OROT_LONGEST_GRACE_HOURS: "1" };
      expect(await grace([], 2 * HOUR_MS - 1, changes)).toMatchObject({ grace: "running" });
      expect(await grace([], 2 * HOUR_MS, changes)).toMatchObject({ grace: "over" });
    });

    test("counts only subscribers within the limit of the settings", async () => {
      const subscribers = [hook(7), hook(6, 2)];
      expect(await grace(subscribers, 3 * HOUR_MS, { OROT_SUBSCRIBER_LIMIT: "1" })).toMatchObject({ grace: "over" });
    });

    test("asks nobody by default", async () => {
      expect(await grace([hook(6)], 2 * HOUR_MS, { OROT_RETIRE_AFTER: "grace" })).toMatchObject({ grace: "over" });
    });

    test("does not hold up a value that was noted as compromised", async () => {
      const { state, attempt } = await look([previous, current], environment);
      attempt.read.metadata = withNoGraceUpTo(withOwn({}, { subscribers: [hook(6)] }), 6);
      expect(state().overlap).toMatchObject({ grace: "over" });
    });

    test("ends a value early that the issuer would end by itself, after the shortest grace", async () => {
      const all = [hook(7)];
      expect(await grace(all, 2 * HOUR_MS - 1, {}, "timed")).toMatchObject({ endsEarly: false });
      expect(await grace(all, 2 * HOUR_MS, {}, "timed")).toMatchObject({ endsEarly: true });
      expect(await grace([hook(6)], 9 * HOUR_MS, {}, "timed")).toMatchObject({ endsEarly: false });
      expect(await grace(all, 9 * HOUR_MS)).toMatchObject({ endsEarly: false });
      expect(await grace(all, 9 * HOUR_MS, { OROT_RETIRE_AFTER: "grace" }, "timed")).toMatchObject({
        endsEarly: false,
      });
    });

    test("ends none early if it is not noted since when CURRENT is CURRENT", async () => {
      const { state, attempt } = await look([previous, current], environment, "timed");
      attempt.read.metadata = withOwn({}, { subscribers: [hook(7)] });
      expect(state().overlap).toMatchObject({ endsEarly: false });
    });
  });

  test("is none for a value that was noted as compromised, and its own for every later one", async () => {
    const { state, attempt } = await look();
    attempt.read.metadata = withNoGraceUpTo({}, 6);
    expect(state().overlap).toMatchObject({ grace: "over" });
    attempt.read.metadata = withNoGraceUpTo({}, 5);
    expect(state().overlap).toMatchObject({ grace: "unknown-start" });
  });

  test("has not begun if no one noted it, or for another version", async () => {
    const { state, attempt } = await look();
    attempt.read.metadata = withCurrentSince({}, 6, 0);
    expect(state().overlap).toMatchObject({ grace: "unknown-start" });
  });

  test("knows no token's life if CURRENT is refused or brings none", async () => {
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

  test("of this call is its own for the time of a claim, and then no one's", async () => {
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

describe("a PENDING credential if the issuer keeps two values", () => {
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
    // Unlike if CURRENT is dead a refusal counts at once: what is to be dead need not be waited for.
    noteLogin(attempt, rig, 5, "rejected");
    expect(state().unexpected).toEqual([{ versionNo: 5, verdict: "rejected" }]);
  });

  test("do not exist if the issuer keeps one", async () => {
    const { state } = await look([oldest, older, previous, current], {}, "none");
    expect(state()).toMatchObject({ keeps: "none", unexpected: null });
  });
});
