import { expect, test } from "vitest";
import { Secret } from "../../../../src/base/secret.ts";
import { parseContent } from "../../../../src/clients/vault/content.ts";

const MARK = '"_rotation":{"v":1,"kind":"placeholder"}';

test.each([
  [`{"issuer":"uaa","clientSecret":null,${MARK}}`, "placeholder", true],
  [`{"issuer":"oci-iam","appSecret":null,${MARK}}`, "placeholder", true],
  [`{"appSecret":null,${MARK}}`, "placeholder", true],
  [`{"issuer":"uaa","clientSecret":"S",${MARK}}`, "unknown", false],
  [`{"issuer":"uaa","appSecret":null,${MARK}}`, "unknown", false],
  [`{"clientSecret":null,${MARK}}`, "unknown", false],
  ['{"issuer":"uaa","clientSecret":null,"_rotation":{"v":1,"kind":"note"}}', "unknown", true],
  ['{"issuer":"uaa","clientSecret":null,"_rotation":{"v":2,"kind":"placeholder"}}', "unknown", true],
  ['{"issuer":"uaa","clientSecret":null}', "credential", true],
])("%s is a %s, and without a client secret: %j", (text, kind, isValueless) => {
  expect(parseContent(new Secret(text))).toMatchObject({ kind, isValueless });
});
