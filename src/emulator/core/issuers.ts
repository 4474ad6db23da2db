import { ces } from "../ces/ces.ts";
import { edfiCms } from "../edfi-cms/edfi-cms.ts";
import { identityDomain } from "../identity/domain.ts";
import { keycloak } from "../keycloak/keycloak.ts";
import { uaa } from "../uaa/uaa.ts";
import type { System } from "./call-names.ts";
import type { EmulatedIssuer } from "./emulated-issuer.ts";

const issuers: readonly EmulatedIssuer[] = [identityDomain, keycloak, uaa, ces, edfiCms];

export function issuerServing(path: string): EmulatedIssuer | undefined {
  return issuers.find((issuer) => issuer.serves(path));
}

export function issuerOf(system: System): EmulatedIssuer | undefined {
  return issuers.find((issuer) => issuer.system === system);
}
