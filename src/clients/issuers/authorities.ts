import { noteValue } from "../../base/call-secrets.ts";
import type { Entropy } from "../../base/entropy.ts";
import { AuthorityError, asRotationError, RotationError } from "../../base/errors.ts";
import type { Log } from "../../base/log.ts";
import type { Place } from "../../base/place.ts";
import type { Secret } from "../../base/secret.ts";
import type { Settings } from "../../base/settings/settings.ts";
import type { OciSigner } from "../http/oci-http-client.ts";
import { type AuthorityContent, ownClient, parseAuthority } from "./authority-content.ts";
import { fits } from "./authority-entries.ts";
import { type Client, isSameClient, rateKey } from "./client.ts";
import type { Authority, IssuerContext } from "./issuer.ts";
import { requireAdmitted } from "./origins.ts";
import { hasNamed, outdatedError } from "./outdated-authority.ts";
import { type ClientAuth, requestToken } from "./token-request.ts";

/** What an authority needs besides an issuer's own context, to act for another client. */
export interface AuthorityContext extends Pick<IssuerContext, "http" | "clock"> {
  readonly entropy: Entropy;
  readonly settings: Pick<Settings, "authoritySecretIds" | "resourcePrincipalApps" | "issuerOrigins" | "issuerAliases">;
  readonly log: Log;
  /** The function's resource principal. */
  readonly signer: OciSigner;
  /** CURRENT of another Vault secret. Throws RotationError as SecretStore does. */
  readonly readSecretText: (secretId: string) => Promise<Secret>;
}

/** The client that needs an authority: CURRENT's, and the secret that holds it. */
export interface Bound {
  readonly client: Client;
  readonly place: Place;
}

const ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const ASSERTION_LIFE_SECONDS = 120;

/** A client assertion (RFC 7523, section 2.2), signed with RS256. Only its SHA is sent: the private key stays here. */
async function assertionProof(
  { clientId }: AuthorityContent,
  key: { readonly privateKey: Secret; readonly keyId: string },
  audience: string,
  { clock, entropy }: Pick<AuthorityContext, "clock" | "entropy">,
): Promise<ClientAuth> {
  // Few authorities prove themselves so: it is loaded for them alone.
  const { importPKCS8, SignJWT } = await import("jose");
  const now = Math.floor(clock.now() / 1000);
  const assertion = await new SignJWT()
    .setProtectedHeader({ alg: "RS256", typ: "JWT", kid: key.keyId })
    .setIssuer(clientId)
    .setSubject(clientId)
    .setAudience(audience)
    .setIssuedAt(now)
    .setExpirationTime(now + ASSERTION_LIFE_SECONDS)
    .setJti(entropy.uuid())
    .sign(await importPKCS8(key.privateKey.reveal(), "RS256"));
  noteValue(assertion);
  return {
    headers: {},
    form: { client_id: clientId, client_assertion_type: ASSERTION_TYPE, client_assertion: assertion },
  };
}

/**
 * An authority for this client, from the content of its own secret. The caller checks whether it may act for the
 * client.
 */
export function authorityOf(
  content: AuthorityContent,
  name: string,
  client: Client,
  context: Pick<AuthorityContext, "http" | "clock" | "entropy">,
): Authority {
  // Only its own content says where it logs in and for which audience it signs.
  const { tokenEndpoint, assertionAudience, clientAuth } = content.issuer.loginAt(content.address);
  const prove: Authority["prove"] = async () => {
    const { proof: authorization } = content;
    let shown: ClientAuth;
    try {
      shown =
        authorization.kind === "client-secret"
          ? clientAuth(content.clientId, authorization.clientSecret.reveal())
          : await assertionProof(content, authorization, assertionAudience, context);
    } catch (thrown) {
      if (thrown instanceof RotationError) return { verdict: "unknown", error: thrown };
      const what = "the privateKey of a second authority is no PKCS#8 key for RS256";
      return { verdict: "unknown", error: new RotationError("CONTENT_INVALID", what) };
    }
    const endpoint = { ...tokenEndpoint, scope: content.scope ?? tokenEndpoint.scope };
    const http = context.http.countedAs(rateKey(ownClient(content)));
    const login = await requestToken(endpoint, shown, { ...context, http });
    if (login.verdict !== "accepted") return login;
    if (login.token === null) {
      const what = "the issuer gives a second authority no token, although its secret is right";
      return { verdict: "unknown", error: new RotationError("ISSUER_CONFIGURATION", what) };
    }
    const { url: tokenUrl } = tokenEndpoint;
    return {
      verdict: "accepted",
      authorization: { kind: "bearer", client, by: "authority", token: login.token.value, tokenUrl },
    };
  };
  return { name, prove };
}

