import type { Emulator } from "../../../src/emulator/emulator.ts";
import type { StoredSecret } from "../../../src/emulator/vault/state.ts";
import { readManifest } from "./seen-manifest.ts";

/** Watches, after every request, what a consumer would read: the manifest's CURRENT, then each version that it names. */
export interface Watch {
  /** What went wrong, in words; empty: nothing. */
  readonly problems: readonly string[];
  /** To be called after each change at the Credential Exchange. */
  served(): void;
  /** Which of the sets served the manifest names now, counted from 0; -1: none yet. */
  readonly inForce: number;
  /** The number of the newest set served. */
  readonly newest: number;
}

type Plain = readonly unknown[];

/** One text for one set, whatever the order of its members. */
function canonical(wallets: readonly { name: string; rotated: number | null; members: Plain[] }[]): string {
  const sorted = wallets.map(({ name, rotated, members }) => [
    name,
    rotated,
    members.map((member) => JSON.stringify(member)).sort(),
  ]);
  return JSON.stringify(sorted.sort());
}

function servedSet({ state }: Emulator): string {
  return canonical(
    state.ces.wallets.map(({ walletName, lastRotationDate, schemas, files, walletPassword }) => ({
      name: walletName,
      rotated: lastRotationDate,
      members: [
        ...Object.entries(schemas).map((entry) => ["schema", ...entry]),
        ...Object.entries(files).map((entry) => ["file", ...entry]),
        ...(walletPassword === null ? [] : [["wallet-password", walletName, walletPassword]]),
      ],
    })),
  );
}

function bytesOf(secret: StoredSecret | undefined, versionNo: number): Buffer | null {
  const version = secret?.versions[versionNo - 1];
  return version === undefined || version.deleted ? null : Buffer.from(version.content, "base64");
}

function plainValue(kind: string, bytes: Buffer): string {
  if (kind === "file") return bytes.toString("base64");
  const content: { password: string } = JSON.parse(bytes.toString("utf8"));
  return content.password;
}

/** How a consumer reads members: by the number that the manifest names, or, as the control does, whatever is CURRENT. */
export type Reading = "by-number" | "current";

function numberOf(secret: StoredSecret | undefined, named: number, reading: Reading): number {
  if (reading === "by-number") return named;
  return secret?.versions.findLast(({ stage }) => stage === "CURRENT")?.number ?? named;
}

/** The set as a consumer reads it; null: there is none yet. Throws an Error where a version that the manifest names is not there. */
function storedSet({ state }: Emulator, tenantId: string, reading: Reading): string | null {
  const { secrets } = state.vault;
  const home = Object.values(secrets).find(({ name }) => name === `ces.${tenantId}.manifest`);
  const current = home?.versions.findLast(({ stage }) => stage === "CURRENT");
  if (current === undefined) return null;
  const wallets = readManifest(Buffer.from(current.content, "base64").toString("utf8"));
  if (wallets.length === 0) return null;
  return canonical(
    wallets.map(({ walletName, lastRotationDate, members }) => ({
      name: walletName,
      rotated: lastRotationDate,
      members: members.map(({ kind, name, parts }) => {
        const bytes = parts.map(({ secretName, secretId, versionNo }) => {
          const secret = secrets[secretId];
          if (secret !== undefined && secret.name !== secretName)
            throw new Error(`${name} is named by another secret's name`);
          return bytesOf(secret, numberOf(secret, versionNo, reading));
        });
        if (bytes.includes(null)) throw new Error(`a version of ${name} that the manifest names is not there`);
        return [kind, name, plainValue(kind, Buffer.concat(bytes as Buffer[]))];
      }),
    })),
  );
}

export function createWatch(emulator: Emulator, tenantId: string, reading: Reading = "by-number"): Watch {
  const sets = [servedSet(emulator)];
  const problems: string[] = [];
  let seen = -1;
  let judged: string | null = null;
  const look = () => {
    let stored: string | null;
    try {
      stored = storedSet(emulator, tenantId, reading);
    } catch (thrown) {
      problems.push(thrown instanceof Error ? thrown.message : "unreadable");
      return;
    }
    if (stored === judged) return;
    judged = stored;
    const number = stored === null ? -1 : sets.lastIndexOf(stored);
    if (stored === null) problems.push("the set is gone");
    else if (number < 0) problems.push("the manifest names a set that was never served: it is torn");
    else if (number < seen) problems.push(`the set went back from ${seen} to ${number}`);
    seen = Math.max(seen, number);
  };
  emulator.core.onChange(look);
  return {
    problems,
    served: () => {
      sets.push(servedSet(emulator));
    },
    get inForce() {
      look();
      return judged === null ? -1 : sets.lastIndexOf(judged);
    },
    get newest() {
      return sets.length - 1;
    },
  };
}
