import { RotationError } from "../base/errors.ts";

/** Where somebody is told: over the web, or by mail. `text` is how it is kept and compared. */
export type Endpoint =
  | { readonly kind: "web"; readonly text: string; readonly url: URL }
  | { readonly kind: "mail"; readonly text: string; readonly address: string };

/** Metadata is small, and an endpoint is an address, not a document. */
const MOST_CHARACTERS = 500;
/** Local part and domain of RFC 5321 without quoting; `%` and `?` would be escapes and headers in a mailto address (RFC 6068). */
const MAIL = /^mailto:([A-Za-z0-9.!#$'*+/=^_`{|}~-]{1,64})@([A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?)$/i;

function invalid(what: string): RotationError {
  return new RotationError("SUBSCRIBER_INVALID", what);
}

function readMail(text: string): Endpoint {
  const [, local, domain] = MAIL.exec(text) ?? [];
  if (local === undefined || domain === undefined) {
    throw invalid("a mailto endpoint is one plain address, without subject or further recipients");
  }
  const address = `${local}@${domain.toLowerCase()}`;
  return { kind: "mail", text: `mailto:${address}`, address };
}

/**
 * Reads an endpoint as a subscriber names it: `http`, `https` or `mailto`, as Oracle's Credential Exchange Service takes them.
 * @throws RotationError SUBSCRIBER_INVALID, without the endpoint's text: it may hold what is not for everybody
 */
export function parseEndpoint(text: string): Endpoint {
  if (text.length > MOST_CHARACTERS) throw invalid(`the endpoint is longer than ${MOST_CHARACTERS} characters`);
  if (/[\s\p{Cc}]/u.test(text) || !URL.canParse(text)) throw invalid("the endpoint is not a URL");
  if (/^mailto:/i.test(text)) return readMail(text);
  const url = new URL(text);
  if (url.protocol !== "https:" && url.protocol !== "http:") {
    throw invalid("the endpoint must begin with http:, https: or mailto:");
  }
  if (url.username !== "" || url.password !== "") {
    throw invalid("the endpoint holds a user or a password, and whoever may see the secret's metadata would see them");
  }
  if (url.hash !== "") throw invalid("the endpoint has a fragment, which is never sent");
  // An empty fragment would be left in `href`, and make two subscribers of one.
  url.hash = "";
  if (url.href.length > MOST_CHARACTERS) throw invalid(`the endpoint is longer than ${MOST_CHARACTERS} characters`);
  return { kind: "web", text: url.href, url };
}

/** What an endpoint may be called where it is not to be seen whole: its host, `mail`, or `unreadable` for what is no endpoint. */
export function hostOf(text: string): string {
  try {
    const parsed = parseEndpoint(text);
    return parsed.kind === "web" ? parsed.url.host : "mail";
  } catch {
    return "unreadable";
  }
}

/**
 * An endpoint as an answer shows it: without path and query, which may hold what lets anybody post there. A mail address is whole, and
 * `unreadable` stands for what is no endpoint.
 */
export function withoutPath(text: string): string {
  try {
    const parsed = parseEndpoint(text);
    if (parsed.kind === "mail") return parsed.text;
    const { origin, pathname, search } = parsed.url;
    return pathname === "/" && search === "" ? `${origin}/` : `${origin}/…`;
  } catch {
    return "unreadable";
  }
}
