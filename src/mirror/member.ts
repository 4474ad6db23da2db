import { createHash } from "node:crypto";
import { Secret } from "../base/secret.ts";
import type { Wallet } from "./ces-responses.ts";

/** The kinds of wallet members that have their own secrets. */
export type MemberKind = "schema" | "wallet-password" | "file";

/** One member of the fetched set. */
export interface Member {
  readonly kind: MemberKind;
  /** The database user or the file; the wallet's own name for its password. */
  readonly name: string;
  /** Name and base64 content of each secret that holds a part of it. None: the file is empty. */
  readonly parts: readonly { readonly secretName: string; readonly content: Secret }[];
}

/**
 * A version may hold 25 KB (Source: OCI Vault service limits). That may mean the base64 that is sent, so this many
 * bytes make 25,000 characters of it.
 */
const MAX_PART_BYTES = 18_750;

const LONGEST_KEPT = 60;
/** The form of a name that `slug` made of another one. A name that has it already gets a digest too. */
const WITH_DIGEST = /^.{0,40}-[0-9a-f]{10}$/;

/**
 * A name for Vault, which takes letters, digits, hyphens and underscores here; the period separates. A name that cannot
 * be kept, or looks like a name made by this function, gets a part of its digest. So no two names become one.
 */
function slug(name: string, allowed: RegExp): string {
  const plain = [...name].map((character) => (allowed.test(character) ? character : "_")).join("");
  if (plain === name && name.length <= LONGEST_KEPT && !WITH_DIGEST.test(name)) return name;
  return `${plain.slice(0, 40)}-${createHash("sha256").update(name).digest("hex").slice(0, 10)}`;
}
const WORD = /[A-Za-z0-9_-]/;
const FILE_NAME = /[A-Za-z0-9_.-]/;

/** The prefix of the names of all secrets of a tenant. */
export function namePrefix(tenantId: string): string {
  return `ces.${tenantId}.`;
}

/** `ces.<tenant>.manifest` */
export function manifestName(tenantId: string): string {
  return `${namePrefix(tenantId)}manifest`;
}

function jsonContent(value: object): Secret {
  return new Secret(Buffer.from(JSON.stringify(value)).toString("base64"));
}

function partsOf(base64: Secret): Secret[] {
  const bytes = Buffer.from(base64.reveal(), "base64");
  const count = Math.ceil(bytes.length / MAX_PART_BYTES);
  return Array.from({ length: count }, (_, index) => {
    const part = bytes.subarray(index * MAX_PART_BYTES, (index + 1) * MAX_PART_BYTES);
    return new Secret(part.toString("base64"));
  });
}

/**
 * The members of a wallet in the order of the manifest. Names of their secrets: `ces.<tenant>.<wallet>.schema.<user>`,
 * `ces.<tenant>.<wallet>.wallet-password`, `ces.<tenant>.<wallet>.file.<file>`, and `file-2`, `file-3` for what does not fit into one.
 */
export function membersOf(wallet: Wallet, tenantId: string): readonly Member[] {
  const place = `${namePrefix(tenantId)}${slug(wallet.walletName, WORD)}`;
  const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]) => (a < b ? -1 : 1);
  const schemas = [...wallet.schemas].sort(byName).map(([name, password]): Member => {
    const content = jsonContent({ username: name, password: password.reveal() });
    return { kind: "schema", name, parts: [{ secretName: `${place}.schema.${slug(name, WORD)}`, content }] };
  });
  const files = [...wallet.files].sort(byName).map(([name, base64]): Member => {
    const file = slug(name, FILE_NAME);
    const parts = partsOf(base64).map((content, index) => ({
      secretName: `${place}.file${index === 0 ? "" : `-${index + 1}`}.${file}`,
      content,
    }));
    return { kind: "file", name, parts };
  });
  if (wallet.walletPassword === null) return [...schemas, ...files];
  const content = jsonContent({ password: wallet.walletPassword.reveal() });
  const secretName = `${place}.wallet-password`;
  return [{ kind: "wallet-password", name: wallet.walletName, parts: [{ secretName, content }] }, ...schemas, ...files];
}
