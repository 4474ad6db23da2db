import { flag, listOf, optional, text } from "../fields.ts";
import { optionalSecretOption } from "../secret-argument.ts";

/** The options that say whose clients are listed. */
export const sourceOptions = {
  authority: optionalSecretOption(
    "--authority",
    "the secret of a second authority, which says which issuer to read and how; its OCID, or its name in one of --compartment",
  ),
  domain: {
    flags: "--domain <url>",
    does: "an identity domain to read with your own sign-in, in place of --authority",
    takes: optional(text),
  },
  realm: {
    flags: "--realm <name...>",
    does: "realms of a Keycloak (default: the authority's own)",
    takes: listOf(text),
  },
  allRealms: { flags: "--all-realms", does: "every realm that the authority may see", takes: flag },
  zone: { flags: "--zone <id...>", does: "zones of a UAA (default: the authority's own)", takes: listOf(text) },
  allZones: { flags: "--all-zones", does: "every zone of the UAA", takes: flag },
  tenant: { flags: "--tenant <name...>", does: "tenants of an Ed-Fi CMS (default: all)", takes: listOf(text) },
} as const;
