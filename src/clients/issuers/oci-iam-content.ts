import { canonicalAddress, isSafeAddress } from "../../base/address.ts";
import { RotationError } from "../../base/errors.ts";
import type { Content } from "../vault/content.ts";
import type { Client } from "./client.ts";
import { invalidMember as invalid, requiredClientId, requiredText as text } from "./content-members.ts";
import { COLON_ENDS_ID } from "./token-request.ts";

const APP_ID = /^[0-9a-f]{32}$/i;
const INSTANCE_ID = /^[a-z0-9][a-z0-9-]{0,62}$/i;

/** Accepts the Domain URL as the Console shows it: with `:443`, with a trailing slash, with `/admin/v1`. */
function baseOfDomainUrl(domainUrl: string): string {
  const bare = domainUrl
    .trim()
    .replace(/\/+$/, "")
    .replace(/\/admin\/v1$/, "")
    .replace(/\/+$/, "");
  const address = canonicalAddress(bare);
  if (address === null) throw invalid("domainUrl", "must be an https URL");
  if (new URL(address).pathname !== "/") throw invalid("domainUrl", "must be an https URL without a path");
  if (!isSafeAddress(address)) {
    throw new RotationError("ORIGIN_NOT_ALLOWED", "the member domainUrl of the secret's content is not https");
  }
  return address;
}

function baseOf(content: Content): string {
  const fromUrl = content.has("domainUrl") ? baseOfDomainUrl(text(content, "domainUrl")) : null;
  if (!content.has("iamDomainInstanceId")) {
    if (fromUrl === null) throw invalid("iamDomainInstanceId", "is missing, and so is domainUrl in its place");
    return fromUrl;
  }
  const instanceId = text(content, "iamDomainInstanceId");
  if (!INSTANCE_ID.test(instanceId))
    throw invalid("iamDomainInstanceId", "must be an instance id such as idcs-0123 with 32 digits");
  const fromId = `https://${instanceId.toLowerCase()}.identity.oraclecloud.com`;
  if (fromUrl !== null && fromUrl !== fromId) throw invalid("domainUrl", "names another host than iamDomainInstanceId");
  return fromId;
}

/**
 * The members of Oracle's Java sample; `domainUrl` may stand in place of `iamDomainInstanceId`.
 * @throws RotationError CONTENT_INVALID or ORIGIN_NOT_ALLOWED, naming the member, never its value
 */
export function ociIamClientIn(content: Content): Client & { readonly subject: string } {
  const base = baseOf(content);
  const appId = text(content, "appId");
  if (!APP_ID.test(appId)) throw invalid("appId", "must be 32 hexadecimal characters");
  const clientId = requiredClientId(content);
  if (clientId.includes(":")) throw invalid("clientId", `must hold no colon: ${COLON_ENDS_ID}`);
  const subject = appId.toLowerCase();
  return { issuer: "oci-iam", base, realm: null, tenant: null, tokenUrl: null, clientId, subject };
}
