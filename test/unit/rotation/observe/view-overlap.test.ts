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
    const { view, seen } = await look();
    expect(seen.previous?.versionNo).toBe(6);
    expect(view()).toMatchObject({ isTwoSlot: true, lease: "free" });
    expect(view().overlap).toEqual({
      versionNo: 6,
      verdict: "not-asked",
      isNewer: false,
      isOrderKnown: true,
      isSinceUnknown: true,
      isDue: false,
      isRetiring: false,
      left: 3,
    });
  });

  test("is not even read where the issuer keeps one value", async () => {
    const { view, rig, seen } = await look([previous, current], {}, "none");
    expect(seen.previous).toBeNull();
    expect(rig.asked).not.toContain("read 6");
    expect(view()).toMatchObject({ isTwoSlot: false, overlap: null });
  });

  test("that dies by itself has no grace of ours", async () => {
    const { view } = await look([previous, current], { OROT_GRACE_HOURS: "2" }, "timed");
    expect(view()).toMatchObject({ isTwoSlot: false, overlap: { isDue: true, isSinceUnknown: false } });
  });

  test.each<[string, readonly Written[]]>([
    ["there is none", [{ ...previous, stages: ["DEPRECATED"] }, current]],
    ["it awaits deletion", [{ ...previous, isBeingDeleted: true }, current]],
    ["it is a claim", [{ ...previous, content: claim("S6") }, current]],
    ["it is not understood", [{ ...previous, content: "not json" }, current]],
    ["it holds CURRENT's value", [{ ...previous, content: credential("S7") }, current]],
    ["CURRENT is not understood", [previous, { ...current, content: "not json" }]],
  ])("does not matter where %s", async (_what, versions) => {
    expect((await look(versions)).view().overlap).toBeNull();
  });

  test("does not matter to a step that writes nothing", async () => {
    const { rig, attempt } = await look();
    expect((await observe(rig.context, attempt, false, null))?.previous).toBeNull();
  });

  test("has the verdict of its own login", async () => {
    const { view, rig, attempt } = await look();
    noteLogin(attempt, rig, 6, "rejected");
    expect(view().overlap?.verdict).toBe("rejected");
  });

  test("above CURRENT's number is what an operator went back from", async () => {
    const { view } = await look([current, { ...previous, no: 8 }]);
    expect(view().overlap).toMatchObject({ versionNo: 8, isNewer: true });
  });

  test.each(["", "console", "7-orot"])(
    "beside a CURRENT that somebody else stored (%j) may be the newer one",
    async (name) => {
      const { view } = await look([previous, { ...current, name }]);
      expect(view().overlap).toMatchObject({ isNewer: false, isOrderKnown: false });
    },
  );

  test("cannot be told where one of the two was forgotten", async () => {
    for (const no of [6, 7]) {
      const { view, attempt } = await look();
      attempt.contents.delete(no);
      expect(view().overlap).toBeNull();
    }
  });

  test("is being retired for the landing bound after this call asked for it, three times at the most", async () => {
    const { view, rig, attempt } = await look();
    attempt.retiredAt = rig.clock.monotonic();
    attempt.retires = 2;
    expect(view().overlap).toMatchObject({ isRetiring: true, left: 1 });
    rig.clock.advance(59_999);
    expect(view().overlap?.isRetiring).toBe(true);
    rig.clock.advance(1);
    expect(view().overlap?.isRetiring).toBe(false);
  });
});

