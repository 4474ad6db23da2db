import * as z from "zod/mini";
import { RotationError } from "../../base/errors.ts";
import { onFirstUse } from "../../base/on-first-use.ts";
import { Secret } from "../../base/secret.ts";
import type { Content } from "../vault/content.ts";
import {
  invalidMember,
  optionalText,
  requiredBaseUrl,
  requiredClientId,
  requiredSecret,
  requirePathPart,
} from "./content-members.ts";
import { type EdFiTarget, edFiPreflight } from "./edfi-cms-preflight.ts";
import {
  type Authorization,
  type Capabilities,
  type Credential,
  counted,
  type Issuer,
  type IssuerAddress,
  type IssuerContext,
  type LoginPlace,
  type Mint,
} from "./issuer.ts";
import { keycloakRefusalOf, postOrAsDemanded } from "./keycloak-login.ts";
import {
  type IssuerResponse,
  isShown,
  isSuccess,
  isTransient,
  json,
  jsonAtAnyDepth,
  noResponse,
  type Refusal,
} from "./responses.ts";
import { requestToken, type TokenEndpoint } from "./token-request.ts";

const WHO = "the Ed-Fi Configuration Service";
/** What another client needs to reset a credential; the role `cms-client` comes with the client. */
const ADMIN_SCOPE = "edfi_admin_api/full_access";

const capabilities: Capabilities = {
  valueChosenBy: "issuer",
  readBack: "no",
  overlap: "none",
  authorities: ["other-client"],
  repeatMint: "last-wins",
};

const problem = onFirstUse(() =>
  z.object({
    type: z.optional(z.string()),
    detail: z.optional(z.string()),
    errors: z.optional(z.array(z.string())),
  }),
);
/** The client's secret was right, but it already holds the maximum number of live tokens. */
const TOO_MANY_TOKENS = "urn:ed-fi:api:security:authentication:too-many-tokens";
const reset = onFirstUse(() => z.object({ key: z.string(), secret: z.string().check(z.minLength(1)) }));
const HEADER_VALUE = /^[\x21-\x7e]{1,200}$/;

function numberOf(content: Content, member: string): number | null {
  if (!content.has(member)) return null;
  const value = content.member(member);
  if (typeof value === "number" && Number.isSafeInteger(value) && value > 0) return value;
  throw invalidMember(member, "must be a whole number");
}

function subjectOf(content: Content): string {
  const apiClientId = numberOf(content, "apiClientId");
  const applicationId = numberOf(content, "applicationId");
  if (apiClientId !== null && applicationId !== null) {
    throw invalidMember("applicationId", "must not stand next to apiClientId: only one of the two names what is reset");
  }
  if (apiClientId !== null) return `apiClients/${apiClientId}`;
  if (applicationId !== null) return `applications/${applicationId}`;
  throw invalidMember("apiClientId", "is missing, and so is applicationId in its place");
}

function clientIn(content: Content): EdFiTarget["client"] {
  const base = requiredBaseUrl(content, "url");
  const tenant = optionalText(content, "tenant");
  if (tenant !== null && !HEADER_VALUE.test(tenant)) throw invalidMember("tenant", "must be text without spaces");
  const tokenUrl = content.has("tokenUrl") ? requiredBaseUrl(content, "tokenUrl") : defaultTokenUrl(base);
  const clientId = requirePathPart("clientId", requiredClientId(content));
  return { issuer: "edfi-cms", base, realm: null, tenant, tokenUrl, clientId, subject: subjectOf(content) };
}

function versionOf(content: Content): EdFiTarget["version"] {
  const version = content.has("apiVersion") ? content.member("apiVersion") : "v3";
  if (version !== "v2" && version !== "v3") throw invalidMember("apiVersion", 'must be "v2" or "v3"');
  return version;
}

/** Where the self-contained service gives tokens. */
function defaultTokenUrl(base: string): string {
  return `${base}/connect/token`;
}

/** Of administrators, who may reset: the service's clients themselves ask for no scope. */
function loginAt({ base, tokenUrl }: IssuerAddress): LoginPlace {
  const url = tokenUrl ?? defaultTokenUrl(base);
  return {
    tokenEndpoint: { url, scope: ADMIN_SCOPE, who: WHO, refusalOf },
    assertionAudience: url,
    clientAuth: postOrAsDemanded,
  };
}

/** The self-contained service answers with its own error format, a Keycloak behind it with that of OAuth. */
function refusalOf(response: IssuerResponse): Refusal {
  const body = json(response);
  const own = problem().safeParse(body);
  if (response.status === 429) return own.success && own.data.type === TOO_MANY_TOKENS ? "secret-good" : null;
  if (response.status !== 401) return null;
  const says = (start: string) => own.data?.errors?.some((text) => text.startsWith(start));
  if (says("unauthorized_client.")) return "rejected";
  if (says("invalid_client.")) {
    return configuration(
      "the service knows no approved client with the key in clientId",
      "correct clientId, url or tenant in the secret's content, or approve the client",
    );
  }
  return keycloakRefusalOf(response);
}

function configuration(what: string, nextAction: string): RotationError {
  return new RotationError("ISSUER_CONFIGURATION", what, nextAction);
}

