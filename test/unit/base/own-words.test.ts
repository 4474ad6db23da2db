import { expect, test } from "vitest";
import { isOwnWord } from "../../../src/base/own-words.ts";

test.each([
  ["a code", "ISSUER_CONFIGURATION"],
  ["a usual next action", "schedule the deletion of DEPRECATED versions"],
  ["a setting", "OROT_AUTHORITY_SECRET_IDS"],
  ["what a setting must be", "an https URL without a path"],
  ["an operation of Vault", "ScheduleSecretVersionDeletion"],
  ["an operation with its right", "GetSecretBundle read secret-bundles"],
  ["a code of a token endpoint", "unsupported_grant_type"],
  ["a message id of an identity domain", "error.common.validation.invalidValue"],
  ["a code of OCI", "NotAuthorizedOrNotFound"],
  ["a state of OCI", "SCHEDULING_DELETION"],
  ["a part of a word", "SSUER_CONFIGURATIO"],
])("%s is a word of ours", (_what, word) => {
  expect(isOwnWord(word)).toBe(true);
});

test.each(["a-client-secret-4711", "ISSUER_CONFIGURATION_X", "NotAuthorizedOrNotFoundNotFound"])(
  "%s is none",
  (word) => {
    expect(isOwnWord(word)).toBe(false);
  },
);
