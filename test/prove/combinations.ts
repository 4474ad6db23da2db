import type { Switches } from "../../src/emulator/core/switches.ts";
import { provenIssuers } from "./issuers/index.ts";
import type { Combination, ProvenIssuerName, Refusal } from "./types.ts";

const refusals = {
  refuses: "400",
  "refuses-404": "404",
  "refuses-incorrect-state": "409-incorrect-state",
  "refuses-412": "412",
  "refuses-503": "503",
} as const satisfies Record<Refusal, Switches["second-pending-refusal"]>;

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

/** A note that Vault takes a second PENDING version would be true. */
function isTrue({ secondPending }: Pick<Combination, "secondPending">): boolean {
  return secondPending === "deprecates";
}

/** A short, stable name; `parseCombination` reads it back. */
export function combinationId(combination: Combination): string {
  const { issuer, readBack, oldTokens, authority, ifMatch, secondPending, staleNode, requireWayBack, subscribed } =
    combination;
  const { isNoted, acknowledges } = combination;
  return [
    ...(issuer === "oci-iam" ? [] : [issuer]),
    readBack,
    oldTokens,
    authority ? "authority" : "alone",
    ifMatch,
    secondPending,
    staleNode ? "stale" : "fresh",
    ...(requireWayBack ? ["required"] : []),
    ...(subscribed ? ["subscribed"] : []),
    ...(acknowledges ? ["acknowledged"] : []),
    ...(isNoted === isTrue(combination) ? [] : [isNoted ? "misled" : "first"]),
  ].join(",");
}

const combine = (requireWayBack: boolean): Combination[] =>
  readBacks.flatMap((readBack) =>
    tokens.flatMap((oldTokens) =>
      noYes.flatMap((authority) =>
        ifMatches.flatMap((ifMatch) =>
          secondPendings.flatMap((secondPending) =>
            noYes.map((staleNode) => ({
              issuer: "oci-iam" as const,
              readBack,
              oldTokens,
              authority,
              ifMatch,
              secondPending,
              isNoted: isTrue({ secondPending }),
              staleNode,
              requireWayBack,
              subscribed: false,
              acknowledges: false,
            })),
          ),
        ),
      ),
    ),
  );

/** Every combination of the dimensions, without OROT_REQUIRE_WAY_BACK. */
export const allCombinations: readonly Combination[] = combine(false);

const plain = {
  issuer: "oci-iam",
  authority: false,
  ifMatch: "honoured",
  secondPending: "deprecates",
  isNoted: true,
  staleNode: false,
  requireWayBack: false,
  subscribed: false,
  acknowledges: false,
} as const;

/**
 * The combinations whose pairs of faults are searched: each way back by itself, none, and one with receivers of
 * notifications.
 */
export const namedCombinations: Readonly<Record<string, Combination>> = {
  "read-back": { ...plain, readBack: "clear", oldTokens: "live" },
  "token-lives": { ...plain, readBack: "empty", oldTokens: "live" },
  "second-authority": { ...plain, readBack: "empty", oldTokens: "die", authority: true },
  none: { ...plain, readBack: "empty", oldTokens: "die" },
  subscribed: { ...plain, readBack: "clear", oldTokens: "live", subscribed: true },
};

const readable = { ...plain, readBack: "clear", oldTokens: "live" } as const;
/** Vault shows nothing by its answer, or not yet, or something else is noted than is so. */
export const pendingCombinations: readonly Combination[] = [
  { ...readable, isNoted: false },
  { ...readable, isNoted: false, readBack: "empty", oldTokens: "die", authority: true, ifMatch: "ignored" },
  { ...readable, isNoted: false, secondPending: "refuses-incorrect-state" },
  { ...readable, isNoted: true, secondPending: "refuses-incorrect-state" },
  { ...readable, isNoted: false, secondPending: "refuses-503" },
  { ...readable, isNoted: true, secondPending: "refuses-503", ifMatch: "ignored" },
  { ...readable, isNoted: false, secondPending: "refuses-404", readBack: "empty" },
  { ...readable, isNoted: false, secondPending: "refuses-412" },
];

