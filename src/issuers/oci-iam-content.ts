import type { Content } from "../content.ts";
import { RotationError } from "../errors.ts";
import { isSafeOrigin } from "../origin.ts";
import type { Secret } from "../secret.ts";
import { invalidMember as invalid, requiredClientId, requiredSecret, requiredText as text } from "./content-members.ts";

/** The members of Oracle's Java sample; `domainUrl` may stand in place of `iamDomainInstanceId`. */
export interface OciIamContent {
  /** `https://idcs-<32 hex>.identity.oraclecloud.com`, or a custom host. */
  readonly origin: string;
  /** The SCIM id of the App: 32 hexadecimal characters. */
  readonly appId: string;
  readonly clientId: string;
  readonly appSecret: Secret;
}

const APP_ID = /^[0-9a-f]{32}$/i;
const INSTANCE_ID = /^[a-z0-9][a-z0-9-]{0,62}$/i;
/** Accepts the Domain URL as the Console shows it: with `:443`, with a trailing slash, with `/admin/v1`. */
function originOfDomainUrl(domainUrl: string): string {
  const bare = domainUrl
    .trim()
    .replace(/\/+$/, "")
    .replace(/\/admin\/v1$/, "")
    .replace(/\/+$/, "");
  if (!URL.canParse(bare)) throw invalid("domainUrl", "must be an https URL");
  const url = new URL(bare);
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "" || url.pathname !== "/") {
    throw invalid("domainUrl", "must be an https URL without path, query and user");
  }
  if (!isSafeOrigin(url.origin)) {
    throw new RotationError("ORIGIN_NOT_ALLOWED", "the member domainUrl of the secret's content is not https");
  }
  return url.origin;
}

function originOf(content: Content): string {
  const fromUrl = content.has("domainUrl") ? originOfDomainUrl(text(content, "domainUrl")) : null;
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

/** @throws RotationError CONTENT_INVALID or ORIGIN_NOT_ALLOWED, naming the member, never its value */
export function parseOciIamContent(content: Content): OciIamContent {
  const origin = originOf(content);
  const appId = text(content, "appId");
  if (!APP_ID.test(appId)) throw invalid("appId", "must be 32 hexadecimal characters");
  return { origin, appId, clientId: requiredClientId(content), appSecret: requiredSecret(content, "appSecret") };
}
