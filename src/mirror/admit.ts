import { RotationError } from "../base/errors.ts";
import type { MirrorCall } from "./call.ts";
import { byName, type Wallet } from "./ces-responses.ts";
import { type Manifest, manifestText, manifestWallet, type StoredPart } from "./manifest.ts";
import { type Member, manifestName, membersOf, namePrefix } from "./member.ts";

/** A wallet with the members that become secrets. */
export interface Fetched {
  readonly wallet: Wallet;
  readonly members: readonly Member[];
}

/** More than a manifest can name. Each limit bounds the work before the size is measured. */
const MAX_WALLETS = 50;
const MAX_MEMBERS = 300;
/** As long as every version number. */
const WIDEST_VERSION_NO = 9_999;
const STAYS = "the set in Vault stays as it is";

function refused(what: string, next: string): RotationError {
  return new RotationError("CONTENT_INVALID", `${what}; ${STAYS}`, next);
}

function refuseMany(count: number, what: string, most: number): void {
  if (count <= most) return;
  throw refused(
    `the Credential Exchange lists ${count} ${what}, and ${most} are mirrored at most`,
    "look at what Oracle lists for this environment, and mirror one environment with each mirror; if it is wrong, open a service request",
  );
}

/** The manifest of a fetched set. @param partOf returns where each part is stored */
export function manifestOf(fetched: readonly Fetched[], partOf: (secretName: string) => StoredPart): Manifest {
  const wallets = fetched.map(({ wallet, members }) =>
    manifestWallet(
      wallet,
      members.map(({ kind, name, parts }) => ({
        kind,
        name,
        parts: parts.map(({ secretName }) => partOf(secretName)),
      })),
    ),
  );
  return { format: 1, wallets };
}

/** The names of the tenant's secrets in the mirror's vault, including those that no set names any more, but without the manifest. */
async function namesThere({ settings, directory }: MirrorCall): Promise<ReadonlySet<string>> {
  const { compartmentId, vaultId, tenantId } = settings;
  const names = new Set<string>();
  for await (const { name, lifecycle } of directory.secrets({ compartmentId, vaultId })) {
    if (lifecycle !== "DELETED" && name.startsWith(namePrefix(tenantId))) names.add(name);
  }
  names.delete(manifestName(tenantId));
  return names;
}

/**
 * Secrets count against the tenancy's limit and are never deleted here. A server that names others at every fetch must not fill the vault.
 */
async function refuseManyNew(call: MirrorCall, names: readonly string[], known: ReadonlyMap<string, StoredPart>) {
  if (names.every((name) => known.has(name))) return;
  const there = await namesThere(call);
  const count = names.filter((name) => !known.has(name) && !there.has(name)).length;
  const most = call.settings.maxSecrets;
  const sum = there.size + count;
  if (count === 0 || sum <= most) return;
  throw refused(
    `${count} new secrets and the ${there.size} existing ones make ${sum}, more than OROT_MIRROR_MAX_SECRETS (${most})`,
    `if Oracle did add that many, set OROT_MIRROR_MAX_SECRETS to ${sum}, or delete secrets that the manifest no longer names; else open a service request`,
  );
}

/**
 * Counts and measures everything fetched before the first secret is written: a set that cannot be kept whole is not started.
 * @param known the parts of the set in force, by the names of their secrets
 * @param manifestId stands in for the OCIDs not known yet, which are as long
 * @throws RotationError CONTENT_INVALID with the count and the next action
 */
export async function admit(
  call: MirrorCall,
  wallets: readonly Wallet[],
  known: ReadonlyMap<string, StoredPart>,
  manifestId: string,
): Promise<readonly Fetched[]> {
  refuseMany(wallets.length, "wallets", MAX_WALLETS);
  const count = wallets.reduce((sum, { schemas, files }) => sum + schemas.size + files.size, 0);
  refuseMany(count, "schemas and files", MAX_MEMBERS);
  const fetched = wallets
    .toSorted(byName)
    .map((wallet) => ({ wallet, members: membersOf(wallet, call.settings.tenantId) }));
  const names = fetched.flatMap(({ members }) => members.flatMap(({ parts }) => parts.map((part) => part.secretName)));
  if (new Set(names).size < names.length) {
    throw refused(
      "two of the names that the Credential Exchange lists would share one secret",
      "open a service request",
    );
  }
  const partOf = (secretName: string) =>
    known.get(secretName) ?? { secretName, secretId: manifestId, versionNo: WIDEST_VERSION_NO };
  manifestText(manifestOf(fetched, partOf));
  await refuseManyNew(call, names, known);
  return fetched;
}
