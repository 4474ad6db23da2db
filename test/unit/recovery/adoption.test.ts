import { describe, expect, test } from "vitest";
import { contentWith, regenerateByHand, writeVersion } from "../../support/by-hand.ts";
import { outcomeOf, type TestWorld, useWorlds } from "../../support/worlds.ts";

const world = useWorlds();

describe("a PENDING version that logs in", () => {
  test("is adopted by CREATE, which never mints again", async () => {
    const w = await world();
    await w.step("CREATE_PENDING_VERSION");
    const value = w.valueOf(2);
    for (let again = 0; again < 3; again++) {
      const answer = await w.step("CREATE_PENDING_VERSION");
      expect(outcomeOf(answer)).toBe("OK 200");
      expect(answer.versionNo).toBe(2);
    }
    expect(w.emulator.admin.app(w.app.clientId).mints).toBe(1);
    expect(w.valueOf(2)).toBe(value);
    expect(w.versions()).toBe("1:CURRENT 2:PENDING");
  });

  test("is adopted also where somebody stored it by hand, with CURRENT dead", async () => {
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
    const environment: Record<string, string> = {};
    const w = await world({ environment });
    await w.step("CREATE_PENDING_VERSION");
    environment["OROT_PAUSED"] = "true";
    expect(outcomeOf(await w.rotate())).toBe("OK 200");
    expect(w.versions()).toBe("1:PREVIOUS 2:CURRENT");
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

describe("a poisoned PENDING version", () => {
  const poisons: readonly (readonly [title: string, content: (w: TestWorld) => unknown])[] = [
    ["refused by the issuer", (w) => contentWith(w, "never-was-one")],
    ["that is not JSON", () => "not json"],
    ["without the client secret", (w) => ({ ...contentWith(w, ""), appSecret: undefined })],
    ["of an unknown issuer", (w) => ({ ...contentWith(w, "x"), issuer: "elsewhere" })],
    ["that is a claim", (w) => ({ ...contentWith(w, w.app.secret), _rotation: { v: 1, kind: "claim" } })],
    ["that is marked as something unknown of ours", (w) => ({ ...contentWith(w, w.app.secret), _rotation: { v: 9 } })],
  ];

  test.each(poisons)("%s is replaced, once", async (_title, content) => {
    const w = await world();
    await writeVersion(w, content(w));
    const answers = await w.steps();
    expect(answers.map(outcomeOf)).toEqual(["OK 200", "OK 200", "OK 200", "OK 200"]);
    expect(answers.map((answer) => answer.versionNo)).toEqual([1, 3, 3, 3]);
    expect(w.versions()).toBe("1:PREVIOUS 2:DEPRECATED 3:CURRENT");
    expect(w.emulator.admin.app(w.app.clientId).mints).toBe(1);
    expect(w.currentVerdict()).toBe("accepted");
  });

  test.each(poisons)("%s is replaced by a whole rotation, once", async (_title, content) => {
    const w = await world();
    await writeVersion(w, content(w));
    expect(outcomeOf(await w.rotate())).toBe("OK 200");
    expect(w.versions()).toBe("1:PREVIOUS 2:DEPRECATED 3:CURRENT");
    expect(w.emulator.admin.app(w.app.clientId).mints).toBe(1);
  });

  test("that was stored a moment ago counts as unknown until every node can have heard of it", async () => {
    const w = await world();
    await writeVersion(w, contentWith(w, "never-was-one"), { ageSeconds: 1 });
    const started = w.clock.now();
    expect(outcomeOf(await w.rotate())).toBe("OK 200");
    expect(w.clock.now() - started).toBeGreaterThanOrEqual(59_000);
    expect(w.versions()).toBe("1:PREVIOUS 2:DEPRECATED 3:CURRENT");
  });

  test("is refused by UPDATE and PROMOTE, which change nothing", async () => {
    const w = await world();
    await writeVersion(w, contentWith(w, "never-was-one"));
    const before = w.state();
    expect(outcomeOf(await w.step("UPDATE_TARGET_SYSTEM", 2))).toBe("PENDING_REJECTED 409");
    expect(outcomeOf(await w.step("PROMOTE_PENDING_VERSION", 2))).toBe("PENDING_REJECTED 409");
    expect(w.state()).toEqual(before);
  });

  test("that is a claim is never promoted, also not by its number", async () => {
    const w = await world();
    await writeVersion(w, { ...contentWith(w, w.app.secret), _rotation: { v: 1, kind: "claim" } });
    expect(outcomeOf(await w.step("PROMOTE_PENDING_VERSION", 2))).toBe("VERSION_NOT_PROMOTABLE 400");
    expect(outcomeOf(await w.step("UPDATE_TARGET_SYSTEM", 2))).toBe("NOTHING_PENDING 409");
    expect(w.versions()).toBe("1:CURRENT 2:PENDING");
  });
});
