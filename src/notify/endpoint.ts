import { RotationError } from "../base/errors.ts";

/** The address of a subscriber: on the web, or by mail. `text` is the form in which it is recorded and compared. */
export type Endpoint =
  | { readonly kind: "web"; readonly text: string; readonly url: URL }
  | { readonly kind: "mail"; readonly text: string; readonly address: string };

/** Metadata is small, and an endpoint is an address, not a document. */
const MAX_CHARACTERS = 500;
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
 * Parses a subscriber's endpoint: `http`, `https` or `mailto`, as Oracle's Credential Exchange Service takes them.
 * @throws RotationError SUBSCRIBER_INVALID, without the endpoint's text, which may be confidential
 */
export function parseEndpoint(text: string): Endpoint {
  if (text.length > MAX_CHARACTERS) throw invalid(`the endpoint is longer than ${MAX_CHARACTERS} characters`);
  if (/[\s\p{Cc}]/u.test(text) || !URL.canParse(text)) throw invalid("the endpoint is not a URL");
  if (/^mailto:/i.test(text)) return readMail(text);
  const url = new URL(text);
  if (url.protocol !== "https:" && url.protocol !== "http:") {
    throw invalid("the endpoint must begin with http:, https: or mailto:");
  }
  if (url.username !== "" || url.password !== "") {
    throw invalid(
      "the endpoint holds a user or a password, and anyone who may read the secret's metadata would see them",
    );
  }
  if (url.hash !== "") throw invalid("the endpoint has a fragment, which is never sent");
  // An empty fragment would stay in `href`, so that one subscriber could register twice.
  url.hash = "";
  if (url.href.length > MAX_CHARACTERS) throw invalid(`the endpoint is longer than ${MAX_CHARACTERS} characters`);
  return { kind: "web", text: url.href, url };
}

/** An endpoint's short name for places that must not show it whole: its host, `mail`, or `unreadable` for anything else. */
export function hostOf(text: string): string {
  try {
    const parsed = parseEndpoint(text);
    return parsed.kind === "web" ? parsed.url.host : "mail";
  } catch {
    return "unreadable";
  }
}

/**
 * An endpoint as an answer shows it: without path and query, since anyone who knows them may be able to post there. A mail address is shown
 * whole. `unreadable` stands for anything else.
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
