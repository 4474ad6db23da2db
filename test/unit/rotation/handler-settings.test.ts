import { describe, expect, test } from "vitest";
import { outcomeOf, refused, useWorlds } from "../../support/worlds.ts";
import { DOWN, HOOK, subscribedIn } from "../notify/subscribed.ts";

const world = useWorlds();

describe("the configuration of a process", () => {
  test("that has Node print network traffic stops every call", async () => {
    const w = await world({ environment: { NODE_DEBUG: "https" } });
    for (const event of [{ secretId: w.secretId }, { action: "heal" }, "not json"]) {
      expect(await refused(w, event)).toBe("SETTINGS_INVALID 500");
    }
    expect(w.emulator.requests).toEqual([]);
    w.environment["NODE_DEBUG"] = "timers";
    expect(outcomeOf(await w.rotate())).toBe("OK 200");
  });

  test.each([
    ["a setting of ours", "OROT_PAUSED", "perhaps"],
    ["a proxy", "HTTPS_PROXY", "no address"],
    ["a proxy in small letters", "https_proxy", "no address"],
  ])("is read again once %s has changed, and works again once it is set right", async (_what, name, value) => {
    const w = await world();
    const verify = () => w.step("VERIFY_CONNECTION");
    expect(outcomeOf(await verify())).toBe("OK 200");
    w.environment[name] = value;
    const answer = await verify();
    expect(outcomeOf(answer)).toBe("SETTINGS_INVALID 500");
    expect(answer.returnMessage).toContain(name);
    delete w.environment[name];
    expect(outcomeOf(await verify())).toBe("OK 200");
  });
});

describe("test-notification", () => {
  test("says how many of the subscribers were reached, and where to look for the others", async () => {
    const w = await subscribedIn(world, [HOOK, DOWN]);
    const answer = await w.call({ secretId: w.secretId, action: "test-notification" });
    expect(answer.returnMessage).toBe(
      "OK: 1 of 2 were reached. Next: look at those that were not, and at the function's log.",
    );
    expect(answer.deliveries?.map(({ outcome }) => outcome)).toEqual(["delivered", "failed"]);
  });

  test("that reached everybody, or found nobody, leaves nothing to be done", async () => {
    const w = await subscribedIn(world, [HOOK]);
    const ask = async () => (await w.call({ secretId: w.secretId, action: "test-notification" })).returnMessage;
    expect(await ask()).toBe("OK: 1 of 1 were reached. Next: nothing.");
    await w.call({ secretId: w.secretId, action: "unsubscribe", endpoint: HOOK });
    expect(await ask()).toBe("OK: 0 of 0 were reached. Next: nothing.");
  });
});

describe("an answer about a subscription", () => {
  test("says what has become of it, the second time too", async () => {
    const w = await subscribedIn(world, []);
    await w.rotate();
    const ask = async (action: string, more = {}) =>
      (await w.call({ secretId: w.secretId, action, endpoint: HOOK, ...more })).returnMessage;
    expect(await ask("subscribe")).toBe("OK: the endpoint is registered. Next: nothing.");
    expect(await ask("subscribe")).toBe("NOTHING_TO_DO: the endpoint was registered before. Next: nothing.");
    expect((await w.call({ secretId: w.secretId, action: "subscribers" })).returnMessage).toBe(
      "OK: the secret has 1 subscribers. Next: nothing.",
    );
    const versionNo = 3;
    expect(await ask("acknowledge", { versionNo })).toBe("OK: the endpoint has version 3. Next: nothing.");
    expect(await ask("acknowledge", { versionNo })).toBe(
      "NOTHING_TO_DO: the endpoint has acknowledged this version, or a later one, before. Next: nothing.",
    );
    expect(await ask("unsubscribe")).toBe("OK: the endpoint is removed. Next: nothing.");
    expect(await ask("unsubscribe")).toBe("NOTHING_TO_DO: the endpoint is not registered. Next: nothing.");
  });
});

test("a defect within a run is logged with its place and without its words", async () => {
  const w = await world();
  const onStage = () => {
    throw new TypeError("canary-of-a-defect");
  };
  const event = Buffer.from(JSON.stringify({ secretId: w.secretId }));
  const answer = await w.handler(event, { callID: "01BROKEN", deadline: null, onStage });
  expect(outcomeOf(answer)).toBe("INTERNAL 500");
  expect(answer.stages?.map(({ stage }) => stage)).toContain("verify-current");
  const logged = w.log.filter(({ event: name }) => name === "internal-error");
  expect(logged).toEqual([expect.objectContaining({ level: "error", type: "TypeError", callId: "01BROKEN" })]);
  expect(JSON.stringify([answer, w.log])).not.toContain("canary-of-a-defect");
});
