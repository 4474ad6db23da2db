import * as z from "zod/mini";
import { RotationError } from "../base/errors.ts";
import { onFirstUse } from "../base/on-first-use.ts";
import type { Wallet } from "./ces-responses.ts";

/** Where one part of a member is stored: a version of a secret. A version's content never changes. */
export interface StoredPart {
  readonly secretName: string;
  readonly secretId: string;
  readonly versionNo: number;
}

export interface ManifestMember {
  readonly kind: "schema" | "wallet-password" | "file";
  readonly name: string;
  /** In order. A file's content is all of them, one after the other. */
  readonly parts: readonly StoredPart[];
}

export interface ManifestWallet {
  readonly walletName: string;
  /** Milliseconds since the epoch, like all times here; null: the Credential Exchange did not send it. */
  readonly lastRotationDate: number | null;
  readonly certificateStartDate: number | null;
  readonly certificateEndDate: number | null;
  readonly members: readonly ManifestMember[];
}

/**
 * Names a whole set. A reader who reads it and then each version by its number gets passwords and files that belong
 * together.
 */
export interface Manifest {
  readonly format: 1;
  readonly wallets: readonly ManifestWallet[];
}

/** The manifest before the first set is complete. */
export const noSet: Manifest = { format: 1, wallets: [] };

const MAX_BYTES = 25_000;

const instant = onFirstUse(() => z.nullable(z.number()));
const manifest = onFirstUse(() =>
  z.object({
    format: z.literal(1),
    wallets: z.array(
      z.object({
        walletName: z.string(),
        lastRotationDate: instant(),
        certificateStartDate: instant(),
        certificateEndDate: instant(),
        members: z.array(
          z.object({
            kind: z.enum(["schema", "wallet-password", "file"]),
            name: z.string(),
            parts: z.array(z.object({ secretName: z.string(), secretId: z.string(), versionNo: z.int() })),
          }),
        ),
      }),
    ),
  }),
);

/** @throws RotationError CONTENT_INVALID if the set does not fit into one secret */
export function manifestText(value: Manifest): string {
  const text = JSON.stringify(value);
  if (Buffer.byteLength(text) <= MAX_BYTES) return text;
  const parts = value.wallets.flatMap(({ members }) => members.flatMap((member) => member.parts)).length;
  throw new RotationError(
    "CONTENT_INVALID",
    `the manifest of ${parts} secrets is larger than the ${MAX_BYTES} bytes that a secret may hold`,
    "mirror fewer schemas: one environment for each mirror",
  );
}

/** Null: not one of ours; the next complete set replaces it. */
export function parseManifest(text: string): Manifest | null {
  try {
    const parsed = manifest().safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

export function manifestWallet(wallet: Wallet, members: readonly ManifestMember[]): ManifestWallet {
  const { walletName, lastRotationDate, certificateStartDate, certificateEndDate } = wallet;
  return { walletName, lastRotationDate, certificateStartDate, certificateEndDate, members };
}

/** The stored parts by the names of their secrets. */
export function partsByName({ wallets }: Manifest): ReadonlyMap<string, StoredPart> {
  const parts = wallets.flatMap(({ members }) => members.flatMap((member) => member.parts));
  return new Map(parts.map((part) => [part.secretName, part]));
}
