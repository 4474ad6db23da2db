import { OciError } from "oci-common";
import { expect, test } from "vitest";
import type { Operation } from "../../../../src/base/vault-operations.ts";
import { vaultError } from "../../../../src/clients/vault/oci-errors.ts";

const told = (operation: Operation, status: number) => {
  const error = vaultError(operation, new OciError(status, "Code", "text", "id", "", "", "", "", ""));
  return { code: error.code, message: error.message, nextAction: error.nextAction };
};

test("a redirect is no answer of Vault's", () => {
  expect(told("GetSecret", 302)).toMatchObject({
    code: "VAULT_UNAVAILABLE",
    message: "Vault answered GetSecret with 302, a redirect",
  });
  expect(told("GetSecret", 400).message).not.toContain("redirect");
});

test("a policy line names the secret, unless it is still to be made", () => {
  const where = "where target.secret.id = '<secret>'";
  expect(told("GetSecret", 403).nextAction).toContain(`in compartment id <compartment> ${where}"`);
  expect(told("CreateSecret", 403).nextAction).toContain('in compartment id <compartment>"');
});
