import { RotationError } from "../../base/errors.ts";
import { createDirectory, type ListedSecret, type SecretDirectory } from "../../clients/vault/directory.ts";
import { type Dates, earlier } from "../../rotation/due/due.ts";
import { isAbandoned, type NotedOutcome, readOwnTags } from "../../rotation/housekeeping/rotation-tags.ts";
import { CliError } from "../cli-error.ts";
import { compartmentsOf } from "../compartments.ts";
import { defaultList } from "../defaults/defaults.ts";
import { type Ownership, readOwnership } from "../owner-tags.ts";
import type { Runtime } from "../runtime.ts";
import type { SignedIn } from "../sign-in/sign-in.ts";
import { vaultSeams } from "../vault-seams.ts";

/** A secret as a list shows it, from its rotation and its tags; its content is not read. Times are milliseconds since the epoch. */
export interface InventoryRow extends Dates, Ownership {
  readonly secretId: string;
  readonly name: string;
  readonly compartmentId: string;
  readonly vaultId: string;
  /** ACTIVE, or UPDATING during a write. */
  readonly lifecycle: string;
  /** As a heal noted it; null: not noted yet. */
  readonly issuer: string | null;
  readonly clientId: string | null;
  /** The function that the secret's rotation targets. */
  readonly functionId: string | null;
  /** Its rotation targets a function, or a heal has tagged it. For the others only their content can tell. */
  readonly isKnown: boolean;
  /** The age of CURRENT, as far as a list shows it: since the last rotation, otherwise since the first version. */
  readonly since: number;
  /** No value of it is older. */
  readonly createdAt: number;
  /** The source of `expiresAt`: the issuer, or an expiry rule of the secret in Vault. */
  readonly expirySource: "issuer" | "vault" | null;
  /** The issuer said that it does not end by itself. */
  readonly neverExpires: boolean;
  /** When Vault's own rule expires it, whatever the issuer says. */
  readonly ruleExpiresAt: number | null;
  /** The version for which the issuer's date was noted; null: none, or noted without a number. */
  readonly expiryVersionNo: number | null;
  readonly lastRotationAt: number | null;
  readonly rotationStatus: string | null;
  readonly outcome: NotedOutcome | null;
}

/** Where to look. Subcompartments are not searched. */
export interface Places {
  readonly compartmentIds: readonly string[];
  /** Empty: all secrets of the compartments. Otherwise only those of these vaults. */
  readonly vaultIds: readonly string[];
}

/** A long limit, since a list may be read page by page for as long as its reader takes. */
const LIST_LIMIT_MS = 3_600_000;
/** UPDATING too, since a rotation may be in progress. Secrets in deletion are out of scope. */
const LIVE: readonly string[] = ["ACTIVE", "UPDATING"];

/** Vault counts only its own rotations; for those by a call of the function a heal notes the version. */
function sinceOf({ rotation, createdAt }: ListedSecret, outcome: NotedOutcome | null): number {
  if (rotation.lastAt !== null) return rotation.lastAt;
  return outcome !== null && outcome.code === "OK" && outcome.versionNo > 1 ? outcome.at : createdAt;
}

function rowOf(secret: ListedSecret, now: number): InventoryRow {
  const { rotation } = secret;
  const tags = secret.tags ?? {};
  const { issuer, clientId, outcome, expiry } = readOwnTags(tags, now);
  return {
    secretId: secret.secretId,
    name: secret.name,
    compartmentId: secret.compartmentId,
    vaultId: secret.vaultId,
    lifecycle: secret.lifecycle,
    issuer,
    clientId,
    ...readOwnership(tags),
    functionId: rotation.functionId,
    isKnown: (rotation.functionId !== null || issuer !== null) && !isAbandoned(tags),
    since: sinceOf(secret, outcome),
    createdAt: secret.createdAt,
    tooOldAt: null,
    ...earlier(expiry?.at ?? null, secret.expiresAt),
    neverExpires: expiry?.isNever ?? false,
    ruleExpiresAt: secret.expiresAt,
    expiryVersionNo: expiry?.versionNo ?? null,
    nextRotationAt: rotation.nextAt,
    lastRotationAt: rotation.lastAt,
    rotationStatus: rotation.status,
    outcome,
  };
}

/** A directory as the operator, with the network and the limits of `runtime`. Throws RotationError SETTINGS_INVALID. */
export function createOperatorDirectory(runtime: Runtime, { access }: Pick<SignedIn, "access">): SecretDirectory {
  return createDirectory(access, vaultSeams(runtime)(LIST_LIMIT_MS));
}

/** @throws as `compartmentsOf` does */
export function placesOf(
  runtime: Pick<Runtime, "environment">,
  given: { readonly compartment: readonly string[]; readonly vault: readonly string[] },
): Places {
  const vaultIds = given.vault.length > 0 ? given.vault : defaultList(runtime.environment, "vault");
  return { compartmentIds: compartmentsOf(runtime, given), vaultIds: [...new Set(vaultIds)] };
}

export function placeError(thrown: unknown, compartmentId: string): unknown {
  if (!(thrown instanceof RotationError)) return thrown;
  const policy = `Allow group <your group> to inspect secrets in compartment id ${compartmentId}`;
  if (thrown.code === "SECRET_NOT_FOUND") {
    return new CliError("OCI_REFUSED", {
      what: `ListSecrets of ${compartmentId} was answered 404`,
      means: "the compartment or vault does not exist in this region, or you may not see it",
      next: `check the OCID and --region, and the policy line "${policy}"`,
    });
  }
  if (thrown.code === "VAULT_FORBIDDEN") {
    return new CliError("OCI_REFUSED", {
      what: `${thrown.message} in ${compartmentId}`,
      means: "your signature was not accepted, or you may not list secrets there",
      next: `check the profile and this machine's clock, and the policy line "${policy}"`,
    });
  }
  return thrown;
}

/**
 * Every live secret there that is not a replica, each once, in Vault's order. It reads pages on demand, with GET only.
 * @param now milliseconds since the epoch
 * @throws CliError OCI_REFUSED naming the compartment; RotationError as the directory does
 */
export async function* inventory(
  directory: SecretDirectory,
  places: Places,
  now: number,
): AsyncGenerator<InventoryRow> {
  const vaults = places.vaultIds.length === 0 ? [undefined] : places.vaultIds;
  for (const compartmentId of places.compartmentIds) {
    for (const vaultId of vaults) {
      const filter = vaultId === undefined ? { compartmentId } : { compartmentId, vaultId };
      try {
        for await (const secret of directory.secrets(filter)) {
          if (LIVE.includes(secret.lifecycle) && !secret.isReplica) yield rowOf(secret, now);
        }
      } catch (thrown) {
        throw placeError(thrown, compartmentId);
      }
    }
  }
}
