import { ces } from "./ces.ts";
import { edfiCms } from "./edfi-cms.ts";
import type { EmulatedIssuer, System } from "./emulated-issuer.ts";
import { identityDomain } from "./identity-domain.ts";
import { keycloak } from "./keycloak.ts";
import { uaa } from "./uaa.ts";

const issuers: readonly EmulatedIssuer[] = [identityDomain, keycloak, uaa, ces, edfiCms];

export function issuerServing(path: string): EmulatedIssuer | undefined {
  return issuers.find((issuer) => issuer.serves(path));
}

export function issuerOf(system: System): EmulatedIssuer | undefined {
  return issuers.find((issuer) => issuer.system === system);
}
