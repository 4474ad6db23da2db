import type { Entropy } from "../../base/entropy.ts";

/** The state of a sequence. Its next values depend on nothing else. */
export type EntropyState = readonly [a: number, b: number, c: number, counter: number];

export interface SeededEntropy extends Entropy {
  readonly state: EntropyState;
}

/**
 * Randomness that a seed replays exactly (the generator is sfc32, seeded through splitmix32). Only for tests, the emulator and `prove`: its
 * values can be predicted, so no real secret may ever come from it.
 * @param from a seed, or another sequence's state
 */
export function createSeededEntropy(from: number | EntropyState): SeededEntropy {
  let [a, b, c, counter] = typeof from === "number" ? firstState(from) : from;
  const next = () => {
    const result = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + result) | 0;
    return result >>> 0;
  };
  const bytes = (length: number) => {
    const out = new Uint8Array(length);
    for (let at = 0; at < length; at += 4) {
      const word = next();
      for (let offset = 0; offset < 4 && at + offset < length; offset += 1) {
        out[at + offset] = (word >>> (8 * offset)) & 0xff;
      }
    }
    return out;
  };
  return {
    get state(): EntropyState {
      return [a, b, c, counter];
    },
    bytes,
    fraction: () => next() / 2 ** 32,
    uuid: () => {
      const raw = bytes(16);
      raw[6] = ((raw[6] ?? 0) & 0x0f) | 0x40;
      raw[8] = ((raw[8] ?? 0) & 0x3f) | 0x80;
      const hex = Buffer.from(raw).toString("hex");
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
    },
  };
}

function firstState(seed: number): EntropyState {
  let mixer = seed | 0;
  const mix = () => {
    mixer = (mixer + 0x9e3779b9) | 0;
    let z = mixer ^ (mixer >>> 16);
    z = Math.imul(z, 0x21f0aaad);
    z ^= z >>> 15;
    z = Math.imul(z, 0x735a2d97);
    return z ^ (z >>> 15);
  };
  return [mix(), mix(), mix(), 1];
}
