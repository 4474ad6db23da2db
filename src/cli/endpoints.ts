import { EndpointBuilder, Region } from "oci-common";
import { NOTIFICATIONS_TEMPLATE, SECRETS_TEMPLATE, VAULT_TEMPLATE } from "../clients/vault/endpoints.ts";
import { CliError } from "./cli-error.ts";
import { regionMeant } from "./regions.ts";

/** The OCI services in use, by the host names that Oracle's SDKs have for them. */
const templates = {
  vault: VAULT_TEMPLATE,
  secrets: SECRETS_TEMPLATE,
  notifications: NOTIFICATIONS_TEMPLATE,
  functions: "https://functions.{region}.oci.{secondLevelDomain}",
  workRequests: "https://iaas.{region}.{secondLevelDomain}",
  identity: "https://identity.{region}.oci.{secondLevelDomain}",
  auth: "https://auth.{region}.{secondLevelDomain}",
} as const;
export type OciService = keyof typeof templates;

const REGION = /^[a-z]{2,4}(?:-[a-z0-9]+)+-\d+$/;

/** `IAD` and `us-ashburn-1` are the same region. One that is not known here may be new, so it is tried. */
function regionId(text: string): string {
  const region = Region.getRegionIdFromShortCode(text.trim().toLowerCase());
  if (REGION.test(region)) return region;
  const meant = regionMeant(region) ?? "give one such as us-ashburn-1";
  const isCommented = /\s[#;]/.test(region);
  throw new CliError("REGION_MISSING", {
    what: "the region's name is not valid",
    ...(isCommented && { means: "a comment behind a value is a part of it, as for oci" }),
    next: `${meant}, with --region or in the profile`,
  });
}

/** Where a service answers: at the operator's `endpoint` if there is one, otherwise at its host in the region. */
export function endpointOf(service: OciService, endpoint: string | null, region: string | null): string {
  if (endpoint !== null) return endpoint;
  if (region === null) {
    throw new CliError("REGION_MISSING", {
      what: "no region is set",
      means: "the address of OCI's services depends on it",
      next: "add --region, a region= line in the profile, or OCI_REGION",
    });
  }
  return EndpointBuilder.createEndpointFromRegionId(templates[service], regionId(region));
}
