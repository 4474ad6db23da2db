import { expect, test } from "vitest";
import { codeOf, textIn } from "../../../../src/clients/http/error-text.ts";

test.each([
  [Object.assign(new Error("words"), { code: "ECONNRESET" }), "ECONNRESET"],
  [{ code: "E2BIG_1" }, "E2BIG_1"],
  [{ code: "A".repeat(60) }, "A".repeat(60)],
])("the code of %s is Node's", (thrown, code) => {
  expect(codeOf(thrown)).toBe(code);
});

test.each([
  [{ code: 23 }],
  [{ code: "" }],
  [{ code: "ECONN by peer" }],
  [{ code: "not ECONN" }],
  [{ code: "A".repeat(61) }],
  [new Error("words")],
  ["ECONNRESET"],
  [null],
  [undefined],
])("%j has no code of Node's", (thrown) => {
  expect(codeOf(thrown)).toBe("no code");
});

test("a text is what stands under its name, and no other value is one", () => {
  expect(textIn({ syscall: "connect" }, "syscall")).toBe("connect");
  expect(textIn({ syscall: "" }, "syscall")).toBe("");
  expect(textIn({ code: 23 }, "code")).toBeNull();
  expect(textIn(null, "code")).toBeNull();
});