describe("the grace of PREVIOUS", () => {
  async function due(sinceMs: number, environment: object, tokenLifeMs: number | null = null) {
    const { view, attempt, rig, seen } = await look([previous, current], environment);
    attempt.metadata = withCurrentSince({}, 7, seen.list.asOf - sinceMs);
    const at = rig.clock.monotonic();
    if (tokenLifeMs !== null) {
      const token = { value: new Secret("T"), expiresAt: at + tokenLifeMs };
      attempt.logins.set(7, { login: { verdict: "accepted", token }, at });
    }
    return view().overlap;
  }
  const hours = (count: number) => ({ OROT_GRACE_HOURS: String(count) });

  test("counts from when CURRENT became CURRENT", async () => {
    expect(await due(2 * HOUR_MS - 1, hours(2))).toMatchObject({ isDue: false, isSinceUnknown: false });
    expect(await due(2 * HOUR_MS, hours(2))).toMatchObject({ isDue: true, isSinceUnknown: false });
  });

  test("is never shorter than the life of a token got with it", async () => {
    expect(await due(2 * HOUR_MS, hours(2), 2 * HOUR_MS + 1)).toMatchObject({ isDue: false });
    expect(await due(2 * HOUR_MS, hours(2), 2 * HOUR_MS)).toMatchObject({ isDue: true });
    expect(await due(2 * HOUR_MS, hours(2), HOUR_MS)).toMatchObject({ isDue: true });
    expect(await due(2 * HOUR_MS - 1, hours(2), HOUR_MS)).toMatchObject({ isDue: false });
  });

  test("of none is over at once, whatever a token's life and since when", async () => {
    expect(await due(0, hours(0), HOUR_MS)).toMatchObject({ isDue: true, isSinceUnknown: false });
    const { view } = await look([previous, current], hours(0));
    expect(view().overlap).toMatchObject({ isDue: true, isSinceUnknown: false });
  });

  test("is none for a value that was noted as compromised, and its own for every later one", async () => {
    const { view, attempt } = await look();
    attempt.metadata = withNoGraceUpTo({}, 6);
    expect(view().overlap).toMatchObject({ isDue: true, isSinceUnknown: false });
    attempt.metadata = withNoGraceUpTo({}, 5);
    expect(view().overlap).toMatchObject({ isDue: false, isSinceUnknown: true });
  });

  test("has not begun where nobody noted it, or for another version", async () => {
    const { view, attempt } = await look();
    attempt.metadata = withCurrentSince({}, 6, 0);
    expect(view().overlap).toMatchObject({ isDue: false, isSinceUnknown: true });
  });

  test("knows no token's life where CURRENT is refused or brings none", async () => {
    const { view, attempt, seen, rig } = await look([previous, current], hours(2));
    attempt.metadata = withCurrentSince({}, 7, seen.list.asOf - 2 * HOUR_MS);
    noteLogin(attempt, rig, 7, "rejected");
    expect(view().overlap?.isDue).toBe(true);
    attempt.logins.set(7, { login: { verdict: "accepted", token: null }, at: 0 });
    expect(view().overlap?.isDue).toBe(true);
  });
});

describe("the lease", () => {
  test("of another lasts for its time and the landing bound, by Vault's clock", async () => {
    const { view, attempt, seen } = await look();
    attempt.metadata = withLease({}, "another", seen.list.asOf - 59_999);
    expect(view().lease).toBe("others");
    attempt.metadata = withLease({}, "another", seen.list.asOf - 60_000);
    expect(view().lease).toBe("free");
  });

  test("of this call is its own for the time of a claim, and then nobody's", async () => {
    const { view, attempt, rig, seen } = await look();
    attempt.metadata = withLease({}, "me", seen.list.asOf + 90_000);
    attempt.lease = { callId: "me", startedAt: rig.clock.monotonic(), isOpen: false };
    rig.clock.advance(89_999);
    expect(view().lease).toBe("mine");
    rig.clock.advance(1);
    expect(view().lease).toBe("free");
  });

  test("that this call asked for and another got is the other's", async () => {
    const { view, attempt, rig, seen } = await look();
    attempt.metadata = withLease({}, "another", seen.list.asOf);
    attempt.lease = { callId: "me", startedAt: rig.clock.monotonic(), isOpen: false };
    expect(view().lease).toBe("others");
  });
});

