import { describe, expect, test } from "vitest";
import { expectNoTrace, thrownBy } from "../../support/failures.ts";

const CANARY = "canary/+9c1f~4711";
const basic = `Basic ${Buffer.from(`client:${CANARY}`).toString("base64")}`;

describe("expectNoTrace finds a secret", () => {
  test.each<[string, unknown]>([
    ["in a text", `failed with ${CANARY}`],
    ["in an Error's message", new Error(CANARY)],
    ["in an Error's cause", new Error("failed", { cause: new Error(CANARY) })],
    ["in a header of a request on an Error", Object.assign(new Error("failed"), { request: { headers: { basic } } })],
    ["in a member that is not listed", Object.defineProperty({}, "config", { value: { data: CANARY } })],
    ["behind a getter", Object.defineProperty({}, "data", { get: () => CANARY, enumerable: true })],
    ["in a Map", new Map([["a", [basic]]])],
    ["in a URL", { url: `https://x.example.org/?s=${encodeURIComponent(CANARY)}` }],
    ["in JSON that only toJSON makes", { toJSON: () => ({ CANARY }) }],
  ])("%s", (_where, value) => {
    expect(() => expectNoTrace(value, CANARY)).toThrow("the secret is printed");
  });

  test("and nothing where there is none", () => {
    expectNoTrace(Object.assign(new Error("failed"), { code: "ECONNRESET" }), CANARY);
  });
});

test("thrownBy gives what was thrown or rejected, and throws where nothing was", async () => {
  expect(await thrownBy(() => Promise.reject(new Error("a")))).toEqual(new Error("a"));
  expect(
    await thrownBy(() => {
      throw "b";
    }),
  ).toBe("b");
  await expect(thrownBy(() => "c")).rejects.toThrow("nothing was thrown");
});
