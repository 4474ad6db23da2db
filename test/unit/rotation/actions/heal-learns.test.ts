import { describe, expect, test } from "vitest";
import { DAY_MS } from "../../../../src/base/durations.ts";
import { outcomeOf, type TestWorld, useWorlds } from "../../../support/worlds.ts";

const world = useWorlds();

const heal = (w: TestWorld) => w.call({ secretId: w.secretId, action: "heal" });
/** Until every node of the issuer must have heard of the new client secret; OCI's clock shows whole seconds. */
const LANDING_BOUND_MS = 61_000;

describe("what a heal learns on the side", () => {
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
    expect(learned(w)).toBeUndefined();
    await w.clock.sleep(LANDING_BOUND_MS);
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
    await w.clock.sleep(LANDING_BOUND_MS);
    await heal(w);
    expect(learned(w)).toBe(true);
    await w.clock.sleep(29 * DAY_MS);
    await w.rotate();
    w.emulator.switches["old-tokens"] = "die";
    await heal(w);
    expect(learned(w)).toBe(true);
    await w.clock.sleep(2 * DAY_MS);
    await w.rotate();
    await w.clock.sleep(LANDING_BOUND_MS);
    await heal(w);
    expect(learned(w)).toBe(false);
  });

  test.each(["read-app", "update-metadata"] as const)("fails at %s without any effect on the answer", async (call) => {
    const w = await world();
    await w.rotate();
    await w.clock.sleep(LANDING_BOUND_MS);
    w.emulator.faults.add({ call, kind: "server-error-before", count: 100 });
    expect(outcomeOf(await heal(w))).toBe("NOTHING_TO_DO 200");
    expect(learned(w)).toBeUndefined();
  });

  test("is not answered by an application that cannot be found", async () => {
    const w = await world();
    await w.rotate();
    await w.clock.sleep(LANDING_BOUND_MS);
    w.emulator.faults.add({ call: "read-app", kind: "client-error", count: 100 });
    await heal(w);
    expect(learned(w)).toBeUndefined();
  });
});
