import { noteId } from "../../base/call-secrets.ts";
import { RotationError } from "../../base/errors.ts";
import type { Secret } from "../../base/secret.ts";
import type { Content } from "../vault/content.ts";
import type { Client } from "./client.ts";
import { edfiCms } from "./edfi-cms.ts";
import { type Guard, guarded } from "./guard.ts";
import type { Credential, Issuer, IssuerContext } from "./issuer.ts";
import { keycloak } from "./keycloak.ts";
import { ociIam } from "./oci-iam.ts";
import { requireAdmitted } from "./origins.ts";
import { uaa } from "./uaa.ts";

const issuers: readonly Issuer[] = [ociIam, keycloak, uaa, edfiCms];

/** What the member `issuer` of a content may be. */
export const issuerNames: readonly string[] = issuers.map(({ name }) => name);

/** The issuer of this name; undefined: none that is known. */
export function issuerNamed(name: string): Issuer | undefined {
  return issuers.find((candidate) => candidate.name === name);
}

/**
 * The client that a version's content names, without its client secret.
 * @throws RotationError ISSUER_UNKNOWN, CONTENT_INVALID
 */
export function clientIn(content: Content): Client {
  return issuerOf(content).clientIn(content);
}

/**
 * The client secret that a version's content holds. Only to be compared: where it may be sent is not looked at.
 * @throws RotationError ISSUER_UNKNOWN, CONTENT_INVALID
 */
export function clientSecretIn(content: Content, context: IssuerContext): Secret {
  return issuerOf(content).open(content, context).clientSecret;
}

/** Content without the member `issuer` is that of Oracle's sample. */
function issuerOf(content: Content): Issuer {
  const issuer = issuerNamed(content.issuer ?? ociIam.name);
  if (issuer !== undefined) return issuer;
  throw new RotationError(
    "ISSUER_UNKNOWN",
    `the member issuer of the secret's content is none of the known issuers: ${issuerNames.join(", ")}`,
  );
}

/**
 * The credential that a version's content describes.
 * @throws RotationError ISSUER_UNKNOWN, CONTENT_INVALID; ORIGIN_NOT_ALLOWED if `origins` does not admit where it would be sent
 */
export function openCredential(
  content: Content,
  context: IssuerContext,
  { origins, ...guard }: Guard & { readonly origins: readonly string[] | null },
): Credential {
  const credential = issuerOf(content).open(content, context);
  for (const id of Object.values(credential.client)) noteId(id);
  requireAdmitted(credential.client, origins);
  return guarded(credential, guard);
}
