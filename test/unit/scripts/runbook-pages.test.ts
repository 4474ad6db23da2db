import { describe, expect, test } from "vitest";
import { codes } from "../../../scripts/reference-tables.ts";
import { runbookPages, runbookProblems } from "../../../scripts/runbook-pages.ts";

const PLACE = "docs/runbook/codes/LOCKED_OUT.md";
const names = codes.map(({ code }) => `${code}.md`);
/** All pages as somebody wrote them; a test changes one. */
function written(change: (text: string) => string = (text) => text): (name: string) => string {
  const pages = new Map(
    runbookPages(() => "").map(({ name, text }) => [name, text.replaceAll(/^## .*$/gm, "$&\n\nSomething.")]),
  );
  return (name) => (name === PLACE ? change(pages.get(name) ?? "") : (pages.get(name) ?? ""));
}
const problems = (change?: (text: string) => string) => runbookProblems(written(change), names);

describe("the runbook's pages of codes", () => {
  test("are one for each code, and all well once they are written", () => {
    expect(runbookPages(() => "")).toHaveLength(codes.length);
    expect(problems()).toEqual({ unwritten: [], strange: [] });
  });

  test.each([
    ["is missing", () => "", "LOCKED_OUT.md is missing: run npm run docs, and write it"],
    ["has another code's title", (text: string) => text.replace("# LOCKED_OUT", "# PAUSED"), "# LOCKED_OUT"],
    ["lacks a section", (text: string) => text.replace("## State\n", ""), "needs the sections Meaning, State"],
    ["says nothing in one", (text: string) => text.replace(/(## State\n)\s+Something\./, "$1"), "nothing under State"],
  ])("are told when one %s", (_, change, words) => {
    expect(problems(change).unwritten).toEqual([expect.stringContaining(words)]);
  });

  test("are told when one has no code any more", () => {
    expect(runbookProblems(written(), [...names, "GONE.md"]).strange).toEqual([
      "docs/runbook/codes/GONE.md belongs to no code: delete it",
    ]);
  });

  test("get their head from the error family, and keep what stands below", () => {
    const stale = written((text) => text.replace("| 400 |", "| 500 |"));
    const page = runbookPages(stale).find(({ name }) => name === PLACE);
    expect(page?.text).toContain(
      "| 400 | the issuer refuses CURRENT, and no way back exists | regenerate in the console,",
    );
    expect(page?.text).toBe(written()(PLACE));
  });

  test("cannot be filled without the place for the head", () => {
    expect(() => runbookPages(written((text) => text.replace("<!-- head:end -->", "")))).toThrow(PLACE);
  });
});
