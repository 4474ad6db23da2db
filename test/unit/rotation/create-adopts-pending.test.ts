import { describe, expect, test } from "vitest";
import type { Answer } from "../../../src/rotation/handler.ts";
import { claimWith, contentWith, regenerateByHand, writeVersion } from "../../support/outside-changes.ts";
import { outcomeOf, type TestWorld, useWorlds } from "../../support/worlds.ts";

const world = useWorlds();

describe("a PENDING version that logs in", () => {
  test("is adopted by CREATE, which never mints again", async () => {
    const w = await world();
    await w.step("CREATE_PENDING_VERSION");
    const value = w.valueOf(3);
    for (let again = 0; again < 3; again++) {
      const answer = await w.step("CREATE_PENDING_VERSION");
      expect(outcomeOf(answer)).toBe("OK 200");
      expect(answer.versionNo).toBe(3);
    }
    expect(w.emulator.admin.app(w.app.clientId).mints).toBe(1);
    expect(w.valueOf(3)).toBe(value);
    expect(w.versions()).toBe("1:CURRENT 2:DEPRECATED 3:PENDING");
  });

  test("is adopted even if an operator stored it by hand, with CURRENT dead", async () => {
    const w = await world();
    regenerateByHand(w, "made-in-the-console");
    await writeVersion(w, contentWith(w, "made-in-the-console"));
    const answers = await w.steps();
    expect(answers.map((answer) => answer.versionNo)).toEqual([2, 2, 2, 2]);
    expect(w.versions()).toBe("1:PREVIOUS 2:CURRENT");
    expect(w.valueOf(2)).toBe("made-in-the-console");
    expect(w.emulator.admin.app(w.app.clientId).mints).toBe(0);
  });

  test("is promoted by a whole rotation although rotations are paused", async () => {
    const w = await world();
    await w.step("CREATE_PENDING_VERSION");
    w.environment["OROT_PAUSED"] = "true";
    expect(outcomeOf(await w.rotate())).toBe("OK 200");
    expect(w.versions()).toBe("1:PREVIOUS 2:DEPRECATED 3:CURRENT");
  });

  test("is waited for, not replaced, while the issuer's nodes have not heard of it", async () => {
    const w = await world({ switches: { "new-secret-late-ms": 45_000 } });
    const started = w.clock.now();
    const answers = await w.steps();
    expect(answers.map(outcomeOf)).toEqual(["OK 200", "OK 200", "OK 200", "OK 200"]);
    expect(w.clock.now() - started).toBeGreaterThanOrEqual(45_000);
    expect(w.emulator.admin.app(w.app.clientId).mints).toBe(1);
  });

  test("is waited for by a whole rotation too, within its one call", async () => {
    const w = await world({ switches: { "new-secret-late-refusals": 3 } });
    expect(outcomeOf(await w.rotate())).toBe("OK 200");
    expect(w.emulator.admin.app(w.app.clientId).mints).toBe(1);
    expect(w.currentVerdict()).toBe("accepted");
  });
});

/** 64 times the life of a claim and the landing bound: so long what is marked as ours, and not understood, counts as alive. */
const LONGEST_LIFE_SECONDS = 64 * (90 + 60);