/** A 2xx that cannot be read has taken effect; 429, 500 and 502 may have. 409 has not: another reset held the lock. */
function judgeReset(response: IssuerResponse, { client, version }: EdFiTarget): Mint {
  const { clientId, subject } = client;
  const { status } = response;
  if (isSuccess(status)) {
    const made = reset().safeParse(jsonAtAnyDepth(response));
    if (!made.success || !isShown(made.data.secret)) {
      const error = new RotationError("VERDICT_UNKNOWN", "the new client secret could not be read from the answer");
      return { outcome: "unknown", error };
    }
    if (made.data.key === clientId) return { outcome: "minted", clientSecret: new Secret(made.data.secret) };
    const error = configuration(
      `${subject} has another key than the member clientId, and it is that one whose secret was reset`,
      "correct the id in the secret's content, and reset the other client's secret once more for those who use it",
    );
    return { outcome: "refused", error };
  }
  if (status === 409) {
    const error = new RotationError("ISSUER_UNAVAILABLE", "another reset of the same application is under way (409)");
    return { outcome: "busy", error };
  }
  if (isTransient(status) || status < 400) {
    return { outcome: "unknown", error: new RotationError("ISSUER_UNAVAILABLE", `resetting was answered ${status}`) };
  }
  if (status === 401) {
    const error = new RotationError("ISSUER_UNAVAILABLE", "the second authority's token was refused at resetting");
    return { outcome: "proof-refused", error };
  }
  if (status === 403) {
    const error = new RotationError(
      "ISSUER_FORBIDDEN",
      "resetting was refused with 403",
      `give the second authority the role cms-client and the scope ${ADMIN_SCOPE}`,
    );
    return { outcome: "proof-refused", error };
  }
  if (status !== 404) {
    const error = configuration(`resetting was refused with ${status}`, "check the id and the tenant in the content");
    return { outcome: "refused", error };
  }
  const said = problem().safeParse(json(response));
  const isKnownEndpoint = said.success && /^(ApiClient|Application) not found/.test(said.data.detail ?? "");
  const error = !isKnownEndpoint
    ? configuration(
        `the endpoint ${version}/${subject.split("/")[0]} is switched off or has another path version (404)`,
        "give apiClientId instead of applicationId, set AppSettings:EnableApplicationResetEndpoint, or correct apiVersion",
      )
    : configuration(`${subject} is unknown (404)`, "correct the id or the tenant in the secret's content");
  return { outcome: "refused", error };
}

/** `PUT /v3/apiClients/{id}/reset-credential`; a repeat makes another value. */
async function mint(target: EdFiTarget, { httpAtOnce }: IssuerContext, authorization: Authorization): Promise<Mint> {
  if (authorization.kind !== "bearer") {
    return { outcome: "refused", error: new RotationError("INTERNAL", "only a bearer token is taken here") };
  }
  const { client, version } = target;
  const { base, subject, tenant } = client;
  try {
    const answer = await httpAtOnce.put(`${base}/${version}/${subject}/reset-credential`, "{}", {
      headers: {
        authorization: `Bearer ${authorization.token.reveal()}`,
        "content-type": "application/json",
        accept: "application/json",
        ...(tenant === null ? {} : { tenant }),
      },
    });
    return judgeReset(answer, target);
  } catch (thrown) {
    const { error, sent } = noResponse(thrown, "the request to reset the credential", WHO);
    return { outcome: sent ? "unknown" : "refused", error };
  }
}

/**
 * The configuration service of the Ed-Fi Data Management Service: it makes the value, one value works at a time, nothing can be read back,
 * and only an administrator may reset. Source: the service's endpoints `reset-credential`, versions 2 and 3.
 */
export const edfiCms: Issuer = {
  name: "edfi-cms",
  baseMember: "url",
  identifying: ["apiClientId", "applicationId", "tenant", "tokenUrl"],
  clientIn,
  loginAt,
  open(content, context): Credential {
    const target = { client: clientIn(content), version: versionOf(content) };
    return credentialOf(target, requiredSecret(content, "clientSecret"), counted(context, target.client));
  },
};

function credentialOf(target: EdFiTarget, clientSecret: Secret, context: IssuerContext): Credential {
  const { client } = target;
  const tokenEndpoint: TokenEndpoint = { url: client.tokenUrl, scope: null, who: WHO, refusalOf };
  return {
    client,
    capabilities,
    clientSecret,
    withSecret: (other) => credentialOf(target, other, context),
    rotatedMember: "clientSecret",
    tokenEndpoint,
    preflight: async (prove) => edFiPreflight(target, context, await prove()),
    login: () => requestToken(tokenEndpoint, postOrAsDemanded(client.clientId, clientSecret.reveal()), context),
    mint: (authorization) => mint(target, context, authorization),
    install: () => {
      const error = new RotationError("INTERNAL", "this issuer takes no value of ours");
      return Promise.resolve({ outcome: "refused", error });
    },
    readBack: () => Promise.resolve({ outcome: "not-readable", isProofAlive: true }),
    retire: () => Promise.resolve({ outcome: "nothing-to-retire" }),
  };
}
