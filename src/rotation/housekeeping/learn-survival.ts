import { bearerOf } from "../../clients/issuers/issuer.ts";
import { isSurvivalUnknown, withSurvival } from "../../clients/vault/own-metadata.ts";
import type { Invocation } from "../invocation.ts";
import type { Memory } from "../memory.ts";
import type { Observation } from "../observe/observe.ts";

/** What was learnt, as it is to be kept. */
export interface Learnt {
  readonly survives: boolean;
  /** The secret's whole metadata with it. */
  readonly metadata: Readonly<Record<string, unknown>>;
}

/**
 * After a rotation a claim may still hold a living token that was got with the old client secret. One harmless read with it tells whether
 * such tokens survive the change: then a lost answer at regenerating has a way back. Null where there is nothing to ask, or no answer.
 */
export async function learnSurvival(
  invocation: Invocation,
  memory: Memory,
  { list, current }: Observation,
): Promise<Learnt | null> {
  if (!isSurvivalUnknown(memory.metadata, list.asOf)) return null;
  // A node that has not heard of the change yet would let any token live.
  if (list.asOf - current.createdAt < invocation.settings.landingBoundSeconds * 1000) return null;
  const now = memory.contents.get(current.versionNo);
  if (now?.kind !== "credential") return null;
  for (const { versionNo } of list.versions) {
    const known = memory.contents.get(versionNo);
    if (known?.kind !== "claim" || known.credential.clientSecret.equals(now.credential.clientSecret)) continue;
    const { token } = known.claim;
    if (token === null || token.expiresAt <= list.asOf) continue;
    const read = await now.credential.readBack(bearerOf(known.credential.client, token.value));
    if (read.outcome === "unknown" || (read.outcome === "not-readable" && !read.isProofAlive)) return null;
    const survives = read.outcome !== "proof-refused";
    return { survives, metadata: withSurvival(memory.metadata, survives, list.asOf) };
  }
  return null;
}
