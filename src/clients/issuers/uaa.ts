import { RotationError } from "../../base/errors.ts";
import type { Secret } from "../../base/secret.ts";
import { judgeTokenError } from "../../consumer/token-error.ts";
import type { Content } from "../vault/content.ts";
import type { Client } from "./client.ts";
import { invalidMember, requiredBaseUrl, requiredClientId, requiredSecret } from "./content-members.ts";
import {
  type Authorization,
  type Capabilities,
  type Credential,
  counted,
  type Install,
  type Issuer,
  type IssuerAddress,
  type IssuerContext,
  type LoginPlace,
  type Retire,
} from "./issuer.ts";
import { type IssuerResponse, isSuccess, isTransient, noResponse, oauthErrorOf, type Refusal } from "./responses.ts";
import { type ClientAuth, requestToken } from "./token-request.ts";

const WHO = "the UAA";

const capabilities: Capabilities = {
  valueChosenBy: "caller",
  readBack: "no",
  overlap: "two-slot",
  authorities: ["client", "other-client"],
  repeatMint: "safe",
};

/**
 * A UAA's API has the id in its path, and its firewall refuses these there, encoded or not: with 400 the slashes, with 500 the others. HTTP
 * clients take a segment of one or two dots for a step in the path.
 */
const NOT_ADDRESSABLE = /[/\\;%]|^\.{1,2}$/;

/** The base has a path, usually `/uaa`; its host leads to the identity zone. */
function clientIn(content: Content): Client {
  // The header for a zone is refused from the zone's own clients, and its host does without.
  if (content.has("zoneId")) throw invalidMember("zoneId", "is not needed: give the host of the zone in url");
  const base = requiredBaseUrl(content, "url");
  const clientId = requiredClientId(content);
  if (NOT_ADDRESSABLE.test(clientId)) {
    throw invalidMember(
      "clientId",
      "is . or .., or holds / \\ ; or %: a UAA's API cannot address such a client, so its secret cannot be changed there",
    );
  }
  return { issuer: "uaa", base, realm: null, tenant: null, tokenUrl: null, clientId, subject: null };
}

function loginAt({ base, tokenUrl }: IssuerAddress): LoginPlace {
  const url = tokenUrl ?? `${base}/oauth/token`;
  return { tokenEndpoint: { url, scope: null, who: WHO, refusalOf }, assertionAudience: url, clientAuth };
}

/** A form, since a UAA takes the parts of a Basic header encoded or raw depending on its settings. */
function clientAuth(clientId: string, clientSecret: string): ClientAuth {
  return {
    headers: { "x-cf-encoded-credentials": "true" },
    form: { client_id: clientId, client_secret: clientSecret, token_format: "opaque" },
  };
}

/**
 * 401 `invalid_client`, or `unauthorized` at older ones. A client without the grant gets that error only after its
 * secret was right.
 */
function refusalOf(response: IssuerResponse): Refusal {
  const refusal = response.status === 401 ? oauthErrorOf(response) : null;
  if (refusal === null || (refusal.error !== "invalid_client" && refusal.error !== "unauthorized")) return null;
  return judgeTokenError(response.status, refusal.error, refusal.description);
}

const descriptionOf = (response: IssuerResponse) => oauthErrorOf(response)?.description ?? "";

/**
 * The common part of the responses to adding and deleting; null: the description decides. UAA answers all its 400s with
 * the same code, so only their text tells them apart.
 */
function judgeCommon(
  response: IssuerResponse,
  what: string,
): Exclude<Install & Retire, { outcome: "installed" | "retired" }> | null {
  const { status } = response;
  if (isTransient(status) || (status >= 300 && status < 400)) {
    return { outcome: "unknown", error: new RotationError("ISSUER_UNAVAILABLE", `${what} was answered ${status}`) };
  }
  const description = descriptionOf(response);
  if (status === 401) {
    return {
      outcome: "proof-refused",
      error: new RotationError("ISSUER_UNAVAILABLE", `the token was refused at ${what}`),
    };
  }
  if (status === 403 || description.includes("Not permitted to change another client")) {
    const error = new RotationError(
      "ISSUER_FORBIDDEN",
      `${what} was refused: the token lacks the authority`,
      "give the client the authority clients.secret, or a second authority clients.admin",
    );
    return { outcome: "proof-refused", error };
  }
  if (status === 404) {
    const error = new RotationError(
      "ISSUER_CONFIGURATION",
      `the UAA knows no such client in this zone (404)`,
      "correct url or clientId in the secret's content; the host leads to the zone",
    );
    return { outcome: "refused", error };
  }
  return null;
}

function judgeAdd(response: IssuerResponse): Install {
  if (isSuccess(response.status)) return { outcome: "installed" };
  const common = judgeCommon(response, "adding the client secret");
  if (common !== null) return common;
  const description = descriptionOf(response);
  if (description.includes("already has two secrets")) {
    const error = new RotationError("RETIRE_NOT_SAFE", "the client holds two secrets at the UAA already");
    return { outcome: "occupied", error };
  }
  if (description.includes("Previous secret is required")) {
    return {
      outcome: "proof-refused",
      error: new RotationError("ISSUER_UNAVAILABLE", "the UAA refused CURRENT right after it had accepted it"),
    };
  }
  if (response.status === 400 && description !== "") {
    return {
      outcome: "policy-refused",
      error: new RotationError("POLICY_REFUSED", "the UAA refuses the chosen value"),
    };
  }
  const what = `adding the client secret was refused with ${response.status}`;
  return { outcome: "refused", error: new RotationError("ISSUER_CONFIGURATION", what) };
}

