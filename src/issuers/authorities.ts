import { importPKCS8, SignJWT } from "jose";
import { noteValue } from "../call-secrets.ts";
import type { Entropy } from "../entropy.ts";
import { AuthorityError, asRotationError, RotationError } from "../errors.ts";
import { countedAs } from "../http/issuer-http.ts";
import type { OciSigner } from "../http/oci-http-client.ts";
import type { Log } from "../log.ts";
import type { Secret } from "../secret.ts";
import type { Settings } from "../settings.ts";
import { type AuthorityContent, parseAuthority } from "./authority-content.ts";
import { rateKey } from "./client.ts";
import type { Authority, Credential, IssuerContext } from "./issuer.ts";
import { type ProofOfClient, requestToken } from "./token-request.ts";

/** What is needed beyond an issuer's own context to speak as somebody else. */
export interface AuthorityContext extends Pick<IssuerContext, "http" | "clock"> {
  readonly entropy: Entropy;
  readonly settings: Pick<Settings, "authoritySecretIds" | "resourcePrincipalApps">;
  readonly log: Log;
  /** The function's resource principal. */
  readonly signer: OciSigner;
  /** CURRENT of another Vault secret. Throws RotationError as SecretStore does. */
  readonly readSecretText: (secretId: string) => Promise<Secret>;
}

const ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const ASSERTION_LIFE_SECONDS = 120;

/** A client assertion (RFC 7523, section 2.2), signed with RS256. Only its SHA is sent: the private key stays here. */
async function assertionProof(
  { clientId }: AuthorityContent,
  key: { readonly privateKey: Secret; readonly keyId: string },
  audience: string,
  { clock, entropy }: Pick<AuthorityContext, "clock" | "entropy">,
): Promise<ProofOfClient> {
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

/** How an issuer takes a login. */
export type LoginPlace = Pick<Credential, "client" | "tokenEndpoint" | "assertionAudience" | "proofOfClient">;

/** One who may be asked for, from the content of its own secret. Whether it may speak for a client is the caller's question. */
export function authorityOf(
  content: AuthorityContent,
  name: string,
  { client, tokenEndpoint, assertionAudience, proofOfClient }: LoginPlace,
  context: Pick<AuthorityContext, "http" | "clock" | "entropy">,
): Authority {
  const prove: Authority["prove"] = async () => {
    const { proof } = content;
    let shown: ProofOfClient;
    try {
      shown =
        proof.kind === "client-secret"
          ? proofOfClient(content.clientId, proof.clientSecret.reveal())
          : await assertionProof(content, proof, assertionAudience, context);
    } catch {
      const what = "the privateKey of a second authority is no PKCS#8 key for RS256";
      return { verdict: "unknown", error: new RotationError("CONTENT_INVALID", what) };
    }
    const url = content.tokenUrl ?? tokenEndpoint.url;
    // Where the credential goes is for its own secret to say: the rotated secret may only lead to paths at the origin that is named there.
    if (content.tokenUrl === null && new URL(url).origin !== content.origin) {
      const what = "a second authority's secret must name the tokenUrl, which has another origin than the issuer";
      return { verdict: "unknown", error: new RotationError("CONTENT_INVALID", what) };
    }
    const endpoint = {
      ...tokenEndpoint,
      url,
      scope: content.scope ?? tokenEndpoint.scope,
    };
    const http = countedAs(context.http, rateKey(client));
    const login = await requestToken(endpoint, shown, { ...context, http });
    if (login.verdict !== "accepted") return login;
    if (login.token === null) {
      const what = "a second authority may not ask for tokens with the client credentials grant";
      return { verdict: "unknown", error: new RotationError("ISSUER_CONFIGURATION", what) };
    }
    return { verdict: "accepted", proof: { kind: "bearer", client, by: "authority", token: login.token.value } };
  };
  return { name, prove };
}

function mayRotate(content: AuthorityContent, { client }: Credential): boolean {
  const { issuer, base, clientId, subject } = client;
  if (content.issuer !== issuer) return false;
  const subjectId = (subject ?? clientId).replace("apiClients/", "");
  const { origin } = new URL(base);
  const isNamed = content.mayRotate.some((id) => id === "*" || id.toLowerCase() === subjectId.toLowerCase());
  return content.origin === origin && isNamed;
}

const UNREAD_NEXT_ACTION =
  "let the function read that secret, or take its OCID out of OROT_AUTHORITY_SECRET_IDS, and run heal; with nobody else left to ask, regenerate in the issuer's console, store the value as PENDING and run heal";

/** One whose own secret could not be read: it is asked for once more before anybody is called locked out. */
function unreadAuthority(secretId: string, name: string, credential: Credential, context: AuthorityContext): Authority {
  const prove: Authority["prove"] = async () => {
    try {
      const content = parseAuthority(await context.readSecretText(secretId));
      return mayRotate(content, credential)
        ? await authorityOf(content, name, credential, context).prove()
        : { verdict: "rejected" };
    } catch (thrown) {
      const { code, message, nextAction } = asRotationError(thrown);
      if (code === "CONTENT_INVALID") return { verdict: "rejected" };
      const what = `the second authority in ${name} could not be read: ${message}`;
      return {
        verdict: "unknown",
        error: new AuthorityError(code, what, code === "VAULT_UNAVAILABLE" ? nextAction : UNREAD_NEXT_ACTION),
      };
    }
  };
  return { name, isUnread: true, prove };
}

/**
 * The second authorities that may be used for this client: those whose own secret names its origin and id, and the function's resource
 * principal where the settings name that pair. The rotated secret has no say in it. One whose content cannot be understood is left out with
 * a warning; one that could not be read comes last, and is read again when nobody else is left. Throws RotationError VAULT_UNAVAILABLE where Vault cannot be asked now.
 */
export async function authoritiesFor(credential: Credential, context: AuthorityContext): Promise<readonly Authority[]> {
  const { settings, log, signer } = context;
  const authorities: Authority[] = [];
  const unread: Authority[] = [];
  for (const secretId of settings.authoritySecretIds ?? []) {
    const name = `secret ${secretId.slice(-8)}`;
    try {
      const content = parseAuthority(await context.readSecretText(secretId));
      if (mayRotate(content, credential)) authorities.push(authorityOf(content, name, credential, context));
    } catch (thrown) {
      const { code, returnMessage } = asRotationError(thrown);
      if (code === "VAULT_UNAVAILABLE") throw thrown;
      log.warn("authority-unusable", { authority: name, outcome: code, message: returnMessage });
      if (code !== "CONTENT_INVALID") unread.push(unreadAuthority(secretId, name, credential, context));
    }
  }
  const isListed = (settings.resourcePrincipalApps ?? []).some(
    ({ origin, appId }) => origin === credential.client.base && appId === credential.client.subject,
  );
  if (isListed) {
    const prove: Authority["prove"] = () =>
      Promise.resolve({
        verdict: "accepted",
        proof: { kind: "signature", client: credential.client, by: "authority", signer },
      });
    authorities.push({ name: "resource principal", prove });
  }
  return [...authorities, ...unread];
}
