import type { Token } from "../http/token-cache.ts";
import type { Credential, Issuer, IssuerContext, Login, Mint, ReadBack, Traits } from "./issuer.ts";
import { judgeMint, judgeReadBack, judgeToken, noAnswer } from "./oci-iam-answers.ts";
import { type OciIamContent, parseOciIamContent } from "./oci-iam-content.ts";

const SCOPE = "urn:opc:idm:__myscopes__";
const REGENERATOR = "urn:ietf:params:scim:schemas:oracle:idcs:AppClientSecretRegenerator";

const traits: Traits = {
  valueChosenBy: "issuer",
  readBack: "probe",
  overlap: "none",
  authorities: ["client"],
  repeatMint: "last-wins",
};

/**
 * The client's own credential. Id and secret go into the header raw, not form-encoded as RFC 6749 asks: that is how identity domains take
 * them, and the secrets they make hold nothing that encoding would change.
 */
async function login(content: OciIamContent, { http, clock }: IssuerContext): Promise<Login> {
  const requestedAt = clock.monotonic();
  const basic = Buffer.from(`${content.clientId}:${content.appSecret.reveal()}`).toString("base64");
  const form = new URLSearchParams({ grant_type: "client_credentials", scope: SCOPE }).toString();
  try {
    const answer = await http.post(`${content.origin}/oauth2/v1/token`, form, {
      headers: {
        authorization: `Basic ${basic}`,
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

function bearer(token: Token): Record<string, string> {
  return { authorization: `Bearer ${token.value.reveal()}`, accept: "application/scim+json, application/json" };
}

async function mint(content: OciIamContent, { http }: IssuerContext, token: Token): Promise<Mint> {
  const body = JSON.stringify({ appId: content.appId, schemas: [REGENERATOR] });
  try {
    const answer = await http.post(`${content.origin}/admin/v1/AppClientSecretRegenerator`, body, {
      headers: { ...bearer(token), "content-type": "application/scim+json" },
    });
    return judgeMint(answer);
  } catch (thrown) {
    const { error, sent } = noAnswer(thrown, "the request to regenerate");
    return { outcome: sent ? "unknown" : "refused", error };
  }
}

async function readBack(content: OciIamContent, { http }: IssuerContext, token: Token): Promise<ReadBack> {
  try {
    const answer = await http.get(`${content.origin}/admin/v1/Apps/${content.appId}`, { headers: bearer(token) });
    return judgeReadBack(answer);
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
      traits,
      origin: parsed.origin,
      clientId: parsed.clientId,
      clientSecret: parsed.appSecret,
      rotatedMember: "appSecret",
      scope: SCOPE,
      login: () => login(parsed, context),
      mint: (token) => mint(parsed, context, token),
      readBack: (token) => readBack(parsed, context, token),
    };
  },
};
