import { describe, expect, test } from "vitest";
import { formsOf, watchCanary } from "../../support/canary.ts";
import { useWorlds } from "../../support/worlds.ts";

const world = useWorlds();

describe("the canary", () => {
  const secret = String.raw`idcscs-"ä/+ &%\=1`;
  const basic = Buffer.from(`client:${secret}`).toString("base64");
  const leaks: readonly (readonly [title: string, text: string])[] = [
    ["in clear", `the value is ${secret}.`],
    ["in JSON", JSON.stringify({ value: secret })],
    ["in JSON within JSON", JSON.stringify({ line: JSON.stringify({ value: secret }) })],
    ["URL-encoded", `?secret=${encodeURIComponent(secret)}`],
    ["form-encoded", new URLSearchParams({ secret }).toString()],
    ["in base64", Buffer.from(secret).toString("base64")],
    ["in a Basic header", `Basic ${basic}`],
    ["in a Basic header one character longer", `Basic ${Buffer.from(`client1:${secret}`).toString("base64")}`],
    ["in a Basic header two characters longer", `Basic ${Buffer.from(`client12:${secret}x`).toString("base64")}`],
    ["in base64 of a content", Buffer.from(JSON.stringify({ id: "x", appSecret: "p-q-r" })).toString("base64")],
    ["in base64url", Buffer.from(secret).toString("base64url")],
    ["in hexadecimal", Buffer.from(secret).toString("hex")],
  ];

  test.each(leaks)("finds a secret %s", async (_title, text) => {
    const w = await world();
    const canary = watchCanary(w.emulator);
    canary.add(secret);
    canary.add("p-q-r");
    expect(canary.leaksIn(["harmless", text])).not.toEqual([]);
  });

  test("finds nothing where nothing is", async () => {
    const w = await world();
    const canary = watchCanary(w.emulator);
    canary.add(secret);
    expect(canary.leaksIn(["harmless", "idcscs-", "[secret]", "Basic"])).toEqual([]);
  });

  test("says what it found without saying it", async () => {
    const w = await world();
    const canary = watchCanary(w.emulator);
    canary.add(secret);
    const [found] = canary.leaksIn(["harmless", `x ${secret}`]);
    expect(found).toBe("a client secret in clear in text 1");
  });

  test("knows every client secret and token that was made, also those that no longer count", async () => {
    const w = await world({ switches: { "app-read-back": "empty" } });
    w.emulator.faults.add({ call: "regenerate", kind: "answer-lost" });
    const made: string[] = [];
    w.emulator.core.onChange(() => {
      const { secret: value } = w.emulator.admin.app(w.app.clientId);
      if (!made.includes(value)) made.push(value);
    });
    await w.steps();
    const tokens = Object.keys(w.emulator.state.identity.domains.default.tokens);
    expect(made).toHaveLength(3);
    expect(tokens.length).toBeGreaterThan(2);
    for (const value of [w.app.secret, ...made, ...tokens]) {
      expect(w.canary.leaksIn([`planted: ${value}`])).not.toEqual([]);
    }
  });

  test("has one form of each kind for a plain secret", () => {
    expect([...formsOf("abc").values()]).toEqual(
      expect.arrayContaining(["in hexadecimal", "as SHA-256", "in base64 at 1"]),
    );
  });
});
