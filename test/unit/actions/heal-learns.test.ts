import { describe, expect, test } from "vitest";
import { outcomeOf, type TestWorld, useWorlds } from "../../support/worlds.ts";

const world = useWorlds();

const DAY_MS = 86_400_000;
const heal = (w: TestWorld) => w.call({ secretId: w.secretId, action: "heal" });

describe("what a heal learns beside", () => {
  const learned = (w: TestWorld): unknown => {
    const text = w.emulator.admin.secret(w.secretId).metadata["orot"];
    return typeof text === "string" ? JSON.parse(text).tokenSurvives?.yes : undefined;
  };

  test.each([
    ["live", true],
    ["die", false],
  ] as const)("tokens that %s after a rotation are noted in the secret's metadata", async (oldTokens, yes) => {
    const w = await world({ switches: { "old-tokens": oldTokens } });
    w.emulator.admin.secret(w.secretId).metadata["owner"] = "ops";
    await w.rotate();
    await heal(w);
    expect(learned(w)).toBe(yes);
    expect(w.emulator.admin.secret(w.secretId).metadata["owner"]).toBe("ops");
    expect(w.log).toContainEqual(
      expect.objectContaining({ event: "token-survival", outcome: yes ? "survives" : "dies", write: "done" }),
    );
  });

  test("is asked again after 30 days, and not before", async () => {
    const w = await world();
    await w.rotate();
    await heal(w);
    await w.clock.sleep(29 * DAY_MS);
    await w.rotate();
    w.emulator.switches["old-tokens"] = "die";
    await heal(w);
    expect(learned(w)).toBe(true);
    await w.clock.sleep(2 * DAY_MS);
    await w.rotate();
    await heal(w);
    expect(learned(w)).toBe(false);
  });

  test.each(["read-app", "update-metadata"] as const)("fails at %s without any effect on the answer", async (call) => {
    const w = await world();
    await w.rotate();
    w.emulator.faults.add({ call, kind: "server-error-before", count: 100 });
    expect(outcomeOf(await heal(w))).toBe("NOTHING_TO_DO 200");
    expect(learned(w)).toBeUndefined();
  });
});
