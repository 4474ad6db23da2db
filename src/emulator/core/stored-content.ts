import { asText, isObject, parseObject } from "./wire.ts";

interface ParsedContent {
  readonly clientId: string | undefined;
  readonly clientSecret: string | undefined;
  readonly kind: string | undefined;
}

const MAX_PARSED = 20_000;
const parsed = new Map<string, ParsedContent | undefined>();

/** The parsed content of a version. Contents never change, so each is parsed once; the cache is bounded. */
export function storedContent(base64: string): ParsedContent | undefined {
  if (parsed.has(base64)) return parsed.get(base64);
  const object = parseObject(Buffer.from(base64, "base64").toString("utf8"));
  const rotation = object?.["_rotation"];
  const content = object && {
    clientId: asText(object["clientId"]),
    clientSecret: asText(object["appSecret"]) ?? asText(object["clientSecret"]),
    kind: isObject(rotation) ? asText(rotation["kind"]) : undefined,
  };
  if (parsed.size >= MAX_PARSED) {
    parsed.clear();
  }
  parsed.set(base64, content);
  return content;
}
