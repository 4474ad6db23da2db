import { RotationError } from "../../base/errors.ts";
import { createRotationClient } from "../../clients/vault/rotation-client.ts";
import type { RotationState } from "../../clients/vault/rotation-responses.ts";
import type { WorkRequest } from "../../clients/vault/work-request.ts";
import { asOperator, CliError } from "../cli-error.ts";
import type { CommandContext } from "../command.ts";
import { rotationAccess, vaultSeams } from "../vault-seams.ts";

const LIMIT_MS = 60_000;

export type FoundWorkRequest = WorkRequest & { readonly workRequestId: string };

/** Vault's facts about a secret's rotation, besides its versions. */
export interface SecretReader {
  /** The secret itself. It is read first, since that tells an unknown secret from a missing right. */
  read(): Promise<RotationState>;
  /** Null: unknown, or not visible to you. */
  workRequest(compartmentId: string): Promise<FoundWorkRequest | null>;
}

export async function createSecretReader(
  { runtime, signIn }: Pick<CommandContext<never>, "runtime" | "signIn">,
  secretId: string,
): Promise<SecretReader> {
  const access = rotationAccess(await signIn());
  const within = vaultSeams(runtime);
  const client = () => createRotationClient(access, secretId, within(LIMIT_MS));
  return {
    read: () => client().read(),
    workRequest: async (compartmentId) => {
      const workRequestId = await client().findWorkRequest(compartmentId);
      const found = workRequestId === null ? null : await client().readWorkRequest(workRequestId);
      return found === null || workRequestId === null ? null : { ...found, workRequestId };
    },
  };
}

/**
 * OCI answers 404 both for what does not exist and for what you may not see. Once the secret itself was read, only a further right can be
 * missing.
 */
export function asMissingRight(thrown: unknown, secretId: string): unknown {
  if (!(thrown instanceof RotationError) || thrown.code !== "SECRET_NOT_FOUND") return thrown;
  const operation = /^(\w+) was answered 404/.exec(thrown.message)?.[1];
  const line = /policy line "([^"]+)"/.exec(asOperator(thrown.nextAction))?.[1];
  if (operation === undefined || line === undefined) return thrown;
  return new CliError("OCI_REFUSED", {
    code: "VAULT_FORBIDDEN",
    what: `the secret exists, and ${operation} was answered 404`,
    means: "you may see the secret, but not this part of it",
    next: `have the policy line "${line.replace("<secret>", secretId)}" added, and allow 15 minutes for it to take effect`,
  });
}