/** No way back exists and one is required: nothing may start. */
export const requiredCombinations: readonly Combination[] = readBacks.map((readBack) => ({
  ...plain,
  readBack,
  oldTokens: "die",
  requireWayBack: true,
}));

/**
 * If the value is stored before it is installed, reading back and old tokens do not matter: no value is read back, and
 * CURRENT or a second authority installs. There, Vault must keep a second PENDING version out of CURRENT, or the
 * rotation is refused.
 */
const storedFirst = (issuer: ProvenIssuerName): readonly Combination[] =>
  noYes.flatMap((authority) =>
    ifMatches.flatMap((ifMatch) =>
      noYes.map((staleNode) => ({
        ...plain,
        issuer,
        readBack: "empty" as const,
        oldTokens: issuer.startsWith("keycloak") ? ("live" as const) : ("die" as const),
        authority,
        ifMatch,
        staleNode,
      })),
    ),
  );

/** No value can be read back, and only another client may ask. */
const edFi: readonly Combination[] = ifMatches.flatMap((ifMatch) =>
  secondPendings.flatMap((secondPending) =>
    noYes.map((staleNode) => ({
      ...plain,
      issuer: "edfi-cms" as const,
      readBack: "empty" as const,
      oldTokens: "die" as const,
      authority: true,
      ifMatch,
      secondPending,
      isNoted: isTrue({ secondPending }),
      staleNode,
    })),
  ),
);

export type OtherIssuer = Exclude<ProvenIssuerName, "oci-iam">;

/** The other kinds of issuers that are searched: all single faults, and pairs over these. */
export const otherIssuers: Readonly<Record<OtherIssuer, readonly Combination[]>> = {
  "oci-iam-caller": storedFirst("oci-iam-caller"),
  keycloak: storedFirst("keycloak"),
  "keycloak-policy": storedFirst("keycloak-policy"),
  uaa: storedFirst("uaa"),
  "edfi-cms": edFi,
};

/** Issuers that keep two values, the older one until all subscribers have acknowledged CURRENT. */
export const acknowledgedCombinations: readonly Combination[] = [
  ...otherIssuers.uaa,
  ...otherIssuers["keycloak-policy"],
]
  .filter(({ staleNode, ifMatch }) => !staleNode && ifMatch === "honoured")
  .map((combination) => ({ ...combination, subscribed: true, acknowledges: true }));

/** Takes a name of `namedCombinations` or what `combinationId` gives. Throws an Error that says what is known. */
export function parseCombination(text: string): Combination {
  const known = [
    ...allCombinations,
    ...Object.values(namedCombinations),
    ...pendingCombinations,
    ...Object.values(otherIssuers).flat(),
    ...acknowledgedCombinations,
    ...combine(true),
  ];
  const found = namedCombinations[text] ?? known.find((candidate) => combinationId(candidate) === text);
  if (found === undefined) {
    const names = Object.keys(namedCombinations).join(", ");
    throw new Error(`unknown combination "${text}". Next: use ${names}, or one such as ${combinationId(plainest())}.`);
  }
  return found;
}

function plainest(): Combination {
  return readable;
}

/** Whether a way exists to replace a secret whose value was lost. */
export function hasWayBack(combination: Combination): boolean {
  return provenIssuers[combination.issuer].hasWayBack(combination);
}

function secondPendingOf({ secondPending }: Combination): Partial<Switches> {
  return secondPending === "deprecates" || secondPending === "keeps-both"
    ? { "second-pending": secondPending }
    : { "second-pending": "refuses", "second-pending-refusal": refusals[secondPending] };
}

/** The emulator's switches for a combination. */
export function switchesOf(combination: Combination): Partial<Switches> {
  return {
    "latency-ms": LATENCY_MS,
    "late-ms": LATE_MS,
    "app-read-back": combination.readBack,
    "app-secret-patch": combination.issuer === "oci-iam-caller" ? "accepted" : "refused",
    "old-tokens": combination.oldTokens,
    "if-match": combination.ifMatch,
    ...secondPendingOf(combination),
    "new-secret-late-ms": combination.staleNode ? STALE_MS : 0,
  };
}
