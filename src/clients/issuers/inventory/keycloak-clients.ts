import * as z from "zod/mini";
import { RotationError } from "../../../base/errors.ts";
import {
  type AdminReader,
  type ClientKind,
  type ClientList,
  type ListedClient,
  readByOffset,
  textOf,
} from "./listed-client.ts";

/** Fast, and half a megabyte at most. Without a limit Keycloak sends all clients at once. */
const PAGE = 100;

/** Every realm has them. */
const BUILT_IN: readonly string[] = [
  ...["account", "account-console", "admin-cli", "security-admin-console", "broker", "realm-management"],
];

/**
 * The members that are read; everything else is dropped here. The list holds every client secret in clear, and of SAML clients the private
 * key (Source: Keycloak admin REST API, ClientRepresentation).
 */
const listed = z.object({
  id: z.string(),
  clientId: z.string(),
  name: z.optional(z.unknown()),
  enabled: z.optional(z.boolean()),
  protocol: z.optional(z.string()),
  publicClient: z.optional(z.boolean()),
  bearerOnly: z.optional(z.boolean()),
  clientAuthenticatorType: z.optional(z.string()),
  attributes: z.optional(
    z.object({
      "client.secret.creation.time": z.optional(z.string()),
      "client.secret.expiration.time": z.optional(z.string()),
      realm_client: z.optional(z.string()),
      owner: z.optional(z.string()),
      contact: z.optional(z.string()),
    }),
  ),
  access: z.optional(z.object({ configure: z.optional(z.boolean()) })),
});
type Listed = z.infer<typeof listed>;

const AUTHENTICATORS: Readonly<Record<string, ClientKind>> = {
  "client-secret": "secret",
  "client-secret-jwt": "secret",
  "client-jwt": "key",
  "client-x509": "certificate",
  "federated-jwt": "federated",
};

function kindOf({ protocol, publicClient, bearerOnly, clientAuthenticatorType }: Listed): ClientKind | null {
  if (protocol === "saml") return "saml";
  if (publicClient === true) return "public";
  if (bearerOnly === true) return "bearer-only";
  return AUTHENTICATORS[clientAuthenticatorType ?? "client-secret"] ?? null;
}

/** Keycloak writes seconds as text; 0 stands for none. */
function secondsOf(text: string | undefined): number | null {
  const seconds = Number(text);
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : null;
}

function clientOf(client: Listed): ListedClient {
  const kind = kindOf(client);
  const { attributes } = client;
  // A client that uses no secret has one all the same, with dates that mean nothing.
  const usesSecret = kind === "secret";
  return {
    clientId: client.clientId,
    subject: null,
    name: textOf(client.name),
    kind,
    isEnabled: client.enabled ?? null,
    isBuiltIn: BUILT_IN.includes(client.clientId) || attributes?.realm_client === "true",
    owner: textOf(attributes?.owner),
    contact: textOf(attributes?.contact),
    madeAt: null,
    changedAt: null,
    secretMadeAt: usesSecret ? secondsOf(attributes?.["client.secret.creation.time"]) : null,
    endsAt: usesSecret ? secondsOf(attributes?.["client.secret.expiration.time"]) : null,
    mayChange: client.access?.configure ?? null,
  };
}

const unreadable = (what: string) => new RotationError("VERDICT_UNKNOWN", `${what} could not be read`);

/**
 * Every client of a realm. It needs the role `view-clients` of `realm-management`.
 * @param base of the server
 * @throws RotationError as AdminReader does; ISSUER_FORBIDDEN if the list is empty, which no realm's is
 */
export async function keycloakClients(reader: AdminReader, base: string, realm: string): Promise<ClientList> {
  const what = "the realm's list of clients";
  const url = `${base}/admin/realms/${encodeURIComponent(realm)}/clients`;
  const readPage = async (first: number, max: number) => {
    const { body } = await reader.get(`${url}?first=${first}&max=${max}`, what);
    const parsed = z.array(listed).safeParse(body);
    if (!parsed.success) throw unreadable(what);
    return parsed.data;
  };
  const { all, isComplete } = await readByOffset(readPage, ({ id }) => id, PAGE);
  if (all.length === 0) {
    throw new RotationError(
      "ISSUER_FORBIDDEN",
      `${what} is empty, although every realm has clients of its own`,
      "the authority may search for clients and see none: give its service account the role view-clients of realm-management",
    );
  }
  return { clients: all.map(clientOf), isComplete };
}

const realms = z.array(z.object({ realm: z.string() }));

/** Names of the realms in which the authority has any role of an administrator. @throws RotationError as AdminReader does */
export async function keycloakRealms(reader: AdminReader, base: string): Promise<readonly string[]> {
  const what = "the server's list of realms";
  const { body } = await reader.get(`${base}/admin/realms?briefRepresentation=true`, what);
  const parsed = realms.safeParse(body);
  if (!parsed.success) throw unreadable(what);
  return parsed.data.map(({ realm }) => realm).toSorted();
}
