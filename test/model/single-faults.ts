import type { Expected } from "./single-faults.suite.ts";

/** The mint took effect and no process knows its value: the process was killed before it had stored it. */
const KILLED_WITH_THE_VALUE = ["regenerate:1 killed-after", "write-pending:1 killed-before"];

/** The calls whose outcome the issuer's switches can change. */
const AROUND_THE_MINT = ["token-current", "regenerate", "write-pending", "token-pending"] as const;

/**
 * What this edition loses: it keeps the token that can mint again only as long as the call lasts. The next edition writes it into Vault
 * before it mints, and must shrink this table.
 */
export const KNOWN: readonly Expected[] = [
  {
    title: "the App readable, tokens living on",
    switches: {},
    only: null,
    lost: KILLED_WITH_THE_VALUE,
    atLeast: 190,
  },
  {
    title: "the App not readable, tokens living on",
    switches: { "app-read-back": "empty" },
    only: AROUND_THE_MINT,
    lost: KILLED_WITH_THE_VALUE,
    atLeast: 50,
  },
  {
    title: "the App readable, tokens dying with the secret",
    switches: { "old-tokens": "die" },
    only: AROUND_THE_MINT,
    lost: [
      ...["answer-lost", "lands-late", "killed-after", "server-error-after", "truncated", "too-slow"].map(
        (kind) => `regenerate:1 ${kind}`,
      ),
      "write-pending:1 killed-before",
    ],
    atLeast: 50,
  },
  {
    title: "the App masked, tokens dying with the secret",
    switches: { "app-read-back": "masked", "old-tokens": "die" },
    only: AROUND_THE_MINT,
    lost: [
      ...["answer-lost", "lands-late", "killed-after", "server-error-after", "truncated", "too-slow"].map(
        (kind) => `regenerate:1 ${kind}`,
      ),
      "write-pending:1 killed-before",
    ],
    atLeast: 50,
  },
];
