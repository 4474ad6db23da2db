/** How a client shows who it is. */
export type ClientKind =
  /** A client secret. */
  | "secret"
  /** A private key, with an assertion that it signs. */
  | "key"
  /** A certificate, in TLS. */
  | "certificate"
  /** A token of another issuer. */
  | "federated"
  /** Nothing: anyone may use its id. */
  | "public"
  /** It never logs in; it only checks tokens. */
  | "bearer-only"
  /** It speaks no OAuth. */
  | "saml";

/** When the client secret ends by itself, in milliseconds since the epoch; `never`: this issuer ends none; null: not told. */
export type Ends = number | "never" | null;

/**
 * A client as its issuer lists it. Nothing here is secret: what lists hold besides is dropped where they are read. Null always means that
 * the issuer does not tell. Times are milliseconds since the epoch.
 */
export interface ListedClient {
  /** Null: the list names none (Ed-Fi CMS before 0.7). */
  readonly clientId: string | null;
  /** The object that is changed, if it has another id than the client: an App's id, `apiClients/7`, `applications/3`. */
  readonly subject: string | null;
  readonly name: string | null;
  readonly kind: ClientKind | null;
  readonly isEnabled: boolean | null;
  /** The issuer's own, or one of its platform's. */
  readonly isBuiltIn: boolean;
  readonly owner: string | null;
  readonly contact: string | null;
  readonly madeAt: number | null;
  /** When anything of the client was last changed. It says nothing about the age of the secret. */
  readonly changedAt: number | null;
  /** When the issuer made the client secret. It may be older than the value if somebody set one since. */
  readonly secretMadeAt: number | null;
  readonly endsAt: Ends;
  /** Whether who reads the list may also change this client. */
  readonly mayChange: boolean | null;
}

/** All clients of one realm, zone, tenant or domain. */
export interface ClientList {
  readonly clients: readonly ListedClient[];
  /** False: the list moved while it was read, three times. A client may be missing. */
  readonly isComplete: boolean;
}

/** Reads of the issuer's administration API. */
export interface AdminReader {
  /**
   * GET, with the rights of who reads. Only these statuses return; anything else throws.
   * @param what in words, for errors: "the list of clients"
   * @param also statuses besides 200 that the caller understands
   * @throws RotationError ISSUER_FORBIDDEN, ISSUER_UNAVAILABLE, ISSUER_CONFIGURATION, SECRET_REJECTED
   */
  get(
    url: string,
    what: string,
    also?: readonly number[],
  ): Promise<{ readonly status: number; readonly body: unknown }>;
  /** The same reads with another header, such as the tenant. */
  with(headers: Readonly<Record<string, string>>): AdminReader;
}

/** A page by its offset. */
export type ReadPage<T> = (offset: number, limit: number) => Promise<readonly T[]>;

const MOST_READINGS = 3;
/** More than any issuer of these has; a server that never ends its list is not read for ever. */
const MOST_CLIENTS = 100_000;

/**
 * A whole list that is paged by offsets. A deletion between two pages moves what follows, and a client would be skipped. So each page begins
 * with the last one of the page before, and the list is read again where it is another.
 */
export async function readByOffset<T>(
  readPage: ReadPage<T>,
  idOf: (one: T) => string,
  limit: number,
): Promise<{ readonly all: readonly T[]; readonly isComplete: boolean }> {
  let all = new Map<string, T>();
  for (let reading = 1; reading <= MOST_READINGS; reading++) {
    all = new Map();
    if (await readOnce(readPage, idOf, limit, all)) return { all: [...all.values()], isComplete: true };
  }
  return { all: [...all.values()], isComplete: false };
}

async function readOnce<T>(
  readPage: ReadPage<T>,
  idOf: (one: T) => string,
  limit: number,
  all: Map<string, T>,
): Promise<boolean> {
  let last: string | null = null;
  while (all.size < MOST_CLIENTS) {
    const offset: number = last === null ? 0 : all.size - 1;
    const page = await readPage(offset, limit);
    const [first] = page;
    if (last !== null && (first === undefined || idOf(first) !== last)) return false;
    const before = all.size;
    for (const one of page) all.set(idOf(one), one);
    // A server may cut the page further than it was asked to, so only a page without anything new ends the list.
    if (all.size === before) return true;
    last = [...all.keys()].at(-1) ?? null;
  }
  return false;
}

/** Text that says something; null: absent, empty, or not text. */
export const textOf = (value: unknown): string | null =>
  typeof value === "string" && value.trim() !== "" ? value : null;

/** Milliseconds since the epoch of an RFC 3339 time; null: none that can be read. */
export function timeOf(value: unknown): number | null {
  const at = typeof value === "string" ? Date.parse(value) : Number.NaN;
  return Number.isFinite(at) ? at : null;
}
