import { readFileSync } from "node:fs";
import { OciError } from "oci-common";
import { describe, expect, test } from "vitest";
import { RotationError } from "../../../../src/base/errors.ts";
import type { Operation } from "../../../../src/base/vault-operations.ts";
import { ProxyError, TransportError } from "../../../../src/clients/http/transport.ts";
import {
  isNotFound,
  isRepeatable,
  isUpdating,
  judgeWrite,
  vaultError,
} from "../../../../src/clients/vault/oci-errors.ts";
import { expectNoTrace } from "../../../support/failures.ts";

const CANARY = "canary/+9c1f~4711";
const oci = (status: number, code: string, message = `quotes ${CANARY}`) =>
  new OciError(status, code, message, "request-id", "vault", "operation", "2026-01-01T00:00:00Z", "GET https://x", "");
/** As the SDK throws where no answer came. */
const noAnswer = { code: undefined, message: `fetch failed ${CANARY}`, requestEndpoint: "GET https://x" };

/** The rights that docs/deploying.md and docs/mirror.md grant for each (Source: OCI key policy reference); null: it lists none. */
const rights: Readonly<Record<Operation, string | null>> = {
  GetSecret: "use secrets",
  ListSecretVersions: "read secret-versions",
  ListSecrets: "inspect secrets",
  GetSecretBundle: "read secret-bundles",
  CreateSecret: "manage secrets",
  UpdateSecret: "use secrets",
  ScheduleSecretVersionDeletion: "manage secret-versions",
  CancelSecretVersionDeletion: "manage secret-versions",
  RotateSecret: null,
  CancelSecretRotation: null,
  GetWorkRequest: null,
  ListWorkRequests: null,
};
const entries = Object.entries(rights) as [Operation, string | null][];
const listed = entries.flatMap(([operation, right]) => (right === null ? [] : [[operation, right] as const]));
const unlisted = entries.flatMap(([operation, right]) => (right === null ? [operation] : []));
const documents = ["docs/deploying.md", "docs/mirror.md"].map((file) => readFileSync(file, "utf8")).join("\n");

describe.each(listed)("%s", (operation, right) => {
  test("is granted by a policy line of the guides", () => {
    expect(documents).toMatch(new RegExp(`"Allow dynamic-group \\S+ to ${right} in compartment id `));
  });

  test.each([401, 403])("refused with %i names the policy line that grants it", (status) => {
    const error = vaultError(operation, oci(status, "NotAuthorized"));
    expect(error.code).toBe("VAULT_FORBIDDEN");
    expect(error.responseCode).toBe(403);
    expect(error.message).toBe(`Vault refused ${operation} with ${status}`);
    expect(error.nextAction).toContain(`to ${right} in compartment`);
    expect(error.nextAction).toContain("15 minutes");
  });

  test("answered 404 says both: absent, or not permitted", () => {
    const error = vaultError(operation, oci(404, "NotAuthorizedOrNotFound"));
    expect(error.code).toBe("SECRET_NOT_FOUND");
    expect(error.message).toContain("does not exist, or the function may not see it");
    expect(error.nextAction).toContain(`to ${right} in compartment`);
  });
});

describe.each(unlisted)("%s, for which OCI lists no right", (operation) => {
  test.each([401, 403])("refused with %i says so, and which right covers nearly everything", (status) => {
    const error = vaultError(operation, oci(status, "NotAuthorized"));
    expect(error.code).toBe("VAULT_FORBIDDEN");
    expect(error.nextAction).toContain(`names no right for ${operation}`);
    expect(error.nextAction).toContain("use secret-family");
  });

  test("answered 404 names no policy line", () => {
    const error = vaultError(operation, oci(404, "NotAuthorizedOrNotFound"));
    expect(error.code).toBe("SECRET_NOT_FOUND");
    expect(error.nextAction).not.toContain("Allow");
  });
});

test("RotateSecret refused because of the secret's state names a rotation in progress as well", () => {
  const error = vaultError("RotateSecret", oci(409, "IncorrectState"));
  expect(error.code).toBe("VAULT_UNAVAILABLE");
  expect(error.message).toBe("a rotation of the secret is in progress, or the secret is UPDATING");
});

test.each([
  ["no answer", noAnswer, "VAULT_UNAVAILABLE", "did not answer"],
  ["a string", "disabled", "VAULT_UNAVAILABLE", "did not answer"],
  ["undefined", undefined, "VAULT_UNAVAILABLE", "did not answer"],
  ["a 2xx that is no JSON", new SyntaxError(CANARY), "VAULT_UNAVAILABLE", "could not be read"],
  ["408", oci(408, "RequestTimeout"), "VAULT_UNAVAILABLE", "408"],
  ["429", oci(429, "TooManyRequests"), "VAULT_UNAVAILABLE", "429: too many requests"],
  ["500", oci(500, "InternalServerError"), "VAULT_UNAVAILABLE", "500"],
  ["502 without JSON", oci(502, "None", `<html>${CANARY}`), "VAULT_UNAVAILABLE", "502"],
  ["503", oci(503, "ServiceUnavailable"), "VAULT_UNAVAILABLE", "503"],
  [
    "409 IncorrectState",
    oci(409, "IncorrectState"),
    "VAULT_UNAVAILABLE",
    "409 IncorrectState, as where the secret is UPDATING",
  ],
  ["412", oci(412, "NoEtagMatch"), "VAULT_UNAVAILABLE", "412, as where another writer"],
  ["409 Conflict", oci(409, "Conflict"), "SECRET_NOT_ROTATABLE", "409 Conflict"],
  ["400", oci(400, "InvalidParameter"), "SECRET_NOT_ROTATABLE", "400 InvalidParameter"],
  ["400 with a code that could hold anything", oci(400, CANARY), "SECRET_NOT_ROTATABLE", "with 400"],
] as const)("%s is told in words of our own", (_what, thrown, code, text) => {
  const error = vaultError("UpdateSecret", thrown);
  expect(error.code).toBe(code);
  expect(error.message).toContain(text);
  expect(error.cause).toBeUndefined();
  expectNoTrace(error, CANARY);
});

