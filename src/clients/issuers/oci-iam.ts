import { RotationError } from "../../base/errors.ts";
import type { Secret } from "../../base/secret.ts";
import type { IssuerHttp } from "../http/issuer-http.ts";
import type { Client } from "./client.ts";
import { requiredSecret } from "./content-members.ts";
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
  type Mint,
  type ReadBack,
} from "./issuer.ts";
import { ociIamClientIn } from "./oci-iam-content.ts";
import { iamRefusalOf, judgeApp, judgeInstall, judgeMint, judgeReadBack, WHO } from "./oci-iam-responses.ts";
import { type IssuerResponse, noResponse } from "./responses.ts";
import { rawBasicProof, requestToken } from "./token-request.ts";
import type { Login } from "./verdict.ts";

/** Every scope that the client was granted. */
const OCI_IAM_SCOPE = "urn:opc:idm:__myscopes__";
/** The audience that identity domains expect of a client assertion (Source: OCI IAM, JWT client assertions). */
const ASSERTION_AUDIENCE = "https://identity.oraclecloud.com/";
const EXPIRY_SCOPE = "urn:opc:resource:expiry";
const REGENERATOR = "urn:ietf:params:scim:schemas:oracle:idcs:AppClientSecretRegenerator";

function traitsFor(valueChosenBy: Capabilities["valueChosenBy"]): Capabilities {
  return {
    valueChosenBy,
    readBack: "probe",
    overlap: "none",
    authorities: ["client", "other-client", "resource-principal"],
    repeatMint: valueChosenBy === "caller" ? "safe" : "last-wins",
  };
}

/** The scope for a token of the default life, or of a chosen one (Source: OCI IAM, custom access token expiry). */
function scopeFor(tokenLifeSeconds: number | null): string {
  return tokenLifeSeconds === null ? OCI_IAM_SCOPE : `${OCI_IAM_SCOPE} ${EXPIRY_SCOPE}=${tokenLifeSeconds}`;
}

function loginAt({ base, tokenUrl }: IssuerAddress): LoginPlace {
  const url = tokenUrl ?? `${base}/oauth2/v1/token`;
  const tokenEndpoint = { url, scope: OCI_IAM_SCOPE, who: WHO, refusalOf: iamRefusalOf };
  return { tokenEndpoint, assertionAudience: ASSERTION_AUDIENCE, clientAuth: rawBasicProof };
}

async function login(
  client: Client,
  appSecret: Secret,
  context: IssuerContext,
  tokenLifeSeconds: number | null,
): Promise<Login> {
  const { tokenEndpoint: endpoint } = loginAt(client);
  const proof = rawBasicProof(client.clientId, appSecret.reveal());
  const first = await requestToken({ ...endpoint, scope: scopeFor(tokenLifeSeconds) }, proof, context);
  // A domain that grants no chosen life still judges the secret; its token is then simply the shorter way back.
  return tokenLifeSeconds !== null && first.verdict === "unknown" && first.isScopeRefused
    ? requestToken(endpoint, proof, context)
    : first;
}

/** One request to the domain's administration API, proven by a bearer token or signed as OCI signs requests. */
async function send(
  http: IssuerHttp,
  authorization: Authorization,
  request: { readonly method: "GET" | "POST" | "PATCH"; readonly url: string; readonly body?: string },
): Promise<IssuerResponse> {
  const { method, url, body } = request;
  const headers = new Headers({ accept: "application/scim+json, application/json" });
  if (body !== undefined) headers.set("content-type", "application/scim+json");
  if (authorization.kind === "bearer") headers.set("authorization", `Bearer ${authorization.token.reveal()}`);
  else
    await authorization.signer.signHttpRequest({ method, uri: url, headers, ...(body === undefined ? {} : { body }) });
  return http.request({
    method,
    url,
    headers: Object.fromEntries(headers.entries()),
    ...(body === undefined ? {} : { data: body }),
  });
}

const appUrl = ({ base, subject }: Client) => `${base}/admin/v1/Apps/${subject}`;

/**
 * A second authority may regenerate for every App, so it checks first which client the content's App is. Null: this
 * client, or the App may not be read; then an administrator has configured the pair.
 */
