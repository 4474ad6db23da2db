import * as z from "zod/mini";
import { canonicalAddress, isSafeAddress } from "../../base/address.ts";
import { RotationError } from "../../base/errors.ts";
import { onFirstUse } from "../../base/on-first-use.ts";
import { Secret } from "../../base/secret.ts";
import { type Entry, EntryError, type Home, readEntry } from "./authority-entries.ts";
import type { Client } from "./client.ts";
import { requirePathPart } from "./content-members.ts";
import { issuerNamed } from "./index.ts";
import { type OutdatedAuthority, outdatedIn } from "./outdated-authority.ts";

/** The content of a second authority's secret: its client, where it logs in, and the clients that it may act for. */
export interface AuthorityContent extends Home {
  readonly clientId: string;
  /** Null: the usual one of its issuer. */
  readonly scope: string | null;
  readonly proof:
    | { readonly kind: "client-secret"; readonly clientSecret: Secret }
    | { readonly kind: "client-assertion"; readonly privateKey: Secret; readonly keyId: string };
  readonly mayRotate: readonly Entry[];
}

const text = () => z.string().check(z.minLength(1));
const common = () => ({
  issuer: z.string(),
  url: z.string(),
  realm: z.optional(text()),
  clientId: text(),
  tokenUrl: z.optional(z.string()),
  scope: z.optional(text()),
  mayRotate: z.array(z.unknown()),
});
const schema = onFirstUse(() =>
  z.discriminatedUnion("kind", [
    z.object({ ...common(), kind: z.literal("client-secret"), clientSecret: text() }),
    z.object({ ...common(), kind: z.literal("client-assertion"), privateKey: text(), keyId: text() }),
  ]),
);
type Parsed = z.infer<ReturnType<typeof schema>>;

function invalid(what: string): RotationError {
  return new RotationError(
    "CONTENT_INVALID",
    `a secret in OROT_AUTHORITY_SECRET_IDS ${what}`,
    "correct that secret's content; the documentation lists its members",
  );
}

function addressIn(text: string, member: string): string {
  const address = canonicalAddress(text);
  if (address === null) throw invalid(`has a ${member} that is no address such as https://issuer.example.org/path`);
  if (!isSafeAddress(address)) throw invalid(`has a ${member} that is not https`);
  return address;
}

function realmIn(realm: string): string {
  try {
    return requirePathPart("realm", realm);
  } catch {
    throw invalid("has no usable member realm");
  }
}

function homeOf({ issuer: name, url, realm, tokenUrl }: Parsed): Home {
  const issuer = issuerNamed(name);
  if (issuer === undefined) throw invalid("has no usable member issuer");
  const hasRealm = issuer.identifying.includes("realm");
  if (hasRealm !== (realm !== undefined)) {
    throw invalid(hasRealm ? "has no usable member realm" : "has a member realm, which this issuer knows nothing of");
  }
  return {
    issuer,
    address: {
      base: addressIn(url, "url"),
      realm: realm === undefined ? null : realmIn(realm),
      tokenUrl: tokenUrl === undefined ? null : addressIn(tokenUrl, "tokenUrl"),
    },
  };
}

function entriesOf(home: Home, listed: readonly unknown[]): Entry[] {
  return listed.map((entry, index) => {
    try {
      return readEntry(home, entry);
    } catch (thrown) {
      if (!(thrown instanceof EntryError)) throw thrown;
      throw invalid(`is not usable: entry ${index + 1} of mayRotate ${thrown.message}`);
    }
  });
}

/**
 * Reads the content of a second authority. One of an earlier edition is understood as far as it takes to say what to write in its place.
 * @throws RotationError CONTENT_INVALID naming the member, never its value
 */
export function parseAuthority(stored: Secret): AuthorityContent | OutdatedAuthority {
  let value: unknown;
  try {
    value = JSON.parse(stored.reveal());
  } catch {
    throw invalid("is not JSON");
  }
  const outdated = outdatedIn(value);
  if (outdated !== null) return outdated;
  const parsed = schema().safeParse(value);
  if (!parsed.success) {
    const member = String(parsed.error.issues[0]?.path[0] ?? "kind");
    throw invalid(`has no usable member ${/^[A-Za-z]{1,20}$/.test(member) ? member : "kind"}`);
  }
  const { data } = parsed;
  const home = homeOf(data);
  const proof =
    data.kind === "client-secret"
      ? { kind: data.kind, clientSecret: new Secret(data.clientSecret) }
      : { kind: data.kind, privateKey: new Secret(data.privateKey), keyId: data.keyId };
  return {
    ...home,
    clientId: data.clientId,
    scope: data.scope ?? null,
    proof,
    mayRotate: entriesOf(home, data.mayRotate),
  };
}

/** The authority itself as a client, by which its addresses are held to those that credentials may be sent to. */
export function ownClient({ issuer, address, clientId }: AuthorityContent): Client {
  return { issuer: issuer.name, ...address, tenant: null, clientId, subject: null };
}

/**
 * Whether a client is the authority itself, which knows neither subject nor tenant of itself. A rotation from another secret would leave the
 * authority's own with a dead value.
 */
export function isOwnClient(
  { issuer, address, clientId }: AuthorityContent,
  client: Pick<Client, "issuer" | "base" | "realm" | "clientId">,
): boolean {
  const isThere = client.issuer === issuer.name && client.base === address.base && client.realm === address.realm;
  return isThere && client.clientId === clientId;
}