test("an error of ours stays what it is", () => {
  const error = new RotationError("CONTENT_INVALID", "x");
  expect(vaultError("GetSecret", error)).toBe(error);
});

test("only 409 IncorrectState means that the secret is UPDATING", () => {
  expect(isUpdating(oci(409, "IncorrectState"))).toBe(true);
  for (const other of [oci(409, "Conflict"), oci(400, "IncorrectState"), noAnswer, null]) {
    expect(isUpdating(other)).toBe(false);
  }
});

test("a read is repeated after no answer, an unreadable one, 429 and 5xx, and after nothing else", () => {
  for (const thrown of [noAnswer, new SyntaxError("x"), oci(429, "x"), oci(500, "x"), oci(503, "x")]) {
    expect(isRepeatable(thrown)).toBe(true);
  }
  const final = [400, 401, 403, 404, 409, 412].map((status) => oci(status, "x"));
  for (const thrown of [...final, new RotationError("VAULT_UNAVAILABLE", "x")])
    expect(isRepeatable(thrown)).toBe(false);
});

test("only 404 means not found", () => {
  expect(isNotFound(oci(404, "NotAuthorizedOrNotFound"))).toBe(true);
  expect(isNotFound(oci(403, "NotAuthorized"))).toBe(false);
  expect(isNotFound(noAnswer)).toBe(false);
});

test("host and cause of a missing answer are told, from the text that the SDK keeps of the error", () => {
  const { message } = TransportError.at("UNREACHABLE", false, "ENOTFOUND", "vaults.us-asburn-1.oci.oraclecloud.com");
  expect(vaultError("ListSecrets", { code: undefined, message }).returnMessage).toBe(
    "VAULT_UNAVAILABLE: Vault did not answer ListSecrets: the host vaults.us-asburn-1.oci.oraclecloud.com is unknown. " +
      "Next: correct the region or the address, or the name server of this network, then try again: no working client secret was given up.",
  );
  const foreign = vaultError("ListSecrets", { message: `${message} "${CANARY}"` });
  expect(foreign.message).toBe("Vault did not answer ListSecrets");
});

test("an answer that the proxy kept from coming is told as that, from the text that the SDK keeps of the error", () => {
  const { message } = new ProxyError("TIMED_OUT", "did not answer CONNECT before the deadline");
  expect(vaultError("GetSecret", { code: undefined, message }).returnMessage).toBe(
    "VAULT_UNAVAILABLE: Vault was not asked for GetSecret: the proxy of HTTPS_PROXY did not answer CONNECT before the deadline. " +
      "Next: check HTTPS_PROXY, NO_PROXY and what the proxy allows, then try again: no working client secret was given up.",
  );
  const foreign = vaultError("GetSecret", { message: `${message} "${CANARY}"` });
  expect(foreign.message).toBe("Vault did not answer GetSecret");
});

describe("a write that threw", () => {
  test.each([
    ["409 IncorrectState", oci(409, "IncorrectState"), "busy"],
    ["412", oci(412, "NoEtagMatch"), "race-lost"],
    ["400 name already exists", oci(400, "InvalidParameter", "A version with this name already exists"), "name-taken"],
    ["no answer", noAnswer, "unknown"],
    ["a 2xx that is no JSON", new SyntaxError("x"), "unknown"],
    ["408", oci(408, "None"), "unknown"],
    ["429", oci(429, "TooManyRequests"), "unknown"],
    ["500", oci(500, "InternalServerError"), "unknown"],
    ["503", oci(503, "ServiceUnavailable"), "unknown"],
    ["400 otherwise", oci(400, "InvalidParameter"), "refused"],
    ["400 LimitExceeded", oci(400, "LimitExceeded"), "refused"],
    ["401", oci(401, "NotAuthenticated"), "refused"],
    ["403", oci(403, "NotAuthorized"), "refused"],
    ["404", oci(404, "NotAuthorizedOrNotFound"), "refused"],
    ["409 Conflict", oci(409, "Conflict"), "refused"],
    ["409 with those words, which only 400 means", oci(409, "Conflict", "name already exists"), "refused"],
  ])("with %s", (_what, thrown, outcome) => {
    const write = judgeWrite("UpdateSecret", thrown);
    expect(write.outcome).toBe(outcome);
    expectNoTrace(write, CANARY);
  });
});
