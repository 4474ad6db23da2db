import type { PlantedBug } from "../planted-bug.ts";

const LOST = /^lost: no version holds a client secret/;

/** What must come before a mint, and what an answer to it must not be taken for. */
export const mintBugs: readonly PlantedBug[] = [
  {
    name: "mint-without-claim",
    what: "the issuer is asked for a new client secret with no claim in Vault, so no run could finish after a crash",
    patches: [
      {
        file: "rotation/decide/new-value.ts",
        find: `=> claim.holder === "mine";`,
        replace: "=> claim !== null;",
      },
      {
        file: "rotation/stages/regenerate/mint.ts",
        find: `if (!isOurs()) return { outcome: "claim-expired", next: "look" };`,
        replace: "",
      },
      { file: "rotation/stages/regenerate/mint.ts", find: "() => isOurs() && ", replace: "() => " },
    ],
    unit: "token-lives/whole/heal-later/-/regenerate:killed-after",
    reason: LOST,
  },
  {
    name: "claim-without-token",
    what: "the claim carries no token, which is the way back where the client secret cannot be read",
    patches: [
      {
        file: "rotation/stages/regenerate/claim.ts",
        find: `token: requester.kind === "token" ? { value: requester.token, expiresAt: requester.expiresAt } : null,`,
        replace: "token: null,",
      },
    ],
    unit: "token-lives/whole/heal-later/-/regenerate:killed-after",
    reason: LOST,
  },
  {
    name: "unanswered-claim-believed",
    what: "a claim whose write was not answered counts as written",
    patches: [
      {
        file: "rotation/stages/regenerate/claim.ts",
        find: `  if (write.outcome === "done") {`,
        replace: `  if (write.outcome === "done" || write.outcome === "unknown") {`,
      },
    ],
    unit: "token-lives/whole/heal-later/-/write-claim:server-error-before+regenerate:killed-after",
    reason: LOST,
  },
  {
    name: "unanswered-mint-repeated",
    what: "a mint that was not answered is sent again before it has landed or never will",
    patches: [
      {
        file: "clients/issuers/oci-iam.ts",
        find: `const { error, sent } = noResponse(thrown, "the request to regenerate", WHO);
    return { outcome: sent ? "unknown" : "refused", error };`,
        replace: `return { outcome: "busy", error: noResponse(thrown, "the request to regenerate", WHO).error };`,
      },
    ],
    unit: "token-lives/whole/heal-later/-/regenerate:lands-late",
    reason: /^2 extra mints$/,
  },
  {
    name: "landing-bound-ignored",
    what: "a mint that was not answered counts as settled at once, although it may still land",
    patches: [
      {
        file: "rotation/observe/state.ts",
        find: "return isWithinLandingBound(context, openMint.at);",
        replace: "return context.clock.monotonic() < openMint.at;",
      },
    ],
    unit: "token-lives/whole/heal-later/-/regenerate:lands-late",
    reason: /^2 extra mints$/,
  },
  {
    name: "way-back-not-required",
    what: "OROT_REQUIRE_WAY_BACK is on, and a rotation without a way back starts all the same",
    patches: [
      {
        file: "rotation/ways-back.ts",
        find: "if (!settings.requireWayBack) {",
        replace: "if (settings !== null) {",
      },
    ],
    unit: "empty,die,alone,honoured,deprecates,fresh,required/whole/heal-later/vault-out-after-mint/-",
    reason: /^lost although OROT_REQUIRE_WAY_BACK is on/,
  },
];
