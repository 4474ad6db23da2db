import type { ProvenIssuerName } from "../types.ts";
import { edfiCms } from "./edfi-cms.ts";
import type { ProvenIssuer } from "./issuer.ts";
import { keycloak, keycloakWithPolicy } from "./keycloak.ts";
import { ociIam, ociIamCaller } from "./oci-iam.ts";
import { uaa } from "./uaa.ts";

/** Every kind of issuer that is searched, by the name that a combination's id begins with. */
export const provenIssuers = {
  "oci-iam": ociIam,
  "oci-iam-caller": ociIamCaller,
  keycloak,
  "keycloak-policy": keycloakWithPolicy,
  uaa,
  "edfi-cms": edfiCms,
} as const satisfies Record<ProvenIssuerName, ProvenIssuer>;
