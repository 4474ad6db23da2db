import * as z from "zod/mini";
import { RotationError } from "../../base/errors.ts";
import { onFirstUse } from "../../base/on-first-use.ts";
import { Secret } from "../../base/secret.ts";
import type { Client } from "./client.ts";
import type { Authorization, Expiry, IssuerContext } from "./issuer.ts";
import { type IssuerResponse, isSuccess, isTransient, json, noResponse } from "./responses.ts";

/** A client of a realm. */
export type RealmClient = Client & { readonly realm: string };

/** Where the admin API has the realm. */
export function adminRealm({ base, realm }: RealmClient): string {
  return `${base}/admin/realms/${encodeURIComponent(realm)}`;
}

const clients = onFirstUse(() =>
  z.array(
    z.object({
      id: z.string().check(z.regex(/^[A-Za-z0-9-]{1,64}$/)),
      clientId: z.string(),
      secret: z.optional(z.nullable(z.string())),
      clientAuthenticatorType: z.optional(z.string()),
      publicClient: z.optional(z.boolean()),
      protocol: z.optional(z.string()),
      authorizationServicesEnabled: z.optional(z.boolean()),
      attributes: z.optional(z.record(z.string(), z.string())),
    }),
  ),
);
/** A client as the realm stores it, as far as it matters here. */
export type StoredClient = z.infer<ReturnType<typeof clients>>[number];

/** A secret that stands in the realm's own vault; its place in the client holds this (Source: Keycloak, Using a vault to obtain secrets). */
const VAULT_REFERENCE = /^\$\{vault\..+?\}$/;

/**
 * A field that holds a reference is not ours to write: plain text in its place would take the secret out of the realm's vault.
 * @param shown as the admin API shows the client secret; masked or absent, it tells nothing
 */
export function vaultObstacle(shown: string | null | undefined): RotationError | null {
  if (!VAULT_REFERENCE.test(shown ?? "")) return null;
  return new RotationError(
    "ISSUER_CONFIGURATION",
    "the client takes its secret from Keycloak's own vault: its Client Secret holds a reference, which a new value would overwrite",
    "rotate the value in Keycloak's vault by that vault's own means, or give the client a plain secret and store it in the secret's content",
  );
}

/** Seconds since the epoch, as text; 0 or absent: the secret never ends. */
export const EXPIRES = "client.secret.expiration.time";
/** The older value, while a client policy lets it work beside the new one. */
export const ROTATED = "client.secret.rotated";
/** What a date of four digits a year can hold. */
const LAST_SECOND = 253_402_300_800;

/** The admin API did not do it. */
export interface Refused {
  readonly outcome: "refused" | "proof-refused" | "unknown";
  readonly error: RotationError;
}

/** What a refusal of the admin API means; null: it is none. */
export function refusalAt(response: IssuerResponse, what: string): Refused | null {
  const { status } = response;
  if (isSuccess(status)) return null;
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

export function adminHeaders(proof: Extract<Authorization, { kind: "bearer" }>): Record<string, string> {
  return {
    authorization: `Bearer ${proof.token.reveal()}`,
    "content-type": "application/json",
    accept: "application/json",
  };
}

/** Whether a client logs in by its secret. One that speaks SAML holds a secret too, which nobody logs in with. */
export function usesSecret({
  publicClient,
  protocol,
  clientAuthenticatorType = "client-secret",
}: Pick<StoredClient, "publicClient" | "protocol" | "clientAuthenticatorType">): boolean {
  return publicClient !== true && protocol !== "saml" && clientAuthenticatorType === "client-secret";
}

/** The client as the realm stores it; the search is exact. */
export async function find(
  client: RealmClient,
  { http }: IssuerContext,
  proof: Extract<Authorization, { kind: "bearer" }>,
): Promise<StoredClient | Refused> {
  const { clientId } = client;
  const query = new URLSearchParams({ clientId }).toString();
  const address = `${adminRealm(client)}/clients?${query}`;
  const response: IssuerResponse = await http.get(address, { headers: adminHeaders(proof) });
  const what = "looking the client up";
  const refusal = refusalAt(response, what);
  if (refusal !== null) return refusal;
  const found = clients().safeParse(json(response));
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
  if (!usesSecret(stored)) {
    const error = new RotationError(
      "ISSUER_CONFIGURATION",
      "the client does not log in by a client secret",
      "set its Client Authenticator to Client Id and Secret, or rotate nothing here",
    );
    return { outcome: "refused", error };
  }
  const obstacle = vaultObstacle(stored.secret);
  return obstacle === null ? stored : { outcome: "refused", error: obstacle };
}

/**
 * Looks at the client before anything is stored for it.
 * @returns why this authorization may not look, if another may; null: nothing is in the way
 * @throws RotationError what is in the way, or why the realm could not be asked
 */
export async function obstacleAt(
  client: RealmClient,
  context: IssuerContext,
  authorization: Authorization,
): Promise<RotationError | null> {
  if (authorization.kind !== "bearer") throw new RotationError("INTERNAL", "only a bearer token is taken here");
  let found: StoredClient | Refused;
  try {
    found = await find(client, context, authorization);
  } catch (thrown) {
    throw noResponse(thrown, "looking the client up", "the Keycloak realm").error;
  }
  if (!("outcome" in found)) return null;
  if (found.outcome === "proof-refused") return found.error;
  throw found.error;
}

/**
 * The client's own note of when this value ends, by which the realm refuses it from then on. Seconds; 0 or absent:
 * never. After a rollback the value is the older one, which ends with its grace.
 */
export async function readExpiry(
  client: RealmClient,
  clientSecret: Secret,
  context: IssuerContext,
  authorization: Authorization,
): Promise<Expiry> {
  if (authorization.kind !== "bearer") return { outcome: "unreadable" };
  try {
    const stored = await find(client, context, authorization);
    if ("outcome" in stored) return { outcome: stored.outcome === "refused" ? "unreadable" : stored.outcome };
    const { attributes } = stored;
    const rotated = attributes?.[ROTATED];
    const isOlder = rotated !== undefined && clientSecret.equals(new Secret(rotated));
    const seconds = Number(attributes?.[isOlder ? `${ROTATED}.expiration.time` : EXPIRES] ?? 0);
    const isTime = Number.isSafeInteger(seconds) && seconds > 0 && seconds < LAST_SECOND;
    return { outcome: "read", at: isTime ? seconds * 1000 : null };
  } catch {
    return { outcome: "unknown" };
  }
}
