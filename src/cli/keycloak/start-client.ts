import * as z from "zod/mini";
import { RotationError } from "../../base/errors.ts";
import { usesSecret } from "../../clients/issuers/keycloak-client.ts";
import { json } from "../../clients/issuers/responses.ts";
import type { Realm } from "./realm.ts";
import type { Meets } from "./rotation-policy.ts";

const stored = z.object({
  id: z.string().check(z.regex(/^[A-Za-z0-9._-]{1,255}$/)),
  clientId: z.string(),
  publicClient: z.optional(z.boolean()),
  bearerOnly: z.optional(z.boolean()),
  protocol: z.optional(z.string()),
  enabled: z.optional(z.boolean()),
  clientAuthenticatorType: z.optional(z.string()),
  authorizationServicesEnabled: z.optional(z.boolean()),
  attributes: z.optional(z.record(z.string(), z.string())),
});
export type RealmClient = z.infer<typeof stored>;

const PAGE = 100;
/** Ends the command on a server that ignores paging. */
const MAX_PAGES = 1_000;

function readClients(answer: { status: number; data: unknown }): RealmClient[] {
  const parsed = z.array(stored).safeParse(json(answer));
  if (parsed.success) return parsed.data;
  throw new RotationError("VERDICT_UNKNOWN", "the answer to GET /clients could not be read");
}

/** The search matches the whole client id. */
async function findClient(realm: Realm, clientId: string): Promise<RealmClient | null> {
  const query = new URLSearchParams({ clientId }).toString();
  const found = readClients(await realm.send("GET", `/clients?${query}`));
  return found.find((client) => client.clientId === clientId) ?? null;
}

/** Every client that uses its own secret, page by page. */
export async function* clientsWithSecrets(realm: Realm): AsyncGenerator<RealmClient> {
  for (let page = 0; page < MAX_PAGES; page++) {
    const found = readClients(await realm.send("GET", `/clients?first=${page * PAGE}&max=${PAGE}`));
    yield* found.filter(hasSecret);
    if (found.length < PAGE) return;
  }
}

const hasSecret = (client: RealmClient): boolean => client.bearerOnly !== true && usesSecret(client);

/** In milliseconds. Keycloak's attribute has seconds of the Unix epoch; 0 or absent: never. */
function expiryOf({ attributes }: RealmClient): number | null {
  const count = Number(attributes?.["client.secret.expiration.time"] ?? 0);
  return Number.isSafeInteger(count) && count > 0 ? count * 1000 : null;
}

/**
 * `started`: its secret expires at `expiresAt` from now on. `running`: it did already. `expired`: its secret has expired; a change would
 * have Keycloak generate another, which would be stored nowhere. `no-secret`: it uses no client secret. `not-met`: the policy does not
 * match it. `unknown`: no such client.
 */
export interface StartedClient {
  readonly clientId: string;
  readonly outcome: "started" | "running" | "expired" | "no-secret" | "not-met" | "unknown";
  /** Milliseconds since the epoch, on Keycloak's clock. */
  readonly expiresAt: number | null;
}

/** Clocks differ, so a secret that expires this soon counts as expired. */
const MARGIN_MS = 60_000;

/**
 * Sends a PUT without changes, since a policy takes effect for a client at the next change. A login with client credentials is not a
 * change. Idempotent.
 * @param now milliseconds since the epoch
 */
export async function startClient(realm: Realm, clientId: string, meets: Meets, now: number): Promise<StartedClient> {
  const found = await findClient(realm, clientId);
  if (found === null) return { clientId, outcome: "unknown", expiresAt: null };
  if (!hasSecret(found)) return { clientId, outcome: "no-secret", expiresAt: null };
  const before = expiryOf(found);
  if (before !== null && before <= now + MARGIN_MS) return { clientId, outcome: "expired", expiresAt: before };
  const path = `/clients/${encodeURIComponent(found.id)}`;
  if (meets.kind === "client-role") await giveRole(realm, path, meets.role);
  if (before !== null) return { clientId, outcome: "running", expiresAt: before };
  const { authorizationServicesEnabled } = found;
  // Keycloak keeps all members that the body leaves out, except this one: it fails without `attributes`.
  const body = {
    attributes: {},
    ...(authorizationServicesEnabled === undefined ? {} : { authorizationServicesEnabled }),
  };
  await realm.send("PUT", path, body);
  const after = await findClient(realm, clientId);
  const expiresAt = after === null ? null : expiryOf(after);
  return { clientId, outcome: expiresAt === null ? "not-met" : "started", expiresAt };
}

async function giveRole(realm: Realm, path: string, role: string): Promise<void> {
  const { status } = await realm.send("GET", `${path}/roles/${encodeURIComponent(role)}`, undefined, [404]);
  // 409: the role was created by someone else meanwhile.
  if (status === 404) await realm.send("POST", `${path}/roles`, { name: role }, [409]);
}
