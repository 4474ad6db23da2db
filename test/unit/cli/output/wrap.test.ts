import { expect, test } from "vitest";
import { createStyle } from "../../../../src/cli/output/style.ts";
import { wrap } from "../../../../src/cli/output/wrap.ts";

const lines = (text: string, columns: number | null) => wrap(text, columns).split("\n");

test("without a terminal nothing is changed", () => {
  const text = `${"word ".repeat(100)}\n`;
  expect(wrap(text, null)).toBe(text);
});

test.each([
  ["what fits stays", "because  it fits", 16, ["because  it fits"]],
  ["a value stays in its column", "because  one two three", 18, ["because  one two", "         three"]],
  ["prose has no column", "one two three", 8, ["one two", "three"]],
  ["a word is never cut", `ocid  ${"x".repeat(30)} tail`, 16, [`ocid  ${"x".repeat(30)}`, "      tail"]],
  ["columns keep their gaps", "1  a  b     c d e", 14, ["1  a  b     c", "      d e"]],
  ["a column in the second half is not kept", "a name  a state  what is", 16, ["a name  a state", "        what is"]],
  [
    "a command stays in one line",
    "run  oci-rotate heal ocid1.secret --profile A",
    20,
    ["run  oci-rotate heal ocid1.secret --profile A"],
  ],
  ["and begins one", "to do  now run npx oci-rotate heal x", 20, ["to do  now run", "       npx oci-rotate heal x"]],
  ["a policy line too", 'to do  add "Allow group g to use x"', 20, ["to do  add", '       "Allow group g to use x"']],
] as const)("%s", (_rule, text, columns, expected) => {
  expect(lines(text, columns)).toEqual(expected);
});

test("colours take no room", () => {
  const { red } = createStyle(true, {});
  expect(lines(`state  ${red("down")}: it is`, 18)).toEqual([`state  ${red("down")}: it is`]);
  expect(lines(`${red("state")}  ${red("down")}: it is`, 16)).toEqual([
    `${red("state")}  ${red("down")}: it`,
    "       is",
  ]);
});
