import { bearerOf } from "../../clients/issuers/issuer.ts";
import { isSurvivalUnknown, withSurvival } from "../../clients/vault/rotation-metadata.ts";
import type { Attempt } from "../attempt.ts";
import type { Context } from "../context.ts";
import type { Snapshot } from "../observe/observe.ts";

/** What was learnt, as it is to be kept. */
export interface TokenSurvival {
  readonly survives: boolean;
  /** The secret's whole metadata with it. */
  readonly metadata: Readonly<Record<string, unknown>>;
}

/**
 * After a rotation a claim may still hold a living token that was got with the old client secret. One harmless read with it tells whether
 * such tokens survive the change: then a lost answer at regenerating has a way back. Null where there is nothing to ask, or no answer.
 */
export async function probeTokenSurvival(
  context: Context,
  attempt: Attempt,
  { list, current }: Snapshot,
): Promise<TokenSurvival | null> {
  if (!isSurvivalUnknown(attempt.metadata, list.asOf)) return null;
  // A node that has not heard of the change yet would let any token live.
  if (list.asOf - current.createdAt < context.settings.landingBoundSeconds * 1000) return null;
  const now = attempt.contents.get(current.versionNo);
  if (now?.kind !== "credential") return null;
  for (const { versionNo } of list.versions) {
    const known = attempt.contents.get(versionNo);
    if (known?.kind !== "claim" || known.credential.clientSecret.equals(now.credential.clientSecret)) continue;
    const { token } = known.claim;
    if (token === null || token.expiresAt <= list.asOf) continue;
    const read = await now.credential.readBack(bearerOf(known.credential.client, token.value));
    if (read.outcome === "unknown" || (read.outcome === "not-readable" && !read.isProofAlive)) return null;
    const survives = read.outcome !== "proof-refused";
    return { survives, metadata: withSurvival(attempt.metadata, survives, list.asOf) };
  }
  return null;
}
