import { RotationError } from "../../base/errors.ts";
import { judgeTokenError } from "../../consumer/token-error.ts";
import { type IssuerResponse, oauthErrorOf, type Refusal } from "./responses.ts";
import { type ClientAuth, clientSecretBasic, clientSecretPost } from "./token-request.ts";

const DEMAND = /^Invalid method used to get client secret\. Client requires method '(client_secret_\w{1,20})'/;
const WRONG_SECRET = "Invalid client or Invalid client credentials";

/** The method by which alone the client may show its secret, if its own was refused for that; null: another reason. */
function demandedMethod(response: IssuerResponse): string | null {
  if (response.status !== 401) return null;
  return DEMAND.exec(oauthErrorOf(response)?.description ?? "")?.[1] ?? null;
}

const other: Readonly<Record<string, typeof clientSecretPost>> = {
  client_secret_basic: clientSecretBasic,
  client_secret_post: clientSecretPost,
};

/** The usual way of a client to show its secret, and the other one if the client's own settings demand it. */
function orAsDemanded(usual: typeof clientSecretPost): typeof clientSecretPost {
  return (clientId, clientSecret): ClientAuth => ({
    ...usual(clientId, clientSecret),
    instead: (response) => other[demandedMethod(response) ?? ""]?.(clientId, clientSecret) ?? null,
  });
}

export const basicOrAsDemanded = orAsDemanded(clientSecretBasic);
export const postOrAsDemanded = orAsDemanded(clientSecretPost);

function final(what: string, nextAction: string): RotationError {
  return new RotationError("ISSUER_CONFIGURATION", what, nextAction);
}

/**
 * What a Keycloak's 401 says of the client secret. `invalid_client` is about the client's id, before any secret is looked at.
 * `unauthorized_client` has several meanings, which only its description tells apart.
 */
export function keycloakRefusalOf(response: IssuerResponse): Refusal {
  const refusal = response.status === 401 ? oauthErrorOf(response) : null;
  if (refusal?.error === "invalid_client") {
    return final(
      "the Keycloak realm knows no enabled client with this clientId",
      "correct realm or clientId in the secret's content, or enable the client",
    );
  }
  if (refusal?.error !== "unauthorized_client") return null;
  const judgement = judgeTokenError(response.status, refusal.error, refusal.description);
  // Words of another release may be about anything: only the known ones make a secret rejected.
  if (judgement === "secret-good" || refusal.description === WRONG_SECRET) return judgement;
  if (demandedMethod(response) !== null) {
    return final(
      "the client's settings allow neither client_secret_basic nor client_secret_post",
      "set Allowed client authentication method at the client to one of the two, or to any",
    );
  }
  return null;
}
