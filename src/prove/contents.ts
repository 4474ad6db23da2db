import { isObject, parseObject } from "../emulator/wire.ts";

/** What the checker reads from a version's content. */
export interface SeenContent {
  readonly clientId: string | null;
  readonly clientSecret: string | null;
  readonly isClaim: boolean;
}

const MOST_KEPT = 2_000;
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
    clientSecret: textOf(object?.["appSecret"]),
    isClaim: isObject(rotation) && rotation["kind"] === "claim",
  };
  if (kept.size >= MOST_KEPT) kept.clear();
  kept.set(base64, content);
  return content;
}
