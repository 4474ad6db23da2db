import type { RotationError } from "../base/errors.ts";
import { createOciStore } from "../clients/vault/oci-store.ts";
import { createRotationClient, type RotationClient } from "../clients/vault/rotation-client.ts";
import type { RotationState } from "../clients/vault/rotation-responses.ts";
import type { SecretStore, Write } from "../clients/vault/store.ts";
import { isAbandoned, withoutAbandoned } from "../rotation/housekeeping/rotation-tags.ts";
import { CliError } from "./cli-error.ts";
import type { Runtime } from "./runtime.ts";
import type { SignedIn } from "./sign-in/sign-in.ts";
import { rotationAccess, vaultSeams } from "./vault-seams.ts";

/** One secret whose schedule and tags can be changed. */
export interface OpenSecret {
  readonly secretId: string;
  readonly rotation: RotationClient;
  readonly store: SecretStore;
}

/** Longer than every wait of these commands, so that only the wait itself ends one. */
const BUDGET_MS = 1_800_000;

export function openSecret(runtime: Runtime, signedIn: SignedIn, secretId: string): OpenSecret {
  const access = rotationAccess(signedIn);
  const seams = vaultSeams(runtime)(BUDGET_MS);
  return {
    secretId,
    rotation: createRotationClient(access, secretId, seams),
    store: createOciStore(access, secretId, seams),
  };
}

/** Vault takes some seconds to make a secret ACTIVE again. */
const POLL_MS = 2_000;
const CHANGE_LIMIT_MS = 60_000;

export interface SecretChange {
  /** Completes "the ... could not be written". */
  readonly what: string;
  isDone(state: RotationState): boolean;
  /** Must be idempotent, since an answer may be lost. */
  write(state: RotationState): Promise<Write>;
}

function neverWritable({ lifecycle, isReplica }: RotationState): CliError | null {
  if (isReplica) {
    return new CliError("OCI_REFUSED", {
      what: "the secret is a replica, which is read-only",
      next: "change its source secret, in that one's own region",
    });
  }
  if (lifecycle === "ACTIVE" || lifecycle === "UPDATING" || lifecycle === "CREATING") return null;
  const known = /^[A-Z_]{1,40}$/.test(lifecycle) ? lifecycle : "another state than ACTIVE";
  return new CliError("OCI_REFUSED", { what: `the secret is ${known}`, next: "check it in the console" });
}

/**
 * Writes until Vault shows the wanted state, each time with the newest etag. Resolves with the state that showed it.
 * @throws RotationError if Vault refuses or cannot be read; the last write's error if the state never appeared
 */
export async function changeSecret(
  { rotation }: OpenSecret,
  { clock }: Pick<Runtime, "clock">,
  { what, isDone, write }: SecretChange,
): Promise<RotationState> {
  const end = clock.monotonic() + CHANGE_LIMIT_MS;
  let last: RotationError | null = null;
  for (;;) {
    const state = await rotation.read();
    const hopeless = neverWritable(state);
    if (hopeless !== null) throw hopeless;
    const isActive = state.lifecycle === "ACTIVE";
    if (isActive && isDone(state)) return state;
    if (clock.monotonic() >= end) {
      if (last !== null) throw last;
      throw new CliError("OCI_UNAVAILABLE", {
        what: `the ${what} could not be written: Vault does not show it after ${CHANGE_LIMIT_MS / 1000} seconds`,
        means: "it may still appear",
        next: "run the command again in a minute",
      });
    }
    if (isActive) {
      const written = await write(state);
      if (written.outcome === "refused" || written.outcome === "name-taken") throw written.error;
      last = written.outcome === "done" ? null : written.error;
    }
    await clock.sleep(POLL_MS);
  }
}

/** Takes up a secret again whose rotation had been ended: a schedule that is set must not lie idle. */
export async function takeUpAgain(secret: OpenSecret, runtime: Pick<Runtime, "clock">): Promise<void> {
  await changeSecret(secret, runtime, {
    what: "tags",
    isDone: ({ tags }) => !isAbandoned(tags),
    write: ({ tags, etag }) => secret.store.writeAnnotations({ tags: withoutAbandoned(tags ?? {}) }, etag),
  });
}
