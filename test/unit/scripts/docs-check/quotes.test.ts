import { expect, test } from "vitest";
import { checkQuotes } from "../../../../scripts/docs-check/quotes.ts";

const check = (text: string) => checkQuotes([{ name: "page.md", text }]);
const said = (message: string, status = 200) => `{"responseCode":${status},"returnMessage":"${message}","versionNo":2}`;

test.each([
  "answers `LOCKED_OUT` (400)",
  "`VAULT_FORBIDDEN` (403)",
  said("OK: …"),
  said("OK: the issuer has deleted the client secret before version 7. Next: nothing."),
])("what the code says is quoted: %s", (text) => {
  const { quotes, problems } = check(text);
  expect(quotes).toBeGreaterThan(0);
  expect(problems).toEqual([]);
});

test.each([
  ["answers `LOCKED_OUT` (409)", "LOCKED_OUT has responseCode 400, not 409"],
  ["answers `LOCKED_IN` (400)", "there is no code LOCKED_IN"],
  [said("OK: …", 400), "OK does not go with 400"],
  [said("OK: the issuer has forgotten the client secret before version 7. Next: nothing."), "the code does not say"],
  [said("OK: the issuer has deleted the client secret before version 7. Next: go home."), 'not say "go home"'],
])("what it does not say is told: %s", (text, problem) => {
  expect(check(text).problems).toEqual([expect.stringContaining(problem)]);
});
