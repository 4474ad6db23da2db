import * as z from "zod/mini";
import { isAdmitted } from "../../base/address.ts";
import { RotationError } from "../../base/errors.ts";
import { onFirstUse } from "../../base/on-first-use.ts";
import { type Client, isSameClient } from "./client.ts";
import type { Authorization, IssuerContext } from "./issuer.ts";
import { vaultObstacle } from "./keycloak-client.ts";
import { type IssuerResponse, isTransient, json, noResponse } from "./responses.ts";

type BearerProof = Extract<Authorization, { kind: "bearer" }>;

/** Which client is reset, and by which version of the service's API. */
export interface EdFiTarget {
  /** Its subject is `apiClients/7` or `applications/3`. */
  readonly client: Client & { readonly tokenUrl: string; readonly subject: string };
  readonly version: "v2" | "v3";
}

const WHO = "the Ed-Fi Configuration Service";
const shownClient = onFirstUse(() => z.object({ id: z.int(), applicationId: z.int(), clientId: z.string() }));
const problem = onFirstUse(() => z.object({ detail: z.string() }));
/** A number of another server's: one of so few digits is no secret. */
const LARGEST_SHOWN_ID = 2_147_483_647;
const keycloakClients = onFirstUse(() =>
  z.array(
    z.object({
      clientId: z.string(),
      secret: z.optional(z.nullable(z.string())),
      attributes: z.optional(z.record(z.string(), z.string())),
    }),
  ),
);
const KEYCLOAK_TOKEN_URL = /^(.*)\/realms\/([^/]+)\/protocol\/openid-connect\/token$/;

function configuration(what: string, nextAction: string): RotationError {
  return new RotationError("ISSUER_CONFIGURATION", what, nextAction);
}

async function get(
  { http }: IssuerContext,
  url: string,
  headers: Readonly<Record<string, string>>,
): Promise<IssuerResponse> {
  try {
    return await http.get(url, { headers });
  } catch (thrown) {
    throw noResponse(thrown, "the request for the client", WHO).error;
  }
}

/**
 * `GET /v3/apiClients/{key}` shows which id belongs to the key. A reset by another id would change another client's
 * secret. Releases without this route show nothing, and an administrator without the right to it sees nothing.
 */
async function requireSameClient(
  { client, version }: EdFiTarget,
  context: IssuerContext,
  headers: Readonly<Record<string, string>>,
): Promise<void> {
  const { base, subject, clientId } = client;
  const response = await get(context, `${base}/${version}/apiClients/${encodeURIComponent(clientId)}`, headers);
  const { status } = response;
  if (isTransient(status)) {
    throw new RotationError("ISSUER_UNAVAILABLE", `looking up which client is to be reset was answered ${status}`);
  }
  const body = json(response);
  if (status === 404) {
    const said = problem().safeParse(body);
    if (!said.success || !said.data.detail.startsWith("ApiClient not found")) return;
    throw configuration(
      "the service knows no api client with the key in clientId, so the id next to it belongs to another client",
      "correct clientId, url or tenant in the secret's content",
    );
  }
  const shown = shownClient().safeParse(body);
  if (status !== 200 || !shown.success || shown.data.clientId !== clientId) return;
  const [member, right] = subject.startsWith("apiClients/")
    ? ["apiClientId", shown.data.id]
    : ["applicationId", shown.data.applicationId];
  if (subject.endsWith(`/${right}`)) return;
  throw configuration(
    `${subject} is not the client of the key in clientId: another client's secret would be reset`,
    `set ${member} in the secret's content to ${right <= LARGEST_SHOWN_ID ? right : "the one that the service shows for that key"}`,
  );
}

/**
 * The Keycloak that gave the administrator its token, if this client's tokens come from it too and credentials may go
 * there.
 */
function keycloakOf({ client }: EdFiTarget, { settings }: IssuerContext, proof: BearerProof) {
  const found = KEYCLOAK_TOKEN_URL.exec(proof.tokenUrl ?? "");
  if (found === null) return null;
  const [tokenUrl, base, realm] = [...found] as [string, string, string];
  const isShared = isSameClient({ ...client, tokenUrl }, client, settings.issuerAliases ?? []);
  return isShared && isAdmitted(base, settings.issuerOrigins ?? []) ? { base, realm } : null;
}

/**
 * A Keycloak behind the service may show the client to this administrator. The service writes the client's secret there without looking,
 * even over a reference to Keycloak's own vault. A client policy that rotates secrets stamps
 * an expiry on the client. Then a reset gives no overlap and does not move the expiry, after which its value dies with
 * the rotated slot. The administrator's token goes back only to the address of its own login, and nowhere that the
 * rotated secret names.
 */
async function requireFreeAtKeycloak(
  target: EdFiTarget,
  context: IssuerContext,
  proof: BearerProof,
  headers: Readonly<Record<string, string>>,
): Promise<void> {
  const found = keycloakOf(target, context, proof);
  if (found === null) return;
  const { clientId } = target.client;
  const query = new URLSearchParams({ clientId }).toString();
  const response = await get(context, `${found.base}/admin/realms/${found.realm}/clients?${query}`, headers);
  const shown = response.status === 200 ? keycloakClients().safeParse(json(response)) : null;
  const stored = shown?.data?.find((candidate) => candidate.clientId === clientId);
  const obstacle = vaultObstacle(stored?.secret);
  if (obstacle !== null) throw obstacle;
  if (Number(stored?.attributes?.["client.secret.expiration.time"] ?? 0) <= 0) return;
  throw configuration(
    "a client policy of the Keycloak behind the service rotates this client's secret, and a reset by the service does not go with it",
    'take the client out of that policy, or rotate it with the issuer "keycloak"',
  );
}

/**
 * Asks, before anything changes, whether a reset would change only this client, and last.
 * @throws RotationError ISSUER_CONFIGURATION if it would not; ISSUER_UNAVAILABLE where it cannot be asked now
 */
export async function edFiPreflight(
  target: EdFiTarget,
  context: IssuerContext,
  authorization: Authorization,
): Promise<null> {
  if (authorization.kind !== "bearer") return null;
  const { tenant } = target.client;
  const headers = {
    authorization: `Bearer ${authorization.token.reveal()}`,
    accept: "application/json",
    ...(tenant === null ? {} : { tenant }),
  };
  await requireSameClient(target, context, headers);
  await requireFreeAtKeycloak(target, context, authorization, headers);
  return null;
}
