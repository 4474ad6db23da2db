import { describe, expect, test } from "vitest";
import { csvLine } from "../../../../src/cli/output/csv.ts";
import { createStyle } from "../../../../src/cli/output/style.ts";
import { renderPairs, renderTable } from "../../../../src/cli/output/table.ts";
import { hiddenText, shownText } from "../../../support/hidden-characters.ts";

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
    expect(csvLine(['say "hi"', "x,y"])).toBe('"say ""hi""","x,y"\r\n');
    expect(csvLine([null, 3])).toBe(",3\r\n");
  });

  test("shows hidden characters as everything else does", () => {
    expect(csvLine([hiddenText])).toBe(`${shownText}\r\n`);
  });

  test.each([
    ["at its beginning", "=1+1", "'=1+1"],
    ["of each kind", "@x", "'@x"],
    ["of each kind", "+1", "'+1"],
    ["of each kind", "-1", "'-1"],
    ["in full width", "\uff1d1", "'\uff1d1"],
    ["after a blank", "  =1", "'  =1"],
    ["after a no-break space", "\u00a0=1", "'\u00a0=1"],
    ["after an ideographic space", "\u3000=1", "'\u3000=1"],
    ["after a tab", "\t=1", "'\\u0009=1"],
    ["after a line end", "\r\n=1", "'\\u000d\\u000a=1"],
    ["after what is not seen", "\u200b=1", "'\\u200b=1"],
    ["after quotation marks", '"=1"', `"'""=1"""`],
    ["behind an apostrophe", "'=1", "''=1"],
    ["where a semicolon separates cells", "a;=1", "a;'=1"],
    ["where it does, after blanks and quotes", 'a; "=1', `"a;' ""=1"`],
    ["where it does, more than once", ";=1;-2", ";'=1;'-2"],
    ["where there are several", "=1;=2", "'=1;'=2"],
  ])("hands a spreadsheet no formula: %s", (_where, text, cell) => {
    expect(csvLine([text])).toBe(`${cell}\r\n`);
  });

  test.each(["a=1", "a-b", "x@example.org", "a;b", "a;b=c", "2026-11-01"])("leaves %s as it is", (text) => {
    expect(csvLine([text])).toBe(`${text}\r\n`);
  });

  test("leaves numbers as they are, below zero too", () => {
    expect(csvLine([-1])).toBe("-1\r\n");
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
});
