import { expect, test } from "vitest";
import { trusting } from "../../../../src/clients/http/tls.ts";
import { createAuthority } from "../../../support/certificates.ts";

test("the last set of authorities is read once", () => {
  const [one, other] = [createAuthority("one").pem, createAuthority("other").pem];
  const trusted = trusting(one);
  expect(trusting(one)).toBe(trusted);
  expect(trusting(other)).not.toBe(trusted);
  expect(trusting(other)).toBe(trusting(other));
});
