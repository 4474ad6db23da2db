import { isObject, parseObject } from "../../src/emulator/core/wire.ts";
import type { StoredSecret } from "../../src/emulator/vault/state.ts";

/** What the checker reads from a version's content. */
export interface SeenContent {
  readonly clientId: string | null;
  readonly clientSecret: string | null;
  readonly isClaim: boolean;
}

const MAX_KEPT = 2_000;
const kept = new Map<string, SeenContent>();
const textOf = (value: unknown) => (typeof value === "string" ? value : null);

/** Reads a content in base64, as Vault keeps it. The same text is parsed once; the memory of it is bounded. */
export function seenContent(base64: string): SeenContent {
  const known = kept.get(base64);
  if (known !== undefined) return known;
  const object = parseObject(Buffer.from(base64, "base64").toString("utf8"));
  const rotation = object?.["_rotation"];
  const content: SeenContent = {
    clientId: textOf(object?.["clientId"]),
    clientSecret: textOf(object?.["appSecret"] ?? object?.["clientSecret"]),
    isClaim: isObject(rotation) && rotation["kind"] === "claim",
  };
  if (kept.size >= MAX_KEPT) kept.clear();
  kept.set(base64, content);
  return content;
}

const LANDING_BOUND_SECONDS = 60;
const MAX_DOUBLINGS = 6;

/** When the last of a secret's claims ends to belong to its writer, ms of the Unix epoch; 0: there is none. */
export function claimEndsAt(secret: StoredSecret, landingBoundSeconds: number = LANDING_BOUND_SECONDS): number {
  const ends = secret.versions.map(({ content, createdAt, deleted }) => {
    const rotation = parseObject(Buffer.from(content, "base64").toString("utf8"))?.["_rotation"];
    if (deleted || !isObject(rotation)) return 0;
    const life = Number(rotation["ttlSeconds"]) + landingBoundSeconds;
    return createdAt + life * 1000 * 2 ** Math.min(Number(rotation["takeovers"]), MAX_DOUBLINGS);
  });
  return Math.max(0, ...ends);
}
