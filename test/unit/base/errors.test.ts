import { expect, test } from "vitest";
import { asRotationError, RotationError } from "../../../src/base/errors.ts";
import { expectNoTrace } from "../../support/failures.ts";

test("an answer reads: code, what happened, what to do next", () => {
  const error = new RotationError("VAULT_UNAVAILABLE", "Vault did not answer GetSecret", "wait");
  expect(error.returnMessage).toBe("VAULT_UNAVAILABLE: Vault did not answer GetSecret. Next: wait.");
});

test("without a next action of its own, an error gives the usual one of its code", () => {
  const error = new RotationError("PAUSED", "rotations are paused");
  expect(error.returnMessage).toBe("PAUSED: rotations are paused. Next: set OROT_PAUSED to false to resume rotations.");
});

// As the reference of codes lists them.
test.each([
  [400, "EVENT_INVALID"],
  [400, "VERSION_NOT_PROMOTABLE"],
  [400, "CONTENT_INVALID"],
  [400, "ISSUER_UNKNOWN"],
  [400, "ORIGIN_NOT_ALLOWED"],
  [400, "ISSUER_CONFIGURATION"],
  [400, "CERTIFICATE_UNTRUSTED"],
  [400, "SECRET_REJECTED"],
  [400, "LOCKED_OUT"],
  [400, "SUBSCRIBER_INVALID"],
  [403, "VAULT_FORBIDDEN"],
  [403, "ISSUER_FORBIDDEN"],
  [404, "SECRET_NOT_FOUND"],
  [409, "NO_VERSION_SLOTS"],
  [409, "SECRET_NOT_ROTATABLE"],
  [409, "NOTHING_PENDING"],
  [409, "PENDING_REJECTED"],
  [409, "ROLLBACK_REFUSED"],
  [409, "PAUSED"],
  [503, "VERDICT_UNKNOWN"],
  [503, "ISSUER_UNAVAILABLE"],
  [503, "VAULT_UNAVAILABLE"],
  [503, "DEADLINE_TOO_SHORT"],
  [500, "SETTINGS_INVALID"],
  [500, "INTERNAL"],
] as const)("responseCode is %i for %s, with a next action of one sentence", (responseCode, code) => {
  const error = new RotationError(code, "it happened");
  expect(error.responseCode).toBe(responseCode);
  expect(error.nextAction).toMatch(/^[a-z].*[^.\s]$/);
});

test("a RotationError stays what it is", () => {
  const error = new RotationError("PAUSED", "rotations are paused");
  expect(asRotationError(error)).toBe(error);
});

const CANARY = "canary-9c1f/+ 4711";

test.each([
  ["an Error", new Error(`failed with ${CANARY}`)],
  ["an Error with a cause", new Error("failed", { cause: new Error(CANARY) })],
  ["a plain object, as the SDK throws it", { code: "x", message: CANARY }],
  ["a string", CANARY],
  ["null", null],
  ["undefined", undefined],
])("%s becomes INTERNAL, and its text is dropped", (_kind, thrown) => {
  const error = asRotationError(thrown);
  expect(error.returnMessage).toBe(
    "INTERNAL: an unexpected error ended the call. Next: report this with the call id and the log line of the event internal-error.",
  );
  expect(error.cause).toBeUndefined();
  expectNoTrace(error, CANARY);
});