describe("a poisoned PENDING version", () => {
  const poisons: readonly (readonly [title: string, content: (w: TestWorld) => unknown])[] = [
    ["refused by the issuer", (w) => contentWith(w, "never-was-one")],
    ["that is not JSON", () => "not json"],
    ["without the client secret", (w) => ({ ...contentWith(w, ""), appSecret: undefined })],
    ["of an unknown issuer", (w) => ({ ...contentWith(w, "x"), issuer: "elsewhere" })],
    ["that is another's claim, left long ago", (w) => claimWith(w)],
    ["that is a claim without a call id", (w) => claimWith(w, { callId: undefined })],
    ["that is a claim of a later edition", (w) => claimWith(w, { v: 2 })],
    ["that is marked as something unknown of ours", (w) => ({ ...contentWith(w, w.app.secret), _rotation: { v: 9 } })],
  ];

  test.each(poisons)("%s is replaced, once", async (_title, content) => {
    const w = await world();
    await writeVersion(w, content(w), { ageSeconds: LONGEST_LIFE_SECONDS });
    const answers = await w.steps();
    expect(answers.map(outcomeOf)).toEqual(["OK 200", "OK 200", "OK 200", "OK 200"]);
    expect(answers.map((answer) => answer.versionNo)).toEqual([1, 4, 4, 4]);
    expect(w.versions()).toBe("1:PREVIOUS 2:DEPRECATED 3:DEPRECATED 4:CURRENT");
    expect(w.emulator.admin.app(w.app.clientId).mints).toBe(1);
    expect(w.currentVerdict()).toBe("accepted");
  });

  test("that was stored a moment ago counts as unknown until every node can have heard of it", async () => {
    const w = await world();
    await writeVersion(w, contentWith(w, "never-was-one"), { ageSeconds: 1 });
    const started = w.clock.now();
    expect(outcomeOf(await w.rotate())).toBe("OK 200");
    expect(w.clock.now() - started).toBeGreaterThanOrEqual(59_000);
    expect(w.versions()).toBe("1:PREVIOUS 2:DEPRECATED 3:DEPRECATED 4:CURRENT");
  });

  test("is refused by UPDATE and PROMOTE, which change nothing", async () => {
    const w = await world();
    await writeVersion(w, contentWith(w, "never-was-one"));
    const before = w.state();
    expect(outcomeOf(await w.step("UPDATE_TARGET_SYSTEM", 2))).toBe("PENDING_REJECTED 409");
    expect(outcomeOf(await w.step("PROMOTE_PENDING_VERSION", 2))).toBe("PENDING_REJECTED 409");
    expect(w.state()).toEqual(before);
  });
});

describe("another's claim", () => {
  const event = (w: TestWorld) => ({ secretId: w.secretId });

  /** Everything that a call does while the claim is live must leave the world as it is. */
  async function busy(w: TestWorld, outcome: string, call: () => Promise<Answer>): Promise<void> {
    const before = w.state();
    expect(outcomeOf(await call())).toBe(outcome);
    expect(w.state()).toEqual(before);
  }

  test.each([
    ["as its time says", { ttlSeconds: 200 }, 0, 200 + 60],
    ["twice as long after one takeover", { takeovers: 1 }, 1, 2 * (90 + 60)],
    ["eight times as long after three", { takeovers: 3 }, 3, 8 * (90 + 60)],
    ["64 times as long at most", { takeovers: 7 }, 6, LONGEST_LIFE_SECONDS],
    ["as its time says where no claim lies below it, whatever it says of them", { takeovers: 30 }, 0, 90 + 60],
    ["64 times as long where it is of a later edition", { v: 2 }, 0, LONGEST_LIFE_SECONDS],
  ])("is left alone %s, and then replaced", async (_title, mark, below, seconds) => {
    const w = await world({ environment: { OROT_KEEP_DEPRECATED_VERSIONS: "20" } });
    for (let taken = 0; taken < below; taken++) await writeVersion(w, claimWith(w, { takeovers: taken }));
    const { number } = await writeVersion(w, claimWith(w, mark), { ageSeconds: seconds - 40 });
    await busy(w, "CLAIM_LIVE 503", () => w.call({ ...event(w), step: "CREATE_PENDING_VERSION" }, 30));
    await busy(w, "OK 200", () => w.step("VERIFY_CONNECTION"));
    await busy(w, "NOTHING_PENDING 409", () => w.step("UPDATE_TARGET_SYSTEM"));
    await busy(w, "NOTHING_TO_DO 200", () => w.call({ ...event(w), action: "heal" }));
    await w.clock.sleep(40_000);
    expect(outcomeOf(await w.rotate())).toBe("OK 200");
    expect(w.versions()).toMatch(/^1:PREVIOUS /);
    const replaced = `${number}:DEPRECATED ${number + 1}:DEPRECATED ${number + 2}:CURRENT`;
    expect(w.versions().endsWith(replaced)).toBe(true);
  });
});
