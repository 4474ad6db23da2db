import { randomBytes, randomUUID } from "node:crypto";

/** The only door to randomness, so that a run can be replayed from a seed. */
export interface Entropy {
  /** A UUID of version 4 (RFC 9562). */
  uuid(): string;
  /** `length` random bytes. */
  bytes(length: number): Uint8Array;
  /** A number from 0 (included) to 1 (excluded), for jitter. */
  fraction(): number;
}

export const systemEntropy: Entropy = {
  uuid: () => randomUUID(),
  bytes: (length) => randomBytes(length),
  fraction: () => randomBytes(4).readUInt32BE() / 2 ** 32,
};
