import * as z from "zod/mini";
import { RotationError } from "../errors.ts";
import { isSafeOrigin } from "../origin.ts";
import { Secret } from "../secret.ts";

/** What the secret of a second authority says: who it is, where it may be used, and for whom. */
export interface AuthorityContent {
  /** By its name: an issuer's authority is none at another kind of issuer. */
  readonly issuer: string;
  readonly origin: string;
  readonly clientId: string;
  /** Null: the issuer's token endpoint, if it lies on `origin`. */
  readonly tokenUrl: string | null;
  readonly scope: string | null;
  readonly proof:
    | { readonly kind: "client-secret"; readonly clientSecret: Secret }
    | { readonly kind: "client-assertion"; readonly privateKey: Secret; readonly keyId: string };
  /** Ids of the clients for which it may be used; `*`: every one at its origin. */
  readonly mayRotate: readonly string[];
}

const text = z.string().check(z.minLength(1));
const common = {
  issuer: z.string().check(z.regex(/^[a-z][a-z-]{1,30}$/)),
  origin: z.string().check(z.refine(isSafeOrigin)),
  clientId: text,
  tokenUrl: z.optional(z.url()),
  scope: z.optional(text),
  mayRotate: z.array(text),
};
const schema = z.discriminatedUnion("kind", [
  z.object({ ...common, kind: z.literal("client-secret"), clientSecret: text }),
  z.object({ ...common, kind: z.literal("client-assertion"), privateKey: text, keyId: text }),
]);

function invalid(what: string): RotationError {
  return new RotationError(
    "CONTENT_INVALID",
    `a secret in OROT_AUTHORITY_SECRET_IDS ${what}`,
    "correct that secret's content; the documentation lists its members",
  );
}

/** @throws RotationError CONTENT_INVALID naming the member, never its value */
export function parseAuthority(stored: Secret): AuthorityContent {
  let value: unknown;
  try {
    value = JSON.parse(stored.reveal());
  } catch {
    throw invalid("is not JSON");
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) {
    const member = String(parsed.error.issues[0]?.path[0] ?? "kind");
    throw invalid(`has no usable member ${/^[A-Za-z]{1,20}$/.test(member) ? member : "kind"}`);
  }
  const { data } = parsed;
  const origin = new URL(data.origin).origin;
  const tokenUrl = data.tokenUrl ?? null;
  if (tokenUrl !== null && !isSafeOrigin(new URL(tokenUrl).origin)) throw invalid("has a tokenUrl that is not https");
  const proof =
    data.kind === "client-secret"
      ? { kind: data.kind, clientSecret: new Secret(data.clientSecret) }
      : { kind: data.kind, privateKey: new Secret(data.privateKey), keyId: data.keyId };
  return {
    issuer: data.issuer,
    origin,
    clientId: data.clientId,
    tokenUrl,
    scope: data.scope ?? null,
    proof,
    mayRotate: data.mayRotate,
  };
}
