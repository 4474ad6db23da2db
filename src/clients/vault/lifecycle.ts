import { RotationError } from "../../base/errors.ts";
import type { SecretState } from "./store.ts";

/** The lifecycle states in which OCI finishes something by itself; every other one but ACTIVE needs an operator. */
const PASSING = ["UPDATING", "CREATING", "CANCELLING_DELETION"];

/** @throws RotationError SECRET_NOT_ROTATABLE for a replica and for a lifecycle state that does not pass by itself */
export function requireWritable(state: SecretState): void {
  if (state.isReplica) {
    throw new RotationError(
      "SECRET_NOT_ROTATABLE",
      "the secret is a replica",
      "rotate the secret in its source region",
    );
  }
  if (state.lifecycle !== "ACTIVE" && !PASSING.includes(state.lifecycle)) {
    const known = /^[A-Z_]{1,40}$/.test(state.lifecycle) ? state.lifecycle : "in an unknown state";
    throw new RotationError("SECRET_NOT_ROTATABLE", `the secret is ${known}`);
  }
}

/** True if a write must wait: OCI is between two states. */
export function isPassing(state: SecretState): boolean {
  return state.lifecycle !== "ACTIVE";
}
