import type { Switches } from "../emulator/switches.ts";

/** How the emulated issuer and Vault behave: one value of each dimension. */
export interface Combination {
  /** What the App resource shows of the client secret. */
  readonly readBack: "clear" | "empty" | "masked" | "forbidden";
  /** What becomes of tokens got with a replaced secret. */
  readonly oldTokens: "live" | "die";
  /** Whether another client that may regenerate this one's secret is configured. */
  readonly authority: boolean;
  readonly ifMatch: "honoured" | "ignored";
  readonly secondPending: "deprecates" | "refuses" | "keeps-both";
  /** A stale node: the new secret is refused for a while after it was made. */
  readonly staleNode: boolean;
  /** OROT_REQUIRE_WAY_BACK: without a way back nothing starts. */
  readonly requireWayBack: boolean;
}

/** Less than the landing bound of 60 s, after which every node has seen the new secret. */
const STALE_MS = 45_000;
/** Less than the landing bound, and long enough for a successor to act before. */
export const LATE_MS = 55_000;
const LATENCY_MS = 10;

const readBacks = ["clear", "empty", "masked", "forbidden"] as const;
const tokens = ["live", "die"] as const;
const ifMatches = ["honoured", "ignored"] as const;
const secondPendings = ["deprecates", "refuses", "keeps-both"] as const;
const noYes = [false, true] as const;

/** A short, stable name; `parseCombination` reads it back. */
export function combinationId(combination: Combination): string {
  const { readBack, oldTokens, authority, ifMatch, secondPending, staleNode, requireWayBack } = combination;
  return [
    readBack,
    oldTokens,
    authority ? "authority" : "alone",
    ifMatch,
    secondPending,
    staleNode ? "stale" : "fresh",
    ...(requireWayBack ? ["required"] : []),
  ].join(",");
}

const combine = (requireWayBack: boolean): Combination[] =>
  readBacks.flatMap((readBack) =>
    tokens.flatMap((oldTokens) =>
      noYes.flatMap((authority) =>
        ifMatches.flatMap((ifMatch) =>
          secondPendings.flatMap((secondPending) =>
            noYes.map((staleNode) => ({
              readBack,
              oldTokens,
              authority,
              ifMatch,
              secondPending,
              staleNode,
              requireWayBack,
            })),
          ),
        ),
      ),
    ),
  );

/** Every combination of the dimensions, without OROT_REQUIRE_WAY_BACK. */
export const allCombinations: readonly Combination[] = combine(false);

const plain = {
  authority: false,
  ifMatch: "honoured",
  secondPending: "deprecates",
  staleNode: false,
  requireWayBack: false,
} as const;

/** The four whose pairs of faults are searched: each way back alone, and none. */
export const namedCombinations: Readonly<Record<string, Combination>> = {
  "read-back": { ...plain, readBack: "clear", oldTokens: "live" },
  "token-lives": { ...plain, readBack: "empty", oldTokens: "live" },
  "second-authority": { ...plain, readBack: "empty", oldTokens: "die", authority: true },
  none: { ...plain, readBack: "empty", oldTokens: "die" },
};

/** Where no way back exists and one is required: nothing may start. */
export const requiredCombinations: readonly Combination[] = readBacks.map((readBack) => ({
  ...plain,
  readBack,
  oldTokens: "die",
  requireWayBack: true,
}));

/** Takes a name of `namedCombinations` or what `combinationId` gives. Throws an Error that says what is known. */
export function parseCombination(text: string): Combination {
  const known = [...allCombinations, ...combine(true)];
  const found = namedCombinations[text] ?? known.find((candidate) => combinationId(candidate) === text);
  if (found === undefined) {
    const names = Object.keys(namedCombinations).join(", ");
    throw new Error(`unknown combination "${text}". Next: use ${names}, or one such as ${combinationId(plainest())}.`);
  }
  return found;
}

function plainest(): Combination {
  return { ...plain, readBack: "clear", oldTokens: "live" };
}

/**
 * Whether anybody could replace a secret whose value was lost. Reading the App back needs a token that lives, so where tokens die with
 * their secret the App's own read-back is none.
 */
export function hasWayBack(combination: Combination): boolean {
  return combination.authority || combination.oldTokens === "live";
}

/** The emulator's switches for a combination. */
export function switchesOf(combination: Combination): Partial<Switches> {
  return {
    "latency-ms": LATENCY_MS,
    "late-ms": LATE_MS,
    "app-read-back": combination.readBack,
    "old-tokens": combination.oldTokens,
    "if-match": combination.ifMatch,
    "second-pending": combination.secondPending,
    "new-secret-late-ms": combination.staleNode ? STALE_MS : 0,
  };
}
