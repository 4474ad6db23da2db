import { bearerOf } from "../../clients/issuers/issuer.ts";
import { isSurvivalUnknown, withSurvival } from "../../clients/vault/rotation-metadata.ts";
import type { Observed } from "../observe/observe.ts";

/** The result, as it is to be kept. */
export interface TokenSurvival {
  readonly survives: boolean;
  /** The secret's whole metadata, with the result added. */
  readonly metadata: Readonly<Record<string, unknown>>;
}

/**
 * Finds out whether tokens survive a rotation. A claim may still hold a living token that was got with the old client
 * secret, and one harmless read tries it. If such tokens survive, a lost answer when regenerating has a way back. Null
 * if there is nothing to ask, or no answer.
 */
export async function probeTokenSurvival({
  context,
  attempt,
  snapshot: { list, current },
}: Observed): Promise<TokenSurvival | null> {
  if (!isSurvivalUnknown(attempt.read.metadata, list.asOf)) return null;
  // A node that does not know the change yet would accept any token.
  if (list.asOf - current.createdAt < context.settings.landingBoundSeconds * 1000) return null;
  const now = attempt.read.contents.get(current.versionNo);
  if (now?.kind !== "credential") return null;
  for (const { versionNo } of list.versions) {
    const known = attempt.read.contents.get(versionNo);
    if (known?.kind !== "claim" || known.credential.clientSecret.equals(now.credential.clientSecret)) continue;
    const { token } = known.claim;
    if (token === null || token.expiresAt <= list.asOf) continue;
    const read = await now.credential.readBack(bearerOf(known.credential.client, token.value));
    if (read.outcome === "unknown" || (read.outcome === "not-readable" && !read.isProofAlive)) return null;
    const survives = read.outcome !== "proof-refused";
    return { survives, metadata: withSurvival(attempt.read.metadata, survives, list.asOf) };
  }
  return null;
}
