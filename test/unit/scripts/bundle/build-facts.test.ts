import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { buildFacts } from "../../../../scripts/bundle/build-facts.ts";

const { version } = JSON.parse(readFileSync("package.json", "utf8"));

test("the image's build gives the commit, of which twelve digits are kept", () => {
  expect(buildFacts("0123456789abcdef0123456789abcdef01234567")).toEqual({ version, commit: "0123456789ab" });
});

test("without one, the work tree's is taken, and changes in it show", () => {
  expect(buildFacts("")).toEqual({
    version,
    commit: expect.stringMatching(/^(?:[0-9a-f]{12}(?:\+changes)?|unknown)$/),
  });
});

test.each(["main", '"+process.env.X+"', "012345", "0123456789abcdef0123456789abcdef012345678"])(
  "%j is no commit, and nothing is built of it",
  (commit) => {
    expect(() => buildFacts(commit)).toThrow(/COMMIT must be/);
  },
);
