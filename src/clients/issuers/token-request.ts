import type { Clock } from "../../base/clock.ts";
import { RotationError } from "../../base/errors.ts";
import type { IssuerHttp } from "../http/issuer-http.ts";
import { type IssuerResponse, judgeToken, noResponse, type Refusal } from "./responses.ts";
import type { Login } from "./verdict.ts";

/** By what a client shows who it is: headers and form members of its token request (RFC 6749, section 2.3). */
export interface ClientAuth {
  readonly headers: Readonly<Record<string, string>>;
  readonly form: Readonly<Record<string, string>>;
  /** Another way to show the same, if this answer asks for it; null: it does not. */
  instead?(response: IssuerResponse): ClientAuth | null;
}

/** The address that tokens are requested from, and how this issuer speaks about it. */
export interface TokenEndpoint {
  readonly url: string;
  /** Null: none is sent. */
  readonly scope: string | null;
  /** The issuer in words. */
  readonly who: string;
  /** What this issuer's 4xx says of the client secret. */
  refusalOf(response: IssuerResponse): Refusal;
}

/** The client credentials grant (RFC 6749, section 4.4). Never throws. */
export async function requestToken(
  { url, scope, who, refusalOf }: TokenEndpoint,
  proof: ClientAuth,
  { http, clock }: { readonly http: IssuerHttp; readonly clock: Clock },
): Promise<Login> {
  const grant = { grant_type: "client_credentials", ...(scope === null ? {} : { scope }) };
  const ask = async (shown: ClientAuth) => {
    const requestedAt = clock.monotonic();
    const answer = await http.post(url, new URLSearchParams({ ...grant, ...shown.form }).toString(), {
      headers: {
        ...shown.headers,
        "content-type": "application/x-www-form-urlencoded",
        accept: "application/json",
      },
    });
    return { answer, requestedAt };
  };
  try {
    const first = await ask(proof);
    const other = proof.instead?.(first.answer) ?? null;
    const { answer, requestedAt } = other === null ? first : await ask(other);
    return judgeToken(answer, requestedAt, who, refusalOf);
  } catch (thrown) {
    const { error, final } = noResponse(thrown, "the token request", who);
    return { verdict: "unknown", error, final };
  }
}

function basic(text: string): ClientAuth {
  return { headers: { authorization: `Basic ${Buffer.from(text).toString("base64")}` }, form: {} };
}

/** Why a domain's header cannot carry every id. */
export const COLON_ENDS_ID = "in an identity domain's Basic header the id ends at the first one (RFC 7617)";

/**
 * Id and secret go into the header raw, not form-encoded as RFC 6749 asks: that is how identity domains take them, and the secrets they
 * make hold nothing that encoding would change.
 */
export function rawBasicProof(clientId: string, clientSecret: string): ClientAuth {
  if (clientId.includes(":")) {
    throw new RotationError("CONTENT_INVALID", `the client id of a second authority holds a colon: ${COLON_ENDS_ID}`);
  }
  return basic(`${clientId}:${clientSecret}`);
}

/** Id and secret as members of the form (RFC 6749, section 2.3.1). */
export function clientSecretPost(clientId: string, clientSecret: string): ClientAuth {
  return { headers: {}, form: { client_id: clientId, client_secret: clientSecret } };
}

/** Id and secret form-encoded in the Basic header (RFC 6749, section 2.3.1). */
export function clientSecretBasic(clientId: string, clientSecret: string): ClientAuth {
  const encode = (text: string) => new URLSearchParams({ "": text }).toString().slice(1);
  return basic(`${encode(clientId)}:${encode(clientSecret)}`);
}
