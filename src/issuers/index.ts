import type { Content } from "../content.ts";
import { RotationError } from "../errors.ts";
import { edfiCms } from "./edfi-cms.ts";
import type { Credential, Issuer, IssuerContext } from "./issuer.ts";
import { keycloak } from "./keycloak.ts";
import { ociIam } from "./oci-iam.ts";
import { uaa } from "./uaa.ts";

const issuers: readonly Issuer[] = [ociIam, keycloak, uaa, edfiCms];

/**
 * The credential that a version's content describes. Content without the member `issuer` is that of Oracle's sample.
 * @throws RotationError ISSUER_UNKNOWN, CONTENT_INVALID; ORIGIN_NOT_ALLOWED where `allowedOrigins` is set and does not hold the origin
 */
export function openCredential(
  content: Content,
  context: IssuerContext,
  allowedOrigins: readonly string[] | null,
): Credential {
  const name = content.issuer ?? ociIam.name;
  const issuer = issuers.find((candidate) => candidate.name === name);
  if (issuer === undefined) {
    const known = issuers.map((candidate) => candidate.name).join(", ");
    throw new RotationError(
      "ISSUER_UNKNOWN",
      `the member issuer of the secret's content is none of the known issuers: ${known}`,
    );
  }
  const credential = issuer.open(content, context);
  const tokenOrigin = new URL(credential.tokenEndpoint.url).origin;
  if (tokenOrigin !== credential.origin && !(allowedOrigins ?? []).includes(tokenOrigin)) {
    throw new RotationError(
      "ORIGIN_NOT_ALLOWED",
      "the token endpoint in the secret's content has another origin than the issuer, and is not in OROT_ISSUER_ORIGINS",
    );
  }
  if (allowedOrigins !== null && !allowedOrigins.includes(credential.origin)) {
    throw new RotationError(
      "ORIGIN_NOT_ALLOWED",
      "the issuer's address in the secret's content is not in OROT_ISSUER_ORIGINS",
    );
  }
  return credential;
}