function requireAuthorityAdmitted(content: AuthorityContent, name: string, origins: readonly string[] | null): void {
  try {
    requireAdmitted(ownClient(content), origins);
  } catch (thrown) {
    const { code, message, nextAction } = asRotationError(thrown);
    throw new AuthorityError(code, `the second authority in ${name} is not asked: ${message}`, nextAction);
  }
}

/**
 * The authority that a secret's text describes, if it may act for this client; null: it may not.
 * @throws RotationError CONTENT_INVALID; ORIGIN_NOT_ALLOWED if it would log in at an address that is not admitted
 */
function boundAuthority(
  text: Secret,
  name: string,
  { client, place }: Bound,
  context: AuthorityContext,
): Authority | null {
  const { issuerOrigins, issuerAliases } = context.settings;
  const content = parseAuthority(text);
  if ("isOutdated" in content) {
    if (!hasNamed(content, client)) return null;
    throw outdatedError(content, name, { client, secretId: place.secretId });
  }
  if (!content.mayRotate.some((entry) => fits(content, entry, client, place, issuerAliases ?? []))) return null;
  requireAuthorityAdmitted(content, name, issuerOrigins);
  return authorityOf(content, name, client, context);
}

const UNREAD_NEXT_ACTION =
  "let the function read that secret, or take its OCID out of OROT_AUTHORITY_SECRET_IDS, and run heal; if no other authority is left, regenerate in the issuer's console, store the value as PENDING and run heal";

/** Content that cannot be understood: it is left out, since nothing says that it is for this client. */
function isNoAuthority(error: RotationError): boolean {
  return error.code === "CONTENT_INVALID" && !(error instanceof AuthorityError);
}

/** The next action for an operator when no authority is left to ask. */
function unreadError(error: RotationError, name: string): RotationError {
  if (error instanceof AuthorityError) return error;
  const { code, message, nextAction } = error;
  const what = `the second authority in ${name} could not be read: ${message}`;
  return new AuthorityError(code, what, code === "VAULT_UNAVAILABLE" ? nextAction : UNREAD_NEXT_ACTION);
}

/**
 * An authority whose own secret could not be read or used. It is tried once more before the client counts as locked
 * out.
 */
function unreadAuthority(secretId: string, name: string, bound: Bound, context: AuthorityContext): Authority {
  const prove: Authority["prove"] = async () => {
    try {
      const authority = boundAuthority(await context.readSecretText(secretId), name, bound, context);
      return authority === null ? { verdict: "rejected" } : await authority.prove();
    } catch (thrown) {
      const error = asRotationError(thrown);
      return isNoAuthority(error) ? { verdict: "rejected" } : { verdict: "unknown", error: unreadError(error, name) };
    }
  };
  return { name, isUnread: true, prove };
}

/** The function's own principal, if the settings name this client and this secret. */
function resourcePrincipal({ client, place }: Bound, { settings, signer }: AuthorityContext): Authority[] {
  const isListed = (settings.resourcePrincipalApps ?? []).some(
    (listed) => listed.secretId === place.secretId && isSameClient(listed.client, client, settings.issuerAliases ?? []),
  );
  const authorization = { kind: "signature", client, by: "authority", signer } as const;
  return isListed
    ? [{ name: "resource principal", prove: () => Promise.resolve({ verdict: "accepted", authorization }) }]
    : [];
}

/**
 * The second authorities for this client of the secret at this place: those whose own secret binds the two, and the
 * function's resource principal if the settings do. The rotated secret's content has no influence. An authority that
 * could not be read or used comes last, with a warning, and is read again when no other is left. Throws RotationError
 * VAULT_UNAVAILABLE if Vault cannot be asked now.
 */
export async function authoritiesFor(bound: Bound, context: AuthorityContext): Promise<readonly Authority[]> {
  const { settings, log } = context;
  const authorities: Authority[] = [];
  const unread: Authority[] = [];
  for (const secretId of settings.authoritySecretIds ?? []) {
    const name = `secret ${secretId.slice(-8)}`;
    try {
      const authority = boundAuthority(await context.readSecretText(secretId), name, bound, context);
      if (authority !== null) authorities.push(authority);
    } catch (thrown) {
      const error = asRotationError(thrown);
      const { code, returnMessage } = error;
      if (code === "VAULT_UNAVAILABLE") throw thrown;
      log.warn("authority-unusable", { authority: name, outcome: code, message: returnMessage });
      if (!isNoAuthority(error)) unread.push(unreadAuthority(secretId, name, bound, context));
    }
  }
  return [...authorities, ...resourcePrincipal(bound, context), ...unread];
}
