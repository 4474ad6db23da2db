import { type CallSecrets, collectingInto } from "./call-secrets.ts";
import { type LastNet, type Log, SECRET_MASKED } from "./log.ts";
import { isOwnWord } from "./own-words.ts";

const MASK = "[secret]";
/** Shorter values could be ordinary words. */
const SHORTEST = 16;
/** Number of leading characters under which a value is indexed. */
const HEAD = 8;
/** A call may write any number of lines. */
const MAX_HARMLESS = 1_000;
const OCID = /ocid1\.[A-Za-z0-9._-]+/g;

/** Base64 of a text at `offset` within a longer one, without the characters that depend on its neighbours. */
function base64At(text: string, offset: number): string {
  const bytes = Buffer.from(text);
  const encoded = Buffer.concat([Buffer.alloc(offset), bytes]).toString("base64");
  return encoded.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6));
}

/** All forms of a value in texts: in clear, in JSON, in a URL, in a form, and in both alphabets of base64 at every offset. */
function formsOf(value: string): ReadonlySet<string> {
  const encoded = [0, 1, 2].map((offset) => base64At(value, offset));
  return new Set([
    value,
    JSON.stringify(value).slice(1, -1),
    encodeURIComponent(Buffer.from(value).toString()),
    new URLSearchParams({ "": value }).toString().slice(1),
    ...encoded,
    ...encoded.map((text) => text.replaceAll("+", "-").replaceAll("/", "_")),
  ]);
}

const ESCAPED = /\\(?:u([0-9a-f]{4})|(.))/gi;
const PERCENT = /(?:%[0-9a-f]{2})+/gi;
const BASE64 = /[A-Za-z0-9+/_-]{21,}/g;

/** JSON's other letters stand for blanks, which no value has that is searched. */
const unescaped = (_all: string, hex: string | undefined, short: string) =>
  hex === undefined ? (short === "b" ? "\b" : short) : String.fromCharCode(Number.parseInt(hex, 16));
const unquoted = (run: string) => Buffer.from(run.replaceAll("%", ""), "hex").toString();

/** Decoded readings of a text. Most texts have none. Values are searched in clear in each of these, which is cheaper than encoding them. */
function* readingsOf(text: string): Generator<string> {
  yield* new Set([text, text.replace(ESCAPED, unescaped), text.replace(PERCENT, unquoted)]);
  for (const [run] of text.matchAll(BASE64)) {
    for (const offset of [0, 1, 2, 3]) yield Buffer.from(run.slice(offset), "base64").toString();
  }
}

function createLastNet({ values, ids }: CallSecrets): LastNet {
  /** Values are only ever added, and each is looked at once: a call for hundreds of secrets learns thousands. */
  const unlearnt = values.values();
  let learnt = 0;
  /** Forms by their first characters. */
  const byHead = new Map<string, string[]>();
  /** Cache of texts without known values, since each line of a call repeats its id, step and secret. */
  const harmless = new Set<string>();

  const learn = () => {
    if (learnt === values.size) return;
    harmless.clear();
    for (; learnt < values.size; learnt++) {
      const value = unlearnt.next().value ?? "";
      if (value.length < SHORTEST || /\s/.test(value)) continue;
      const head = value.slice(0, HEAD);
      const alike = byHead.get(head);
      if (alike === undefined) byHead.set(head, [value]);
      else alike.push(value);
    }
  };

  const isHarmless = (value: string, text: string) =>
    isOwnWord(value) || [...ids, ...Array.from(text.matchAll(OCID), String)].some((id) => id.includes(value));

  const foundIn = (text: string): ReadonlySet<string> => {
    const found = new Set<string>();
    if (ids.has(text)) return found;
    for (const reading of readingsOf(text)) {
      for (let at = 0; at + SHORTEST <= reading.length; at++) {
        for (const value of byHead.get(reading.slice(at, at + HEAD)) ?? []) {
          if (reading.startsWith(value, at) && !isHarmless(value, text)) found.add(value);
        }
      }
    }
    return found;
  };

  const masked = (text: string): string => {
    if (harmless.has(text)) return text;
    const forms = [...foundIn(text)].flatMap((value) => [...formsOf(value)]);
    if (forms.length === 0) {
      if (harmless.size < MAX_HARMLESS) harmless.add(text);
      return text;
    }
    // Longest first, since a value may be part of another.
    const clean = forms.sort((a, b) => b.length - a.length).reduce((left, form) => left.replaceAll(form, MASK), text);
    return clean === text ? MASK : clean;
  };

  const walk = (said: unknown, path: string, places: string[]): unknown => {
    if (typeof said === "string") {
      const clean = masked(said);
      if (clean !== said) places.push(path);
      return clean;
    }
    if (Array.isArray(said)) return said.map((item, index) => walk(item, `${path}[${index}]`, places));
    if (typeof said !== "object" || said === null) return said;
    const member = ([name, value]: [string, unknown]) => [
      name,
      walk(value, path === "" ? name : `${path}.${name}`, places),
    ];
    return Object.fromEntries(Object.entries(said).map(member));
  };

  return {
    cast<T>(said: T) {
      learn();
      const places: string[] = [];
      return { clean: walk(said, "", places) as T, places };
    },
  };
}

/** Runs one call with its own net. */
export function withNet<T>(call: (net: LastNet) => Promise<T>): Promise<T> {
  const secrets: CallSecrets = { values: new Set(), ids: new Set() };
  return collectingInto(secrets, () => call(createLastNet(secrets)));
}

/** The answer with known values masked. */
export function masked<T>(net: LastNet, log: Log, answer: T): T {
  const { clean, places } = net.cast(answer);
  if (places.length > 0) log.error(SECRET_MASKED, { in: "answer", places });
  return clean;
}
