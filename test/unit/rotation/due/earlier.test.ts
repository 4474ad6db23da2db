import { expect, test } from "vitest";
import { earlier } from "../../../../src/rotation/due/due.ts";

test.each<[string, number | null, number | null, ReturnType<typeof earlier>]>([
  ["the rule's counts if it is earlier", 5, 4, { expiresAt: 4, expirySource: "vault" }],
  ["the issuer's counts if it is earlier", 4, 5, { expiresAt: 4, expirySource: "issuer" }],
  ["the issuer's counts if they are the same", 4, 4, { expiresAt: 4, expirySource: "issuer" }],
  ["the rule's counts if it is the only one", null, 4, { expiresAt: 4, expirySource: "vault" }],
  ["the issuer's counts if it is the only one", 4, null, { expiresAt: 4, expirySource: "issuer" }],
  ["neither counts if there is none", null, null, { expiresAt: null, expirySource: null }],
])("of the issuer's date and a rule's %s", (_what, issuerAt, ruleAt, outcome) => {
  expect(earlier(issuerAt, ruleAt)).toEqual(outcome);
});
