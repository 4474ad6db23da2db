import { describe, expect, test } from "vitest";
import { TransportError } from "../../../src/clients/http/transport.ts";
import { parseEndpoint } from "../../../src/notify/endpoint.ts";
import { createChannelsRig } from "./channels-rig.ts";

const PUBLIC = "93.184.216.34";
const OTHER_PUBLIC = "198.41.0.4";
const PRIVATE = "10.0.0.7";
const TOKEN = "T0KEN-in-the-path";
const HOOK = `https://hooks.example.org/services/${TOKEN}?key=${TOKEN}`;

/** Channels whose name server answers these, one after the other, and whose receiver answers with these. */
function rig(names: readonly (readonly string[])[], statuses: readonly (number | Error)[] = []) {
  const made = createChannelsRig({ names, statuses });
  return {
    ...made,
    register: () => made.channels.require(parseEndpoint(HOOK)),
    send: () => made.send(HOOK),
    pinned: () => made.sent.map(({ untrusted }) => untrusted?.address),
  };
}

describe("A webhook whose name is answered anew at every question", () => {
  test("goes to the very address that was looked at, which is asked for once", async () => {
    const r = rig([[PUBLIC], [PRIVATE]]);
    expect(await r.send()).toBe("delivered");
    expect(r.pinned()).toEqual([PUBLIC]);
    expect(r.asked).toEqual(["hooks.example.org"]);
    expect(r.sent[0]?.url).toBe(HOOK);
  });

  test("goes nowhere once the name leads to a private address, although it was registered at a public one", async () => {
    const r = rig([[PUBLIC], [PRIVATE]]);
    await r.register();
    expect(await r.send()).toBe("failed");
    expect(r.sent).toEqual([]);
  });

  test("goes nowhere where one of several addresses is private", async () => {
    const r = rig([[PUBLIC, PRIVATE]]);
    expect(await r.send()).toBe("failed");
    expect(r.sent).toEqual([]);
  });

  test("is looked at again before it is repeated, and repeated to what was looked at then", async () => {
    const again = rig([[PUBLIC], [OTHER_PUBLIC], [PRIVATE]], [503]);
    expect(await again.send()).toBe("delivered");
    expect(again.pinned()).toEqual([PUBLIC, OTHER_PUBLIC]);
    const turned = rig([[PUBLIC], [PRIVATE]], [503]);
    expect(await turned.send()).toBe("failed");
    expect(turned.pinned()).toEqual([PUBLIC]);
  });
});

describe("The path of a webhook, which may hold what lets anybody post there", () => {
  test.each([
    ["taken", [[PUBLIC]], [204]],
    ["refused", [[PUBLIC]], [404]],
    ["repeated", [[PUBLIC], [PUBLIC]], [500, 500]],
    ["redirected", [[PUBLIC]], [302]],
    ["lost", [[PUBLIC], [PUBLIC]], [new TransportError("CONNECTION_LOST", true, "ECONNRESET"), 204]],
    ["at a private address", [[PRIVATE]], []],
    ["at no address", [[]], []],
  ] as const)("is in no log line where the message is %s", async (_what, answers, statuses) => {
    const r = rig(answers, statuses);
    await r.send();
    expect(r.lines.length).toBeGreaterThan(0);
    expect(r.lines.join("")).toContain("hooks.example.org");
    expect(r.lines.join("")).not.toMatch(/T0KEN|services|\?key/);
  });

  test.each([
    ["text", Object.assign(new Error(HOOK), { cause: new Error(HOOK) })],
    ["name", Object.assign(new Error("x"), { name: HOOK })],
    ["code", Object.assign(new TypeError("x"), { code: HOOK, stack: HOOK })],
  ])("is in no log line where an unexpected error holds it as its %s", async (_what, error) => {
    const r = rig([[PUBLIC], [PUBLIC]], [error, error]);
    expect(await r.send()).toBe("failed");
    expect(r.lines).toHaveLength(2);
    expect(r.lines.join("")).not.toMatch(/T0KEN|services|\?key/);
  });
});
