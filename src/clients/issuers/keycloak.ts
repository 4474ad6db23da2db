import { RotationError } from "../../base/errors.ts";
import type { Secret } from "../../base/secret.ts";
import type { Content } from "../vault/content.ts";
import {
  invalidMember,
  requiredBaseUrl,
  requiredClientId,
  requiredSecret,
  requiredText,
  requirePathPart,
} from "./content-members.ts";
import {
  type Capabilities,
  type Credential,
  counted,
  type Issuer,
  type IssuerAddress,
  type IssuerContext,
  type LoginPlace,
} from "./issuer.ts";
import { obstacleAt, type RealmClient, readExpiry } from "./keycloak-client.ts";
import { basicOrAsDemanded, keycloakRefusalOf } from "./keycloak-login.ts";
import { endRotated, put } from "./keycloak-secret.ts";
import { requestToken } from "./token-request.ts";

const WHO = "the Keycloak realm";

const capabilities: Capabilities = {
  valueChosenBy: "caller",
  readBack: "no",
  overlap: "timed",
  authorities: ["client", "other-client"],
  repeatMint: "safe",
};

/** The longest name that Keycloak's database holds. */
const LONGEST_REALM = 255;

/** The base ends with `/auth` if the server has that. */
function clientIn(content: Content): RealmClient {
  const base = requiredBaseUrl(content, "url");
  const realm = requirePathPart("realm", requiredText(content, "realm"));
  if (realm.length > LONGEST_REALM) throw invalidMember("realm", `is longer than ${LONGEST_REALM} characters`);
  const clientId = requiredClientId(content);
  return { issuer: "keycloak", base, realm, tenant: null, tokenUrl: null, clientId, subject: null };
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

function loginAt({ base, realm, tokenUrl }: IssuerAddress): LoginPlace {
  const issuerUrl = `${base}/realms/${encodeURIComponent(realm ?? "")}`;
  const url = tokenUrl ?? `${issuerUrl}/protocol/openid-connect/token`;
  const tokenEndpoint = { url, scope: null, who: WHO, refusalOf: keycloakRefusalOf };
  return { tokenEndpoint, assertionAudience: issuerUrl, clientAuth: basicOrAsDemanded };
}

/**
 * Keycloak: the value is ours, stored before the admin API installs it. If a client policy rotates secrets, the old
 * value works for the grace too; otherwise it dies at once. Source: Keycloak admin REST API, clients.
 */
export const keycloak: Issuer = {
  name: "keycloak",
  baseMember: "url",
  identifying: ["realm"],
  clientIn,
  loginAt,
  open(content, context): Credential {
    const client = clientIn(content);
    const clientSecret = requiredSecret(content, "clientSecret");
    return credentialOf(client, clientSecret, counted(context, client), () => refuseRegistration(content));
  },
};

function credentialOf(
  client: RealmClient,
  clientSecret: Secret,
  context: IssuerContext,
  refuse: () => void,
): Credential {
  const { tokenEndpoint } = loginAt(client);
  return {
    client,
    capabilities,
    clientSecret,
    withSecret: (other) => credentialOf(client, other, context, refuse),
    rotatedMember: "clientSecret",
    tokenEndpoint,
    preflight: async (prove) => {
      refuse();
      return obstacleAt(client, context, await prove());
    },
    login: () => requestToken(tokenEndpoint, basicOrAsDemanded(client.clientId, clientSecret.reveal()), context),
    mint: () => {
      const error = new RotationError("INTERNAL", "this issuer is given its values");
      return Promise.resolve({ outcome: "refused", error });
    },
    install: (authorization, value, older) =>
      put(client, context, authorization, value.clientSecret, { own: clientSecret, older }),
    readBack: () => Promise.resolve({ outcome: "not-readable", isProofAlive: true }),
    retire: (authorization, older) =>
      endRotated(client, context, authorization, {
        mayEnd: (_primary, rotated) => rotated?.equals(older.clientSecret) === true,
        otherwise: "the rotated secret is another one than that of PREVIOUS, or is not shown",
      }),
    keepAlone: (authorization) =>
      endRotated(client, context, authorization, {
        mayEnd: (primary) => primary?.equals(clientSecret) === true,
        otherwise: "the client's first secret is another one than that of CURRENT, or is not shown",
      }),
    readExpiry: (authorization) => readExpiry(client, clientSecret, context, authorization),
  };
}