describe("a PENDING credential where the issuer keeps two values", () => {
  const pending: Written = { no: 8, stages: ["PENDING"], content: credential("S8"), ageSeconds: 1 };

  test("is this call's own from when it was made, sent or not", async () => {
    const { view, attempt, rig } = await look([current, pending]);
    expect(view().pending).toMatchObject({ isOwn: false, isOccupied: false });
    attempt.generated = { clientSecret: new Secret("S8"), startedAt: rig.clock.monotonic() };
    expect(view().pending).toMatchObject({ isOwn: true, isUntried: true });
    attempt.install = { clientSecret: new Secret("S8"), at: rig.clock.monotonic(), isRefused: false };
    expect(view().pending).toMatchObject({ isOwn: true, isUntried: false });
  });

  test("has no room at the issuer from when that said so, and for long after the landing bound", async () => {
    const { view, attempt, rig } = await look([current, pending]);
    const seen = () => {
      const { isOccupied, isLongOccupied, isInstalling } = view().pending ?? {};
      return { isOccupied, isLongOccupied, isInstalling };
    };
    attempt.occupiedSince = rig.clock.monotonic();
    expect(seen()).toEqual({ isOccupied: false, isLongOccupied: false, isInstalling: false });
    attempt.install = { clientSecret: new Secret("S8"), at: rig.clock.monotonic(), isRefused: false };
    expect(seen()).toEqual({ isOccupied: true, isLongOccupied: false, isInstalling: false });
    rig.clock.advance(59_999);
    expect(seen()).toMatchObject({ isOccupied: true, isLongOccupied: false });
    rig.clock.advance(1);
    expect(seen()).toMatchObject({ isOccupied: true, isLongOccupied: true });
    attempt.occupiedSince = null;
    expect(seen()).toMatchObject({ isOccupied: false, isLongOccupied: false });
  });
});

test("who may keep two values is told by CURRENT's content", async () => {
  const { view, attempt } = await look();
  attempt.contents.delete(7);
  expect(view().isTwoSlot).toBe(false);
  const unreadable = await look([previous, { ...current, content: "not json" }]);
  expect(unreadable.view().isTwoSlot).toBe(false);
});

describe("a rotation because of a compromised value", () => {
  test("notes that once, for every version stored when the call began", async () => {
    const { view, attempt } = await look();
    expect(view()).toMatchObject({ isCompromised: false, isUnnoted: false });
    Object.assign(attempt, { isCompromised: true });
    expect(view()).toMatchObject({ isCompromised: true, isUnnoted: true });
    attempt.metadata = withNoGraceUpTo({}, 6);
    expect(view().isUnnoted).toBe(true);
    attempt.metadata = withNoGraceUpTo({}, 7);
    expect(view()).toMatchObject({ isCompromised: true, isUnnoted: false });
    attempt.metadata = {};
    attempt.startHighestNo = 8;
    attempt.metadata = withNoGraceUpTo({}, 7);
    expect(view().isUnnoted).toBe(true);
    attempt.metadata = {};
    attempt.startHighestNo = null;
    expect(view().isUnnoted).toBe(false);
  });
});

describe("older values that may still work", () => {
  const older: Written = { no: 5, stages: ["DEPRECATED"], content: credential("S5"), ageSeconds: 10 };
  const oldest: Written = { no: 4, stages: ["DEPRECATED"], content: credential("S6"), ageSeconds: 10 };

  test("are known once the other versions were read: neither CURRENT's nor PREVIOUS's value, each as it was asked", async () => {
    const { view, attempt, rig, seen } = await look([oldest, older, previous, current]);
    expect(view()).toMatchObject({ keepsOlder: true, unexpected: null });
    await readAll(rig.context, attempt, seen.list);
    attempt.hasReadOthers = true;
    expect(view().unexpected).toEqual([{ versionNo: 5, verdict: "not-asked" }]);
    // Unlike where CURRENT is dead a refusal counts at once: what is to be dead need not be waited for.
    noteLogin(attempt, rig, 5, "rejected");
    expect(view().unexpected).toEqual([{ versionNo: 5, verdict: "rejected" }]);
  });

  test("do not exist where the issuer keeps one", async () => {
    const { view } = await look([oldest, older, previous, current], {}, "none");
    expect(view()).toMatchObject({ keepsOlder: false, unexpected: null });
  });
});
