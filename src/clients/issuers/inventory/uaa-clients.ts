import * as z from "zod/mini";
import { RotationError } from "../../../base/errors.ts";
import { loginWithoutSecret } from "../uaa.ts";
import {
  type AdminReader,
  type ClientKind,
  type ClientList,
  type ListedClient,
  readByOffset,
  textOf,
} from "./listed-client.ts";

/** UAA silently cuts pages to this many, or to fewer if its operator says so. */
const PAGE = 500;

/** Clients of the platform, by name only: UAA marks none of them. */
const PLATFORM: readonly string[] = [
  ...["admin", "cf", "login", "identity", "dashboard", "cloud_controller", "cc-service-dashboards", "doppler"],
  ...["gorouter", "ssh-proxy", "tcp_emitter", "tcp_router", "network-policy", "routing_api_client"],
];

/** The members that are read; everything else is dropped here (Source: UAA API, list clients). */
const listed = z.object({
  client_id: z.string(),
  name: z.optional(z.unknown()),
  owner: z.optional(z.unknown()),
  contact: z.optional(z.unknown()),
  lastModified: z.optional(z.number()),
  authorized_grant_types: z.optional(z.array(z.string())),
  jwks_uri: z.optional(z.unknown()),
  jwks: z.optional(z.unknown()),
});
const page = z.object({ resources: z.array(listed), totalResults: z.optional(z.number()) });
type Listed = z.infer<typeof listed>;

/**
 * The list does not tell whether a client has a secret, or an empty one. The implicit grant has no login of the client's, so a client with
 * nothing else uses no secret.
 */
function kindOf({ jwks_uri, jwks, authorized_grant_types: grants = [] }: Listed): ClientKind | null {
  if (jwks_uri !== undefined || jwks !== undefined) return "key";
  return grants.length > 0 && grants.every((grant) => grant === "implicit") ? "public" : null;
}

function clientOf(client: Listed): ListedClient {
  return {
    clientId: client.client_id,
    subject: null,
    name: textOf(client.name),
    kind: kindOf(client),
    isEnabled: null,
    isBuiltIn: PLATFORM.includes(client.client_id),
    owner: textOf(client.owner),
    contact: textOf(client.contact),
    madeAt: null,
    changedAt: client.lastModified ?? null,
    secretMadeAt: null,
    endsAt: "never",
    mayChange: null,
  };
}

/**
 * Every client of the zone that `reader` asks about. It needs the authority `clients.read`, or in another zone `zones.ID.clients.read`.
 * @throws RotationError as AdminReader does
 */
export async function uaaClients(reader: AdminReader, base: string): Promise<ClientList> {
  const what = "the UAA's list of clients";
  let total: number | null = null;
  const readPage = async (offset: number, count: number) => {
    const { body } = await reader.get(`${base}/oauth/clients?startIndex=${offset + 1}&count=${count}`, what);
    const parsed = page.safeParse(body);
    if (!parsed.success) throw new RotationError("VERDICT_UNKNOWN", `${what} could not be read`);
    total = parsed.data.totalResults ?? null;
    return parsed.data.resources;
  };
  const { all, isComplete } = await readByOffset(readPage, ({ client_id: id }) => id, PAGE);
  return { clients: all.map(clientOf), isComplete: isComplete && (total === null || total === all.length) };
}

const zone = z.object({ id: z.string(), subdomain: z.string() });
/** The default zone has an empty subdomain. */
export type UaaZone = z.infer<typeof zone>;

/** All zones. It needs the authority `zones.read`. @throws RotationError as AdminReader does */
export async function uaaZones(reader: AdminReader, base: string): Promise<readonly UaaZone[]> {
  const what = "the UAA's list of zones";
  const { body } = await reader.get(`${base}/identity-zones`, what);
  const parsed = z.array(zone).safeParse(body);
  if (!parsed.success) throw new RotationError("VERDICT_UNKNOWN", `${what} could not be read`);
  return parsed.data.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

/**
 * Whether a client logs in without a secret: `public` if its empty password is accepted, `secret` if not. A login that gives no token, with nothing
 * that could be a credential (Source: UAA API, `GET /clientinfo`).
 */
export async function probeEmpty(reader: AdminReader, base: string, clientId: string): Promise<ClientKind> {
  const { url, authorization } = loginWithoutSecret(base, clientId);
  const { status } = await reader.with({ authorization }).get(url, "a login without a secret", [401]);
  return status === 200 ? "public" : "secret";
}