function judgeDelete(response: IssuerResponse): Retire {
  if (isSuccess(response.status)) return { outcome: "retired" };
  const common = judgeCommon(response, "deleting the older client secret");
  if (common !== null) return common;
  const description = descriptionOf(response);
  // The older value is the proof of a client that acts for itself: once it is dead, so is a late request that names it.
  if (/only one secret|Previous secret is required/.test(description)) return { outcome: "nothing-to-retire" };
  const what = `deleting the older client secret was refused with ${response.status}`;
  return { outcome: "refused", error: new RotationError("ISSUER_CONFIGURATION", what) };
}

/**
 * `PUT /oauth/clients/{id}/secret`. Mode UPDATE ends every token, and the value that others still use: it is sent only if an operator asks
 * for that. No header names a zone. UAA refuses a token of a zone's host together with one, and accepts no other token
 * there.
 */
async function changeSecret<Outcome>(
  { base, clientId }: Client,
  { httpAtOnce }: IssuerContext,
  authorization: Authorization,
  body: { readonly changeMode: "ADD" | "DELETE" | "UPDATE"; readonly oldSecret: string; readonly secret?: string },
  aim: string,
  judge: (response: IssuerResponse) => Outcome,
): Promise<Outcome | { readonly outcome: "unknown" | "refused"; readonly error: RotationError }> {
  if (authorization.kind !== "bearer") {
    return { outcome: "refused", error: new RotationError("INTERNAL", "only a bearer token is taken here") };
  }
  try {
    const response = await httpAtOnce.put(
      `${base}/oauth/clients/${encodeURIComponent(clientId)}/secret`,
      JSON.stringify({ clientId, ...body }),
      {
        headers: {
          authorization: `Bearer ${authorization.token.reveal()}`,
          "content-type": "application/json",
          accept: "application/json",
        },
      },
    );
    return judge(response);
  } catch (thrown) {
    const { error, sent } = noResponse(thrown, `the request to ${aim}`, WHO);
    return { outcome: sent ? "unknown" : "refused", error };
  }
}

/** A login with the client's id alone (Source: UAA API, `GET /clientinfo`). It gives no token. */
export function loginWithoutSecret(base: string, clientId: string) {
  const written = new URLSearchParams({ "": clientId }).toString().slice(1);
  const authorization = `Basic ${Buffer.from(`${written}:`).toString("base64")}`;
  return { url: `${base}/clientinfo`, authorization };
}

/**
 * A client such as `cf` works with an empty secret. A second value would get on with it, but the later deletion would take the empty one
 * and lock everybody out who uses it. And where no secret is stored at all, the empty login dies with the first.
 */
async function whyNeedsNoSecret(client: Client, context: IssuerContext): Promise<RotationError | null> {
  const { http } = counted(context, client);
  const { url, authorization } = loginWithoutSecret(client.base, client.clientId);
  try {
    const { status } = await http.get(url, { headers: { authorization, accept: "application/json" } });
    if (status === 401) return null;
    if (status === 200) {
      return new RotationError(
        "ISSUER_CONFIGURATION",
        "this client logs in without a secret, and a new one would lock out everybody who uses it so",
        "leave this client alone, and delete its secret in Vault",
      );
    }
    return new RotationError("ISSUER_UNAVAILABLE", `a login without a secret was answered ${status}`);
  } catch (thrown) {
    return noResponse(thrown, "a login without a secret", WHO).error;
  }
}

/**
 * Cloud Foundry UAA: the caller chooses the value, and a client holds two at once, so no login ever fails during a rotation. Source: UAA API,
 * "Change Secret" with `changeMode`.
 */
export const uaa: Issuer = {
  name: "uaa",
  baseMember: "url",
  identifying: [],
  clientIn,
  loginAt,
  whyNeedsNoSecret,
  open(content, context): Credential {
    const client = clientIn(content);
    return credentialOf(client, requiredSecret(content, "clientSecret"), counted(context, client));
  },
};

function credentialOf(client: Client, clientSecret: Secret, context: IssuerContext): Credential {
  const { tokenEndpoint } = loginAt(client);
  return {
    client,
    capabilities,
    clientSecret,
    withSecret: (other) => credentialOf(client, other, context),
    rotatedMember: "clientSecret",
    tokenEndpoint,
    login: () => requestToken(tokenEndpoint, clientAuth(client.clientId, clientSecret.reveal()), context),
    mint: () => {
      const error = new RotationError("INTERNAL", "this issuer makes no value itself");
      return Promise.resolve({ outcome: "refused", error });
    },
    install: (authorization, value) => {
      const values = { oldSecret: clientSecret.reveal(), secret: value.clientSecret.reveal() };
      const body = { changeMode: "ADD", ...values } as const;
      return changeSecret(client, context, authorization, body, "add the client secret", judgeAdd);
    },
    readBack: () => Promise.resolve({ outcome: "not-readable", isProofAlive: true }),
    retire: (authorization, older) => {
      const body = { changeMode: "DELETE", oldSecret: older.clientSecret.reveal() } as const;
      return changeSecret(client, context, authorization, body, "delete the older client secret", judgeDelete);
    },
    // DELETE would take the older of two, and which one that is cannot be read. UPDATE to the value that is stored anyway leaves that one,
    // whatever the UAA held.
    keepAlone: (authorization) => {
      const own = clientSecret.reveal();
      const body = { changeMode: "UPDATE", oldSecret: own, secret: own } as const;
      return changeSecret(client, context, authorization, body, "keep one client secret alone", judgeDelete);
    },
  };
}
