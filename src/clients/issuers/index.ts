import { noteId } from "../../base/call-secrets.ts";
import { RotationError } from "../../base/errors.ts";
import type { Secret } from "../../base/secret.ts";
import { type Content, contentWith, rotatedMemberOf } from "../vault/content.ts";
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
  requireValue(content);
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
 * Refuses a placeholder in clear words, wherever a client secret is wanted.
 * @throws RotationError CONTENT_INVALID
 */
export function requireValue({ kind }: Content): void {
  if (kind !== "placeholder") return;
  throw new RotationError(
    "CONTENT_INVALID",
    "the secret holds no client secret yet: its first version is a placeholder that only names the client",
    "run heal for this secret, or oci-rotate adopt again: it goes on where it stopped",
  );
}

type Rules = Guard & { readonly origins: readonly string[] | null };

/**
 * The credential that a version's content describes.
 * @throws RotationError ISSUER_UNKNOWN, CONTENT_INVALID; ORIGIN_NOT_ALLOWED if `origins` does not admit where it would be sent
 */
export function openCredential(content: Content, context: IssuerContext, { origins, ...guard }: Rules): Credential {
  requireValue(content);
  return admitted(issuerOf(content).open(content, context), { origins, ...guard });
}

/** A credential that may be sent where it would go, with the guard around it. */
function admitted(credential: Credential, { origins, ...guard }: Rules): Credential {
  for (const id of Object.values(credential.client)) noteId(id);
  requireAdmitted(credential.client, origins);
  return guarded(credential, guard);
}

/**
 * A client whose secret is not stored yet: its login is refused without a request, and only a second authority can act for it.
 * It never gives a value to a client that works without one: whoever logs in so would be locked out at the end of the overlap.
 * @param unknown what nobody knows, in place of the client secret
 * @throws RotationError as `openCredential`
 */
export function openPlaceholder(content: Content, unknown: Secret, context: IssuerContext, rules: Rules): Credential {
  const issuer = issuerOf(content);
  const opened = issuer.open(contentWith(content, rotatedMemberOf(content.issuer), unknown), context);
  const { client } = opened;
  const placeholder: Credential = {
    ...opened,
    login: () => Promise.resolve({ verdict: "rejected" }),
    async install(authorization, value, older) {
      const problem = (await issuer.whyNeedsNoSecret?.(client, context)) ?? null;
      return problem === null ? opened.install(authorization, value, older) : { outcome: "refused", error: problem };
    },
  };
  return admitted(placeholder, rules);
}
