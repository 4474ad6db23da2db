import type { Expected } from "./single-faults.suite.ts";

/** The mint took effect, nobody knows its value, and the token in the claim died with the old secret. */
const LOST_WITHOUT_WAY_BACK = [
  ...["answer-lost", "lands-late", "killed-after", "server-error-after", "truncated", "too-slow"].map(
    (kind) => `regenerate:1 ${kind}`,
  ),
  "write-pending:1 killed-before",
];

/** The calls whose outcome the issuer's switches can change. */
const AROUND_THE_MINT = ["token-current", "write-claim", "regenerate", "write-pending", "token-pending"] as const;

/**
 * What one fault may lose: nothing where a token outlives its client secret or a second authority exists. Where neither does, reading the
 * application back needs a token that is dead, so a value without an answer is gone, and the call says so.
 */
export const KNOWN: readonly Expected[] = [
  {
    title: "the App readable, tokens living on",
    setting: { switches: {} },
    only: null,
    lost: [],
    atLeast: 196,
  },
  {
    title: "the App not readable, tokens living on",
    setting: { switches: { "app-read-back": "empty" } },
    only: AROUND_THE_MINT,
    lost: [],
    atLeast: 70,
  },
  {
    title: "the App readable, tokens dying with the secret",
    setting: { switches: { "old-tokens": "die" } },
    only: AROUND_THE_MINT,
    lost: LOST_WITHOUT_WAY_BACK,
    atLeast: 70,
  },
  {
    title: "the App masked, tokens dying with the secret",
    setting: { switches: { "app-read-back": "masked", "old-tokens": "die" } },
    only: AROUND_THE_MINT,
    lost: LOST_WITHOUT_WAY_BACK,
    atLeast: 70,
  },
  {
    title: "the App forbidden, tokens dying with the secret, a second authority",
    setting: { switches: { "app-read-back": "forbidden", "old-tokens": "die" }, hasAuthority: true },
    only: null,
    lost: [],
    atLeast: 196,
  },
];
