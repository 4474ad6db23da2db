import { describe, expect, test } from "vitest";
import { HOUR_MS } from "../../../src/base/durations.ts";
import { uaaClient } from "../../support/clients.ts";
import { writeVersion } from "../../support/outside-changes.ts";
import type { WorldOptions } from "../../support/world.ts";
import { outcomeOf, type TestWorld, useWorlds } from "../../support/worlds.ts";

const createWorld = useWorlds();

const world = (options: WorldOptions = {}) =>
  createWorld({ client: uaaClient(), environment: { OROT_GRACE_HOURS: "0" }, ...options });
const outcome = async (w: TestWorld, action: "retire" | "heal") =>
  outcomeOf(await w.call({ secretId: w.secretId, action }));
const store = (w: TestWorld, clientSecret: string | undefined) =>
  writeVersion(w, { ...w.client.content, clientSecret }, { stage: "CURRENT" });

/** A world after a rotation, in which an operator has stored the old value as a new CURRENT: to the UAA it is the older of the two. */
async function goneBackByHand(options: WorldOptions = {}): Promise<TestWorld> {
  const w = await world(options);
  expect(outcomeOf(await w.rotate())).toBe("OK 200");
  await store(w, w.valueOf(1));
  expect(w.versions()).toBe("1:DEPRECATED 2:PREVIOUS 3:CURRENT");
  w.calls();
  return w;
}

// UAA deletes the value that it got first. Whose value that is cannot be read there, and version numbers do not tell where someone else
// has stored CURRENT.
describe("a CURRENT that someone else stored", () => {
  test("is never what a heal has the issuer delete, however long it stands", async () => {
    const w = await goneBackByHand({ environment: {} });
    for (const hours of [0, 1, 48, 720]) {
      await w.clock.sleep(hours * HOUR_MS);
      expect(await outcome(w, "heal")).toBe("NOTHING_TO_DO 200");
    }
    expect(w.accepted(2, 3)).toEqual([2, 3]);
    expect(w.calls()).not.toContain("retire");
  });

  test.each(["retire", "rotation"] as const)("ends a %s with what an administrator can do", async (event) => {
    const w = await goneBackByHand();
    const answer = await w.call({ secretId: w.secretId, ...(event === "retire" ? { action: event } : {}) });
    expect(outcomeOf(answer)).toBe("RETIRE_NOT_SAFE 409");
    expect(answer.returnMessage).toContain("CURRENT was stored by someone else");
    expect(w.accepted(2, 3)).toEqual([2, 3]);
    expect(w.calls()).not.toContain("retire");
  });

  test("is rotated once an administrator has done that", async () => {
    const w = await goneBackByHand();
    const client = w.emulator.admin.uaaClient(w.client.clientId);
    client.secrets = client.secrets.filter(({ value }) => value === w.valueOf(3));
    expect(await outcome(w, "retire")).toBe("NOTHING_TO_DO 200");
    expect(outcomeOf(await w.rotate())).toBe("OK 200");
    expect(w.accepted(2, 3, 4)).toEqual([3, 4]);
    expect(await outcome(w, "retire")).toBe("OK 200");
    expect(w.accepted(2, 3, 4)).toEqual([4]);
  });

  test("is left at work too where uaa.yml declares the new value before the old one", async () => {
    const [fresh, old] = ["declared-first-and-newer", "declared-second-and-older"];
    const w = await world({
      client: uaaClient({ manifest: [fresh, old] }),
      content: (content) => ({ ...content, clientSecret: old }),
    });
    await store(w, fresh);
    expect(await outcome(w, "heal")).toBe("NOTHING_TO_DO 200");
    expect(await outcome(w, "retire")).toBe("RETIRE_NOT_SAFE 409");
    expect(w.accepted(1, 2)).toEqual([1, 2]);
  });

  test("does not matter where PREVIOUS does not work", async () => {
    const w = await world();
    await store(w, w.client.secret);
    expect(await outcome(w, "retire")).toBe("NOTHING_TO_DO 200");
    expect(outcomeOf(await w.rotate())).toBe("OK 200");
    expect(w.accepted(2, 3)).toEqual([2, 3]);
  });
});
