import { createPublicKey } from "node:crypto";
import {
  asText,
  type EmulatedRequest,
  type EmulatedResponse,
  json,
  notAuthorizedOrNotFound,
  ociError,
  parseObject,
} from "../core/wire.ts";

/** Of OCI's identity data plane, `https://auth.{region}.{domain}`: tokens for a database. */
export const SCOPED_TOKEN_PATH = "/v1/actions/generateScopedAccessToken";

const LIFE_SECONDS = 3600;
const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** The key that a database asks the bearer to prove, as a JWK; undefined for anything but an RSA public key in PEM. */
function jwkOf(pem: string): object | undefined {
  try {
    if (!pem.startsWith("-----BEGIN PUBLIC KEY-----")) return undefined;
    const key = createPublicKey(pem);
    return key.asymmetricKeyType === "rsa" ? key.export({ format: "jwk" }) : undefined;
  } catch {
    return undefined;
  }
}

/** GenerateScopedAccessToken: a token for databases, bound to the public key that the caller sends. The emulator has no database. */
export function handleAuth(request: EmulatedRequest, now: number): EmulatedResponse {
  if (request.path !== SCOPED_TOKEN_PATH || request.method !== "POST") return notAuthorizedOrNotFound();
  const details = parseObject(request.body);
  if (details === undefined) return ociError(400, "CannotParseRequest", "The request body is not a JSON object.");
  const scope = asText(details["scope"]) ?? "";
  const jwk = jwkOf(asText(details["publicKey"]) ?? "");
  if (!scope.startsWith("urn:oracle:db:") || jwk === undefined) {
    return ociError(400, "InvalidParameter", "scope is urn:oracle:db:..., publicKey an RSA public key in PEM.");
  }
  const seconds = Math.floor(now / 1000);
  const claims = {
    iat: seconds,
    exp: seconds + LIFE_SECONDS,
    sub: "ocid1.user.oc1..emulateduser",
    tenant: "ocid1.tenancy.oc1..emulatedtenancy",
    scope,
    jwk: JSON.stringify(jwk),
  };
  return json(200, { token: `${part({ alg: "RS256", typ: "JWT" })}.${part(claims)}.${part({ emulated: true })}` });
}
