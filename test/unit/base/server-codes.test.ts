import { describe, expect, test } from "vitest";
import {
  DOMAIN_MESSAGE_IDS,
  OAUTH_CODES,
  OCI_CODES,
  shownCode,
  statusAndCode,
} from "../../../src/base/server-codes.ts";

describe("a code of another server's", () => {
  test("is shown whole where its list holds it", () => {
    expect(shownCode("invalid_scope", OAUTH_CODES)).toBe("invalid_scope");
    expect(statusAndCode(400, "LimitExceeded", OCI_CODES)).toBe("400 LimitExceeded");
    expect(statusAndCode(403, "error.common.accessForbidden", DOMAIN_MESSAGE_IDS)).toBe(
      "403 error.common.accessForbidden",
    );
  });

  test("is told by its length alone where the list does not hold the whole of it", () => {
    const codes = [
      "invalid_scope_",
      "invalid",
      "Invalid_scope",
      " invalid_scope",
      "invalid_scope canary",
      "a.b.canary",
    ];
    for (const code of codes) {
      expect(shownCode(code, OAUTH_CODES)).toBe(`an error code of ${code.length} characters`);
      expect(statusAndCode(401, code, OAUTH_CODES)).toBe(`401 and an error code of ${code.length} characters`);
    }
    expect(shownCode("error.common.canary", DOMAIN_MESSAGE_IDS)).toBe("an error code of 19 characters");
  });

  test("of one list says nothing in another", () => {
    expect(shownCode("LimitExceeded", OAUTH_CODES)).toBe("an error code of 13 characters");
  });

  test("may be missing", () => {
    expect(statusAndCode(502, "", OAUTH_CODES)).toBe("502");
  });
});
