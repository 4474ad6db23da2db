import { OciError } from "oci-common";
import { RotationError } from "../../base/errors.ts";
import { OCI_CODES, statusAndCode } from "../../base/server-codes.ts";
import { type Operation, verbs } from "../../base/vault-operations.ts";
import { nextAfter, noAnswerOf } from "../http/no-answer.ts";
import type { Write } from "./store.ts";

function policyLine(operation: Operation): string | null {
  if (verbs[operation] === null) return null;
  // A secret that is still to be made has no OCID to name.
  const which = operation === "CreateSecret" ? "" : " where target.secret.id = '<secret>'";
  return `Allow dynamic-group <function's group> to ${verbs[operation]} in compartment id <compartment>${which}`;
}

interface Failure {
  /** 0 if no answer came. */
  readonly status: number;
  readonly serviceCode: string;
  readonly message: string;
}

function failureOf(thrown: unknown): Failure {
  if (thrown instanceof OciError) {
    return { status: thrown.statusCode, serviceCode: String(thrown.serviceCode), message: String(thrown.message) };
  }
  // A native error is the SDK failing to read a 2xx body: for a write, that is a lost answer.
  const unreadable = thrown instanceof Error;
  return { status: 0, serviceCode: unreadable ? "UnreadableAnswer" : "NoAnswer", message: "" };
}

/** Whether the status says nothing about the request. */
function isTransient(status: number): boolean {
  return status === 408 || status === 429 || status >= 500;
}

/** What a failed operation means to an operator. Text that Vault wrote is never passed on. */
export function vaultError(operation: Operation, thrown: unknown): RotationError {
  if (thrown instanceof RotationError) return thrown;
  const { status, serviceCode } = failureOf(thrown);
  const policy = policyLine(operation);
  if (status === 401 || status === 403) {
    return new RotationError(
      "VAULT_FORBIDDEN",
      `Vault refused ${operation} with ${status}`,
      policy === null
        ? `OCI's policy reference names no right for ${operation}: try "use secret-family" on the secret's compartment, and allow 15 minutes for it to take effect`
        : `add the policy line "${policy}", and allow 15 minutes for it to take effect`,
    );
  }
  if (status === 404) {
    return new RotationError(
      "SECRET_NOT_FOUND",
      `${operation} was answered 404: the secret or version does not exist, or the function may not see it`,
      policy === null
        ? `check the OCID, and the rights of the caller`
        : `check the OCID, and the policy line "${policy}"`,
    );
  }
  if (serviceCode === "UnreadableAnswer")
    return new RotationError("VAULT_UNAVAILABLE", `the answer to ${operation} could not be read`);
  if (status === 0) {
    const none = noAnswerOf(thrown);
    if (none === null) return new RotationError("VAULT_UNAVAILABLE", `Vault did not answer ${operation}`);
    const missed = none.isProxy ? `Vault was not asked for ${operation}` : `Vault did not answer ${operation}`;
    return new RotationError("VAULT_UNAVAILABLE", `${missed}: ${none.why}`, nextAfter(none));
  }
  if (status < 400)
    return new RotationError("VAULT_UNAVAILABLE", `Vault answered ${operation} with ${status}, a redirect`);
  if (status === 429)
    return new RotationError("VAULT_UNAVAILABLE", `Vault answered ${operation} with 429: too many requests`);
  if (isTransient(status)) return new RotationError("VAULT_UNAVAILABLE", `Vault answered ${operation} with ${status}`);
  if (isUpdating(thrown)) {
    const what =
      operation === "RotateSecret"
        ? "a rotation of the secret is in progress, or the secret is UPDATING"
        : `Vault answered ${operation} with 409 IncorrectState, as where the secret is UPDATING`;
    return new RotationError("VAULT_UNAVAILABLE", what);
  }
  if (status === 412)
    return new RotationError(
      "VAULT_UNAVAILABLE",
      `Vault answered ${operation} with 412, as where another writer has changed the secret`,
    );
  return new RotationError(
    "SECRET_NOT_ROTATABLE",
    `Vault refused ${operation} with ${statusAndCode(status, serviceCode, OCI_CODES)}`,
    "check the secret's rules, its versions and its replication in the console",
  );
}

/** 409 IncorrectState: transient by OCI's API errors page, the secret is between two states. */
export function isUpdating(thrown: unknown): boolean {
  const { status, serviceCode } = failureOf(thrown);
  return status === 409 && serviceCode === "IncorrectState";
}

/** True if a read may be repeated: no answer, an unreadable one, 429, 5xx. */
export function isRepeatable(thrown: unknown): boolean {
  const { status } = failureOf(thrown);
  return !(thrown instanceof RotationError) && (status === 0 || isTransient(status));
}

/** True for 404, which right after a write may also be a reader that lags behind. */
export function isNotFound(thrown: unknown): boolean {
  return failureOf(thrown).status === 404;
}

/** How a write that threw ended, judged by status and code; the one exception is documented by Oracle's Terraform provider only as text. */
export function judgeWrite(operation: Operation, thrown: unknown): Write {
  const error = vaultError(operation, thrown);
  const { status, message } = failureOf(thrown);
  if (isUpdating(thrown)) return { outcome: "busy", error };
  if (status === 412) return { outcome: "race-lost", error };
  if (status === 400 && message.includes("name already exists")) return { outcome: "name-taken", error };
  if (status === 0 || isTransient(status)) return { outcome: "unknown", error };
  return { outcome: "refused", error };
}
