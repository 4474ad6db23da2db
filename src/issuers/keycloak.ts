import * as z from "zod/mini";
import type { Content } from "../content.ts";
import { RotationError } from "../errors.ts";
import { Secret } from "../secret.ts";
import { type Answer, isTransient, json, noAnswer, oauthErrorOf, type Refusal } from "./answers.ts";
import { invalidMember, requiredBaseUrl, requiredClientId, requiredSecret, requiredText } from "./content-members.ts";
import type { Credential, Expiry, Install, Issuer, IssuerContext, Proof, Retire, Traits } from "./issuer.ts";
import { basicProof, requestToken, type TokenEndpoint } from "./token-request.ts";

const WHO = "the Keycloak realm";

const traits: Traits = {
  valueChosenBy: "caller",
  readBack: "no",
  overlap: "timed",
  authorities: ["client", "other-client"],
  repeatMint: "safe",
};

interface KeycloakContent {
  /** With `/auth` where the server has it. */
  readonly url: string;
  readonly realm: string;
  readonly clientId: string;
  readonly clientSecret: Secret;
}

const REALM = /^[^/?#\s]{1,255}$/;

function parse(content: Content): KeycloakContent {
  const realm = requiredText(content, "realm");
  if (!REALM.test(realm)) throw invalidMember("realm", "must be the name of a realm");
  return {
    url: requiredBaseUrl(content, "url"),
    realm,
    clientId: requiredClientId(content),
    clientSecret: requiredSecret(content, "clientSecret"),
  };
}

/** 401 `unauthorized_client` has several meanings, told apart by its description alone. */
function refusalOf(answer: Answer): Refusal {
  const refusal = answer.status === 401 ? oauthErrorOf(answer) : null;
  if (refusal?.error !== "unauthorized_client") return null;
  if (refusal.description === "Invalid client or Invalid client credentials") return "rejected";
  return refusal.description.startsWith("Client not enabled to retrieve service account") ? "secret-good" : null;
}

const clients = z.array(
  z.object({
    id: z.string().check(z.regex(/^[A-Za-z0-9-]{1,64}$/)),
    clientId: z.string(),
    clientAuthenticatorType: z.optional(z.string()),
    publicClient: z.optional(z.boolean()),
    authorizationServicesEnabled: z.optional(z.boolean()),
    attributes: z.optional(z.record(z.string(), z.string())),
  }),
);
type StoredClient = z.infer<typeof clients>[number];

const CREATED = "client.secret.creation.time";
const EXPIRES = "client.secret.expiration.time";
const ROTATED = "client.secret.rotated";
/** What a date of four digits a year can hold. */
const LAST_SECOND = 253_402_300_800;
/** A policy's usual expiration period, for a client whose creation time nobody noted. */
const DAYS_29 = 29 * 86_400;

/**
 * What one PUT carries beside the value: the old value as the rotated one, so that both log in for the grace, and a later expiry, without
 * which Keycloak would rotate by itself. Where no client policy rotates it drops them, and the old value dies at once.
 */
function attributesFor(
  stored: StoredClient,
  previous: Secret | null,
  nowSeconds: number,
  graceSeconds: number,
): Record<string, string> {
  const known = stored.attributes ?? {};
  const created = Number(known[CREATED] ?? 0);
  const expires = Number(known[EXPIRES] ?? 0);
  const period = created > 0 && expires > created ? expires - created : DAYS_29;
  const expiry = expires > 0 ? { [EXPIRES]: String(nowSeconds + period) } : {};
  if (previous === null || graceSeconds === 0) {
    // A PUT leaves the rotated value as it is; what is in the slot from before ends here.
    const ended = known[ROTATED] === undefined ? {} : { [`${ROTATED}.expiration.time`]: String(nowSeconds - 1) };
    return { [CREATED]: String(nowSeconds), ...expiry, ...ended };
  }
  return {
    [CREATED]: String(nowSeconds),
    ...expiry,
    [ROTATED]: previous.reveal(),
    [`${ROTATED}.creation.time`]: String(created > 0 ? created : nowSeconds),
    [`${ROTATED}.expiration.time`]: String(nowSeconds + graceSeconds),
  };
}

interface Refused {
  readonly outcome: "refused" | "proof-refused" | "unknown";
  readonly error: RotationError;
}

/** What a refusal of the admin API means; null: it is none. */
function refusalAt(answer: Answer, what: string): Refused | null {
  const { status } = answer;
  if (status >= 200 && status < 300) return null;
  if (isTransient(status) || status < 400) {
    return { outcome: "unknown", error: new RotationError("ISSUER_UNAVAILABLE", `${what} was answered ${status}`) };
  }
  if (status === 401) {
    const error = new RotationError("ISSUER_UNAVAILABLE", `the token was refused at ${what}`);
    return { outcome: "proof-refused", error };
  }
  if (status === 403) {
    const error = new RotationError(
      "ISSUER_FORBIDDEN",
      `${what} was refused with 403`,
      "give the service account the roles query-clients and manage-clients, or the permission to manage this client",
    );
    return { outcome: "proof-refused", error };
  }
  const error = new RotationError(
    "ISSUER_CONFIGURATION",
    `${what} was refused with ${status}`,
    "correct url, realm or clientId in the secret's content",
  );
  return { outcome: "refused", error };
}

function adminHeaders(proof: Extract<Proof, { kind: "bearer" }>): Record<string, string> {
  return {
    authorization: `Bearer ${proof.token.reveal()}`,
    "content-type": "application/json",
    accept: "application/json",
  };
}

/** The client as the realm stores it; the search is exact. */
async function find(
  { url, realm, clientId }: KeycloakContent,
  { http }: IssuerContext,
  proof: Extract<Proof, { kind: "bearer" }>,
): Promise<StoredClient | Refused> {
  const query = new URLSearchParams({ clientId }).toString();
  const address = `${url}/admin/realms/${encodeURIComponent(realm)}/clients?${query}`;
  const answer: Answer = await http.get(address, { headers: adminHeaders(proof) });
  const what = "looking the client up";
  const refusal = refusalAt(answer, what);
  if (refusal !== null) return refusal;
  const found = clients.safeParse(json(answer));
  if (!found.success) {
    return {
      outcome: "unknown",
      error: new RotationError("VERDICT_UNKNOWN", `the answer to ${what} could not be read`),
    };
  }
  const stored = found.data.find((candidate) => candidate.clientId === clientId);
  if (stored === undefined) {
    const error = new RotationError(
      "ISSUER_FORBIDDEN",
      "the realm shows no client with this clientId: it is unknown, or the service account may not view it",
      "correct realm or clientId in the secret's content, or give the service account the right to view the client",
    );
    return { outcome: "proof-refused", error };
  }
  if (stored.publicClient === true || (stored.clientAuthenticatorType ?? "client-secret") !== "client-secret") {
    const error = new RotationError(
      "ISSUER_CONFIGURATION",
      "the client does not log in by a client secret",
      "set its Client Authenticator to Client Id and Secret, or rotate nothing here",
    );
    return { outcome: "refused", error };
  }
  return stored;
}

/** `PUT /admin/realms/{realm}/clients/{uuid}` with the value and its attributes; sending it again changes nothing more. */
async function put(
  content: KeycloakContent,
  context: IssuerContext,
  proof: Proof,
  value: Secret,
  previous: Secret | null,
): Promise<Install> {
  if (proof.kind !== "bearer") {
    return { outcome: "refused", error: new RotationError("INTERNAL", "only a bearer token is taken here") };
  }
  try {
    const stored = await find(content, context, proof);
    if ("outcome" in stored) return stored;
    const nowSeconds = Math.floor(context.clock.now() / 1000);
    const graceSeconds = context.settings.graceHours * 3600;
    // A PUT leaves out what it does not name, but for this one member, which it would switch off.
    const { authorizationServicesEnabled } = stored;
    const body = {
      secret: value.reveal(),
      attributes: attributesFor(stored, previous, nowSeconds, graceSeconds),
      ...(authorizationServicesEnabled === undefined ? {} : { authorizationServicesEnabled }),
    };
    const address = `${content.url}/admin/realms/${encodeURIComponent(content.realm)}/clients/${stored.id}`;
    const answer: Answer = await context.httpAtOnce.put(address, JSON.stringify(body), {
      headers: adminHeaders(proof),
    });
    if (answer.status === 400) {
      const error = new RotationError("POLICY_REFUSED", "the realm's client policies refuse the chosen value");
      return { outcome: "policy-refused", error };
    }
    return refusalAt(answer, "setting the client secret") ?? { outcome: "installed" };
  } catch (thrown) {
    const { error, sent } = noAnswer(thrown, "the request to set the client secret", WHO);
    return { outcome: sent ? "unknown" : "refused", error };
  }
}

/** The client's own note of when its secret ends, by which the realm refuses it from then on. Seconds; 0 or absent: never. */
async function readExpiry(content: KeycloakContent, context: IssuerContext, proof: Proof): Promise<Expiry> {
  if (proof.kind !== "bearer") return { outcome: "unreadable" };
  try {
    const stored = await find(content, context, proof);
    if ("outcome" in stored) return { outcome: stored.outcome === "refused" ? "unreadable" : stored.outcome };
    const seconds = Number(stored.attributes?.[EXPIRES] ?? 0);
    const isTime = Number.isSafeInteger(seconds) && seconds > 0 && seconds < LAST_SECOND;
    return { outcome: "read", at: isTime ? seconds * 1000 : null };
  } catch {
    return { outcome: "unknown" };
  }
}

const slot = z.object({ value: z.string() });

/**
 * `DELETE .../client-secret/rotated`, and only where that slot holds the value that is to die: after a regenerate by somebody else it would
 * be CURRENT's.
 */
async function endRotated(
  content: KeycloakContent,
  context: IssuerContext,
  proof: Proof,
  older: Secret,
): Promise<Retire> {
  if (proof.kind !== "bearer") {
    return { outcome: "refused", error: new RotationError("INTERNAL", "only a bearer token is taken here") };
  }
  try {
    const stored = await find(content, context, proof);
    if ("outcome" in stored) return stored;
    const realm = `${content.url}/admin/realms/${encodeURIComponent(content.realm)}`;
    const address = `${realm}/clients/${stored.id}/client-secret/rotated`;
    const shown: Answer = await context.http.get(address, { headers: adminHeaders(proof) });
    if (shown.status === 404) return { outcome: "nothing-to-retire" };
    const refusal = refusalAt(shown, "reading the rotated secret");
    if (refusal !== null) return refusal;
    const held = slot.safeParse(json(shown));
    if (!held.success || !older.equals(new Secret(held.data.value))) {
      const what = "the rotated secret is another one than that of PREVIOUS, or is not shown";
      return {
        outcome: "refused",
        error: new RotationError("RETIRE_NOT_SAFE", what, "leave it to expire, or look at the realm"),
      };
    }
    const answer: Answer = await context.httpAtOnce.delete(address, { headers: adminHeaders(proof) });
    return refusalAt(answer, "deleting the rotated secret") ?? { outcome: "retired" };
  } catch (thrown) {
    const { error, sent } = noAnswer(thrown, "the request to delete the rotated secret", WHO);
    return { outcome: sent ? "unknown" : "refused", error };
  }
}

/** Each update by a registration access token replaces it and the secret in one answer, which may be lost: see docs/adr/0009. */
function refuseRegistration(content: Content): void {
  if (!content.has("registrationAccessToken")) return;
  throw new RotationError(
    "ISSUER_CONFIGURATION",
    "rotating by a registration access token is not safe: a lost answer would lose the new secret and the new token together",
    "take registrationAccessToken out of the secret's content, and let the service account or a second authority set the secret",
  );
}

/** 48 bytes make 64 characters, all of them safe in a Basic header however it is decoded. */
const CHOSEN_BYTES = 48;

/** Where and how clients of a realm log in. @param url of the server, with `/auth` where it has that */
export function keycloakLogin(
  url: string,
  realm: string,
): Pick<Credential, "assertionAudience" | "proofOfClient"> & { readonly tokenEndpoint: TokenEndpoint } {
  const issuerUrl = `${url}/realms/${encodeURIComponent(realm)}`;
  const tokenEndpoint = { url: `${issuerUrl}/protocol/openid-connect/token`, scope: null, who: WHO, refusalOf };
  return { tokenEndpoint, assertionAudience: issuerUrl, proofOfClient: basicProof };
}

/**
 * Keycloak: the value is ours, stored before it is installed by the admin API. Under a client policy that rotates secrets the old value works
 * beside it for the grace; without one it dies at once. Source: Keycloak admin REST API, clients.
 */
export const keycloak: Issuer = {
  name: "keycloak",
  open(content, context): Credential {
    const parsed = parse(content);
    const { url, realm, clientId, clientSecret } = parsed;
    const place = keycloakLogin(url, realm);
    const { tokenEndpoint } = place;
    return {
      issuer: keycloak.name,
      traits,
      origin: new URL(url).origin,
      clientId,
      clientSecret,
      subjectId: clientId,
      rotatedMember: "clientSecret",
      ...place,
      preflight: async () => refuseRegistration(content),
      login: () => requestToken(tokenEndpoint, basicProof(clientId, clientSecret.reveal()), context),
      mint: () => {
        const error = new RotationError("INTERNAL", "this issuer is given its values");
        return Promise.resolve({ outcome: "refused", error });
      },
      install: (proof, value, keepsCurrent) => put(parsed, context, proof, value, keepsCurrent ? clientSecret : null),
      generate: (entropy) => new Secret(Buffer.from(entropy.bytes(CHOSEN_BYTES)).toString("base64url")),
      readBack: () => Promise.resolve({ outcome: "not-readable", isProofAlive: true }),
      retire: (proof, older) => endRotated(parsed, context, proof, older),
      readExpiry: (proof) => readExpiry(parsed, context, proof),
    };
  },
};
