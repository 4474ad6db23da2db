import { RotationError } from "../../base/errors.ts";
import type { OciSigner } from "../../clients/http/oci-http-client.ts";
import type { AdminReader } from "../../clients/issuers/inventory/listed-client.ts";
import { type IssuerResponse, isTransient, json, noResponse } from "../../clients/issuers/responses.ts";
import type { CommandContext } from "../command.ts";
import { openIssuerHttp } from "../issuer-admin.ts";

/** Sends a GET. Any status is an answer. */
export type SendGet = (request: {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly what: string;
}) => Promise<IssuerResponse>;

/** The right that a list needs, by the issuer's name: what to give when it is refused. */
const RIGHTS: Readonly<Record<string, string>> = {
  keycloak:
    "give the authority's service account the role view-clients of realm-management; in the realm master, of the client REALM-realm",
  uaa: "give the authority's client the authority clients.read; for another zone zones.ID.clients.read, and zones.read to list zones",
  "oci-iam": "give whoever reads the app role User Administrator in the domain, or a higher one",
  "edfi-cms": "give the authority the scope edfi_admin_api/readonly_access and the role cms-client",
};

const TOO_MANY = 429;
const MOST_TRIES = 3;

function refusalOf(status: number, what: string, issuer: string): RotationError {
  if (status === 401 || status === 403) {
    return new RotationError(
      "ISSUER_FORBIDDEN",
      `${what} was refused with ${status}`,
      RIGHTS[issuer] ?? "check its rights",
    );
  }
  if (status === 404) {
    const next = "check the address, and the realm, zone or tenant";
    return new RotationError("ISSUER_CONFIGURATION", `${what} was answered 404`, next);
  }
  if (isTransient(status))
    return new RotationError("ISSUER_UNAVAILABLE", `${what} was answered ${status}`, "try again later");
  return new RotationError(
    "ISSUER_CONFIGURATION",
    `${what} was refused with ${status}`,
    "check the address and the issuer's settings",
  );
}

/** @param issuer its name, by which the missing right is named */
export function createReader(
  send: SendGet,
  issuer: string,
  headers: Readonly<Record<string, string>> = {},
): AdminReader {
  return {
    with: (more) => createReader(send, issuer, { ...headers, ...more }),
    get: async (url, what, also = []) => {
      let response = await send({ url, headers, what });
      // Other users of the issuer share its limit. The next request waits for as long as the refusal asked.
      for (let tries = 1; response.status === TOO_MANY && tries < MOST_TRIES; tries++) {
        response = await send({ url, headers, what });
      }
      if (response.status !== 200 && !also.includes(response.status)) throw refusalOf(response.status, what, issuer);
      return { status: response.status, body: json(response) };
    },
  };
}

/** Reads an identity domain with the operator's own sign-in: each request is signed as OCI signs requests, for this host alone. */
export async function signedReader(
  context: Pick<CommandContext<unknown>, "runtime" | "signIn">,
  signer: OciSigner,
): Promise<AdminReader> {
  const { http } = await openIssuerHttp(context);
  const send: SendGet = async ({ url, headers, what }) => {
    const signed = new Headers({ ...headers, accept: "application/scim+json, application/json" });
    await signer.signHttpRequest({ method: "GET", uri: url, headers: signed });
    try {
      return await http.request({ method: "GET", url, headers: Object.fromEntries(signed) });
    } catch (thrown) {
      throw noResponse(thrown, what, "the identity domain").error;
    }
  };
  return createReader(send, "oci-iam");
}
