import { describe, expect, test } from "vitest";
import { outcomeOf, useWorlds } from "../../support/worlds.ts";

const world = useWorlds();

describe("the look after the claim, in a whole rotation", () => {
  const afterClaim = (calls: readonly string[]) => {
    const polls = calls.slice(calls.indexOf("write-claim") + 1, calls.indexOf("regenerate"));
    return polls.filter((call) => call !== "get-secret");
  };

  test("nothing but the secret is read between the claim and the mint", async () => {
    const w = await world();
    expect(outcomeOf(await w.rotate())).toBe("OK 200");
    expect(afterClaim(w.calls())).toEqual([]);
  });

  test("a secret that was UPDATING for too long is listed, and CURRENT asked again, before the mint", async () => {
    const w = await world({
      switches: { "updating-ms": 35_000, "updating-polls": 0 },
      environment: { OROT_ACTIVE_WAIT_SECONDS: "40" },
    });
    expect(outcomeOf(await w.rotate())).toBe("OK 200");
    expect(afterClaim(w.calls())).toEqual(["list-versions", "token-current"]);
    expect(w.emulator.admin.app(w.app.clientId).mints).toBe(1);
  });

  test("a claim whose answer was lost is listed and read before the mint, and not written again", async () => {
    const w = await world();
    w.emulator.faults.add({ call: "write-claim", kind: "answer-lost" });
    expect(outcomeOf(await w.rotate())).toBe("OK 200");
    const calls = w.calls();
    expect(calls.filter((call) => call === "write-claim")).toHaveLength(1);
    expect(afterClaim(calls)).toEqual(["list-versions", expect.any(String), "token-current"]);
    expect(w.versions()).toBe("1:PREVIOUS 2:DEPRECATED 3:CURRENT");
  });
});
