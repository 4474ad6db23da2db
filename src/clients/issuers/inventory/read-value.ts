import * as z from "zod/mini";
import { noteValue } from "../../../base/call-secrets.ts";
import { Secret } from "../../../base/secret.ts";
import type { Client } from "../client.ts";
import { isShown } from "../responses.ts";
import type { AdminReader } from "./listed-client.ts";

/** Why a value was not read. */
export type NoValue =
  /** This issuer shows no client secret. */
  | "never-shown"
  /** It shows none to who asked, or of this client. */
  | "not-shown"
  /** A reference to a store of the server's own: the value itself lies there. */
  | "reference"
  /** The client is not there any more. */
  | "gone";

const found = z.array(z.object({ id: z.string(), clientId: z.string() }));
const keycloakSecret = z.object({ value: z.optional(z.string()) });
const appSecret = z.object({ clientSecret: z.optional(z.string()) });

/** A reference to Keycloak's own vault; the literal text logs in only where none is configured. */
const REFERENCE = /^\$\{vault\./;

function shown(value: string | undefined): Secret | NoValue {
  if (value === undefined || !isShown(value)) return "not-shown";
  if (REFERENCE.test(value)) return "reference";
  noteValue(value);
  return new Secret(value);
}

/** One GET by name, one for the value (Source: Keycloak admin REST API, `GET /clients/{id}/client-secret`). */
async function keycloakValue(reader: AdminReader, { base, realm, clientId }: Client): Promise<Secret | NoValue> {
  const clients = `${base}/admin/realms/${encodeURIComponent(realm ?? "")}/clients`;
  const list = await reader.get(`${clients}?clientId=${encodeURIComponent(clientId)}`, "the client");
  const id = found.safeParse(list.body).data?.find((one) => one.clientId === clientId)?.id;
  if (id === undefined) return "gone";
  const answer = await reader.get(
    `${clients}/${encodeURIComponent(id)}/client-secret`,
    "its client secret",
    [403, 404],
  );
  return answer.status === 200 ? shown(keycloakSecret.safeParse(answer.body).data?.value) : "not-shown";
}

/** Source: identity domains REST API, `GET /admin/v1/Apps/{id}`. */
async function appValue(reader: AdminReader, { base, subject }: Client): Promise<Secret | NoValue> {
  const url = `${base}/admin/v1/Apps/${encodeURIComponent(subject ?? "")}?attributes=clientSecret`;
  const { status, body } = await reader.get(url, "the App's client secret", [403, 404]);
  if (status === 404) return "gone";
  return status === 200 ? shown(appSecret.safeParse(body).data?.clientSecret) : "not-shown";
}

/** Whether this issuer shows client secrets at all, to whoever may read them. */
export const showsClientSecrets = ({ issuer }: Pick<Client, "issuer">): boolean =>
  issuer === "keycloak" || issuer === "oci-iam";

/**
 * The client secret that the issuer holds now. That it is shown does not mean that it works: a login tells.
 * @throws RotationError as AdminReader does
 */
export async function readValue(reader: AdminReader, client: Client): Promise<Secret | NoValue> {
  if (client.issuer === "keycloak") return keycloakValue(reader, client);
  if (client.issuer === "oci-iam") return appValue(reader, client);
  return "never-shown";
}
