import { describe, expect, test } from "vitest";
import { renderCsv } from "../../../../src/cli/output/csv.ts";
import { createStyle, printable } from "../../../../src/cli/output/style.ts";
import { renderPairs, renderTable } from "../../../../src/cli/output/table.ts";

describe("tables", () => {
  test("columns are as wide as their widest cell, colours not counted", () => {
    const { red } = createStyle(true, {});
    expect(red("bad")).toBe("\u001b[31mbad\u001b[39m");
    expect(
      renderTable(
        ["name", "state"],
        [
          ["a", red("bad")],
          ["longer", "good"],
        ],
      ),
    ).toBe(`name    state\na       ${red("bad")}\nlonger  good\n`);
  });

  test("pairs stand in two columns", () => {
    expect(
      renderPairs([
        ["a", "1"],
        ["long", "2"],
      ]),
    ).toBe("a     1\nlong  2\n");
  });
});

describe("CSV", () => {
  test("quotes what needs it and ends lines as RFC 4180 says", () => {
    expect(
      renderCsv(
        ["a", "b"],
        [
          ['say "hi"', "x,y"],
          [null, 3],
        ],
      ),
    ).toBe('a,b\r\n"say ""hi""","x,y"\r\n,3\r\n');
  });

  test("hands a spreadsheet no formula", () => {
    expect(renderCsv(["a"], [["=1+1"], ["@x"], [-1]])).toBe("a\r\n'=1+1\r\n'@x\r\n-1\r\n");
  });
});

describe("colours", () => {
  test.each([
    ["without a terminal", false, {}],
    ["with NO_COLOR", true, { NO_COLOR: "1" }],
    ["on a dumb terminal", true, { TERM: "dumb" }],
  ])("there are none %s", (_when, isTerminal, environment) => {
    expect(createStyle(isTerminal, environment).red("x")).toBe("x");
  });

  test("text of others cannot move the cursor or turn itself around", () => {
    expect(printable("a\u001b[2Jb\r\nc\u202ed")).toBe("a\u00b7[2Jb\u00b7\u00b7c\u00b7d");
  });
});
