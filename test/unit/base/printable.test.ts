import { describe, expect, it, test } from "vitest";
import { printable, printableJson } from "../../../src/base/printable.ts";
import { hiddenCharacters, hiddenIn, hiddenText, shownText } from "../../support/hidden-characters.ts";

describe("A text of somebody else", () => {
  it.each(hiddenCharacters)("shows %s as its escape", (_what, character, shown) => {
    expect(printable(`a${character}b`)).toBe(`a${shown}b`);
  });

  it("keeps whatever can be seen, in any script", () => {
    for (const text of [
      "RDS_APP",
      "Kunde Zürich",
      "客户端 密钥",
      "клиент",
      "العميل",
      "e\u0301",
      "🙂",
      "a\u00a0b",
      "\\u200b",
    ]) {
      expect(printable(text)).toBe(text);
    }
  });
});

describe("Finished JSON", () => {
  test("says the same, and has no hidden character in it", () => {
    const value = { [`key ${hiddenText}`]: [hiddenText, 1, null] };
    for (const indent of [0, 2]) {
      const json = printableJson(JSON.stringify(value, null, indent));
      expect(JSON.parse(json)).toEqual(value);
      expect(hiddenIn(json)).toBeNull();
      expect(json.split("\n")).toHaveLength(indent === 0 ? 1 : 7);
    }
  });

  test("writes them as the terminal shows them, where JSON has no short form", () => {
    const long = hiddenCharacters.filter(([, character]) => !/[\b\t\n\r]/.test(character));
    for (const [, character, shown] of long) expect(printableJson(JSON.stringify(character))).toBe(`"${shown}"`);
    expect(shownText).toContain("a\\u001bb");
  });

  test("keeps the line ends of its layout, and a text alone does not", () => {
    expect(printableJson('{\n  "a": "\u200b"\n}')).toBe('{\n  "a": "\\u200b"\n}');
    expect(printable("one\ntwo")).toBe("one\\u000atwo");
  });
});
