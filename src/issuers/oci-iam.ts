import type { AxiosInstance } from "axios";
import { Secret } from "../secret.ts";
import type { Credential, Install, Issuer, IssuerContext, Login, Mint, Proof, ReadBack, Traits } from "./issuer.ts";
import { type Answer, judgeInstall, judgeMint, judgeReadBack, judgeToken, noAnswer } from "./oci-iam-answers.ts";
import { type OciIamContent, parseOciIamContent } from "./oci-iam-content.ts";

/** Every scope that the client was granted. */
export const OCI_IAM_SCOPE = "urn:opc:idm:__myscopes__";
const EXPIRY_SCOPE = "urn:opc:resource:expiry";
const REGENERATOR = "urn:ietf:params:scim:schemas:oracle:idcs:AppClientSecretRegenerator";

const CHOSEN_BYTES = 32;

function traitsFor(valueChosenBy: Traits["valueChosenBy"]): Traits {
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

/**
 * A token request with the client credentials grant (RFC 6749, section 4.4).
 * @param proofOfClient headers and form members by which the client shows who it is
 */
export async function requestToken(
  tokenUrl: string,
  proofOfClient: { readonly headers: Record<string, string>; readonly form: Record<string, string> },
  scope: string,
  { http, clock }: Pick<IssuerContext, "http" | "clock">,
): Promise<Login> {
  const requestedAt = clock.monotonic();
  const form = new URLSearchParams({ grant_type: "client_credentials", scope, ...proofOfClient.form }).toString();
  try {
    const answer = await http.post(tokenUrl, form, {
      headers: {
        ...proofOfClient.headers,
        "content-type": "application/x-www-form-urlencoded",
        accept: "application/json",
      },
    });
    return judgeToken(answer, requestedAt);
  } catch (thrown) {
    const { error, final } = noAnswer(thrown, "the token request");
    return { verdict: "unknown", error, final };
  }
}

/**
 * Id and secret go into the header raw, not form-encoded as RFC 6749 asks: that is how identity domains take them, and the secrets they
 * make hold nothing that encoding would change.
 */
export function basicProof(clientId: string, clientSecret: string) {
  const basic = Buffer.from(`${clientId}:${clientSecret}`).toString("base64");
  return { headers: { authorization: `Basic ${basic}` }, form: {} };
}

async function login(content: OciIamContent, context: IssuerContext, tokenLifeSeconds: number | null): Promise<Login> {
  const tokenUrl = `${content.origin}/oauth2/v1/token`;
  const proof = basicProof(content.clientId, content.appSecret.reveal());
  const first = await requestToken(tokenUrl, proof, scopeFor(tokenLifeSeconds), context);
  // A domain that grants no chosen life still judges the secret; its token is then simply the shorter way back.
  return tokenLifeSeconds !== null && first.verdict === "unknown" && first.isScopeRefused
    ? requestToken(tokenUrl, proof, OCI_IAM_SCOPE, context)
    : first;
}

/** One request to the domain's administration API, proven by a bearer token or signed as OCI signs requests. */
async function send(
  http: AxiosInstance,
  proof: Proof,
  request: { readonly method: "GET" | "POST" | "PATCH"; readonly url: string; readonly body?: string },
): Promise<Answer> {
  const { method, url, body } = request;
  const headers = new Headers({ accept: "application/scim+json, application/json" });
  if (body !== undefined) headers.set("content-type", "application/scim+json");
  if (proof.kind === "bearer") headers.set("authorization", `Bearer ${proof.token.reveal()}`);
  else await proof.signer.signHttpRequest({ method, uri: url, headers, ...(body === undefined ? {} : { body }) });
  return http.request({
    method,
    url,
    headers: Object.fromEntries(headers.entries()),
    ...(body === undefined ? {} : { data: body }),
  });
}

async function mint(content: OciIamContent, context: IssuerContext, proof: Proof): Promise<Mint> {
  const body = JSON.stringify({ appId: content.appId, schemas: [REGENERATOR] });
  try {
    const url = `${content.origin}/admin/v1/AppClientSecretRegenerator`;
    return judgeMint(await send(context.httpAtOnce, proof, { method: "POST", url, body }));
  } catch (thrown) {
    const { error, sent } = noAnswer(thrown, "the request to regenerate");
    return { outcome: sent ? "unknown" : "refused", error };
  }
}

/** `PATCH /admin/v1/Apps/{id}` (SCIM, RFC 7644 section 3.5.2). Whether a domain takes a chosen value is documented nowhere. */
async function install(content: OciIamContent, context: IssuerContext, proof: Proof, value: Secret): Promise<Install> {
  const body = JSON.stringify({
    schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
    Operations: [{ op: "replace", path: "clientSecret", value: value.reveal() }],
  });
  try {
    const url = `${content.origin}/admin/v1/Apps/${content.appId}`;
    return judgeInstall(await send(context.httpAtOnce, proof, { method: "PATCH", url, body }));
  } catch (thrown) {
    const { error, sent } = noAnswer(thrown, "the request to set the client secret");
    return { outcome: sent ? "unknown" : "refused", error };
  }
}

async function readBack(content: OciIamContent, context: IssuerContext, proof: Proof): Promise<ReadBack> {
  try {
    const url = `${content.origin}/admin/v1/Apps/${content.appId}`;
    return judgeReadBack(await send(context.http, proof, { method: "GET", url }));
  } catch (thrown) {
    return { outcome: "unknown", error: noAnswer(thrown, "the request for the application").error };
  }
}

/**
 * OCI IAM identity domains: the domain makes the value, exactly one value works at a time, and the client may regenerate its own secret
 * (baseline AppRole "Authenticated Client"). Sources: Oracle's REST API for identity domains, AppClientSecretRegenerator and Apps.
 */
export const ociIam: Issuer = {
  name: "oci-iam",
  open(content, context): Credential {
    const parsed = parseOciIamContent(content);
    return {
      traits: traitsFor(context.settings.ociIamValue),
      origin: parsed.origin,
      clientId: parsed.clientId,
      clientSecret: parsed.appSecret,
      subjectId: parsed.appId,
      rotatedMember: "appSecret",
      scope: OCI_IAM_SCOPE,
      login: (tokenLifeSeconds) => login(parsed, context, tokenLifeSeconds),
      mint: (proof) => mint(parsed, context, proof),
      install: (proof, value) => install(parsed, context, proof, value),
      generate: (entropy) => new Secret(Buffer.from(entropy.bytes(CHOSEN_BYTES)).toString("base64url")),
      readBack: (proof) => readBack(parsed, context, proof),
    };
  },
};
