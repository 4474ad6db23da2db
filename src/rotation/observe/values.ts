import type { Secret } from "../../base/secret.ts";
import type { Verdict } from "../../clients/issuers/verdict.ts";
import type { Invocation } from "../invocation.ts";
import type { Memory } from "../memory.ts";

/** The client secret that a version holds; null: it was not read, or holds none. */
export function secretIn(memory: Memory, versionNo: number): Secret | null {
  const known = memory.contents.get(versionNo);
  return known === undefined || known.kind === "unknown" ? null : known.credential.clientSecret;
}

/** Whether two versions are known to hold one value, as a claim and what it was made from do. */
export function holdSame(memory: Memory, one: number, other: number): boolean {
  const [value, otherValue] = [secretIn(memory, one), secretIn(memory, other)];
  return one === other || (value !== null && otherValue !== null && value.equals(otherValue));
}

/** Whether this call met a refusal of the version's value, in whatever version. */
export function wasRefused(memory: Memory, versionNo: number): boolean {
  return [...memory.refusals.keys()].some((refused) => holdSame(memory, refused, versionNo));
}

/** Keeps since when CURRENT is refused. Only refusals of one and the same value count together; anything else starts anew. */
export function noteCurrent(memory: Memory, versionNo: number, verdict: Verdict, now: number): void {
  const { dead } = memory;
  if (verdict !== "rejected") memory.dead = null;
  else if (dead !== null && holdSame(memory, dead.versionNo, versionNo))
    memory.dead = { ...dead, looks: dead.looks + 1 };
  else memory.dead = { versionNo, since: now, looks: 1 };
}

/** A version as far as its age counts. Null: Vault does not say when it was made, so it counts as old. */
export interface Dated {
  readonly versionNo: number;
  readonly createdAt: number | null;
}

/**
 * Since when the version's value has been stored, as far as contents are known: age belongs to the value. A newer version that holds it too,
 * a claim in CURRENT among them, starts no clock anew.
 */
export function storedSince(memory: Memory, { versionNo, createdAt }: Dated): number {
  const holders = (memory.list?.versions ?? []).filter((version) => holdSame(memory, version.versionNo, versionNo));
  return Math.min(createdAt ?? 0, ...holders.map((version) => version.createdAt));
}

/** Stored within the landing bound, so that a refusal may come from a node that has not heard of it yet. */
export function isYoung({ settings }: Invocation, memory: Memory, version: Dated, asOf: number): boolean {
  return asOf - storedSince(memory, version) < settings.landingBoundSeconds * 1000;
}
