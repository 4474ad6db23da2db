import type { Content } from "../content.ts";
import { RotationError } from "../errors.ts";
import { Secret } from "../secret.ts";
import { type Answer, oauthErrorOf, type Refusal } from "./answers.ts";
import { invalidMember, requiredBaseUrl, requiredClientId, requiredSecret, requiredText } from "./content-members.ts";
import type { Credential, Issuer, Traits } from "./issuer.ts";
import { type KeycloakContent, readExpiry } from "./keycloak-client.ts";
import { endRotated, put } from "./keycloak-secret.ts";
import { basicProof, requestToken, type TokenEndpoint } from "./token-request.ts";

const WHO = "the Keycloak realm";

const traits: Traits = {
  valueChosenBy: "caller",
  readBack: "no",
  overlap: "timed",
  authorities: ["client", "other-client"],
  repeatMint: "safe",
};

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