async function strangeApp(
  client: Client,
  http: IssuerHttp,
  authorization: Authorization,
): Promise<RotationError | null> {
  if (authorization.by === "client") return null;
  try {
    return judgeApp(await send(http, authorization, { method: "GET", url: appUrl(client) }), client.clientId);
  } catch (thrown) {
    return noResponse(thrown, "the request for the application", WHO).error;
  }
}

async function mint(
  client: Client,
  context: IssuerContext,
  authorization: Authorization,
  isInTime: () => boolean = () => true,
): Promise<Mint> {
  const error = await strangeApp(client, context.httpAtOnce, authorization);
  if (error !== null) return { outcome: error.code === "ISSUER_CONFIGURATION" ? "refused" : "busy", error };
  if (!isInTime()) {
    const what = "reading the application took so long that it is too late to regenerate";
    return { outcome: "busy", error: new RotationError("ISSUER_UNAVAILABLE", what) };
  }
  const body = JSON.stringify({ appId: client.subject, schemas: [REGENERATOR] });
  try {
    const url = `${client.base}/admin/v1/AppClientSecretRegenerator`;
    return judgeMint(await send(context.httpAtOnce, authorization, { method: "POST", url, body }));
  } catch (thrown) {
    const { error, sent } = noResponse(thrown, "the request to regenerate", WHO);
    return { outcome: sent ? "unknown" : "refused", error };
  }
}

/** `PATCH /admin/v1/Apps/{id}` (SCIM, RFC 7644 section 3.5.2). Whether a domain takes a chosen value is documented nowhere. */
async function install(
  client: Client,
  context: IssuerContext,
  authorization: Authorization,
  value: Secret,
): Promise<Install> {
  const strange = await strangeApp(client, context.httpAtOnce, authorization);
  if (strange !== null) return { outcome: "refused", error: strange };
  const body = JSON.stringify({
    schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
    Operations: [{ op: "replace", path: "clientSecret", value: value.reveal() }],
  });
  try {
    return judgeInstall(await send(context.httpAtOnce, authorization, { method: "PATCH", url: appUrl(client), body }));
  } catch (thrown) {
    const { error, sent } = noResponse(thrown, "the request to set the client secret", WHO);
    return { outcome: sent ? "unknown" : "refused", error };
  }
}

async function readBack(client: Client, context: IssuerContext, authorization: Authorization): Promise<ReadBack> {
  try {
    return judgeReadBack(
      await send(context.http, authorization, { method: "GET", url: appUrl(client) }),
      client.clientId,
    );
  } catch (thrown) {
    return { outcome: "unknown", error: noResponse(thrown, "the request for the application", WHO).error };
  }
}

/**
 * OCI IAM identity domains: the domain makes the value, exactly one value works at a time, and the client may regenerate its own secret
 * (baseline AppRole "Authenticated Client"). Sources: Oracle's REST API for identity domains, AppClientSecretRegenerator and Apps.
 */
export const ociIam: Issuer = {
  name: "oci-iam",
  baseMember: "domainUrl",
  identifying: ["appId"],
  clientIn: ociIamClientIn,
  loginAt,
  open(content, context): Credential {
    const client = ociIamClientIn(content);
    return credentialOf(client, requiredSecret(content, "appSecret"), counted(context, client));
  },
};

function credentialOf(client: Client, appSecret: Secret, context: IssuerContext): Credential {
  return {
    client,
    capabilities: traitsFor(context.settings.ociIamValue),
    clientSecret: appSecret,
    withSecret: (clientSecret) => credentialOf(client, clientSecret, context),
    rotatedMember: "appSecret",
    tokenEndpoint: loginAt(client).tokenEndpoint,
    preflight: async (prove) => {
      const error = await strangeApp(client, context.http, await prove());
      if (error !== null) throw error;
      return null;
    },
    login: (tokenLifeSeconds) => login(client, appSecret, context, tokenLifeSeconds),
    mint: (authorization, isInTime) => mint(client, context, authorization, isInTime),
    install: (authorization, { clientSecret }) => install(client, context, authorization, clientSecret),
    readBack: (authorization) => readBack(client, context, authorization),
    retire: () => Promise.resolve({ outcome: "nothing-to-retire" }),
  };
}
