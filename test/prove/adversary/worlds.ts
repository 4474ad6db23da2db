import type { Switches } from "../../../src/emulator/core/switches.ts";
import type { Combination, ProvenIssuerName } from "../types.ts";
import { edfiCmsGround, edfiCmsTenantGround } from "./grounds/edfi-cms.ts";
import type { Ground } from "./grounds/ground.ts";
import { keycloakGround } from "./grounds/keycloak.ts";
import { ociIamCallerGround, ociIamGround } from "./grounds/oci-iam.ts";
import { uaaGround } from "./grounds/uaa.ts";

/** Who else may rotate the client, and what names the secret that it may be for. */
export type Speaker = "alone" | "secret-id" | "tag" | "principal";
/** OROT_ISSUER_ORIGINS: not set; only the issuer's base; the issuer's origin and all of the attacker's. */
export type Origins = "unset" | "base" | "open";

export interface WorldKind {
  readonly issuer: ProvenIssuerName;
  readonly speaker: Speaker;
  readonly origins: Origins;
  /** OROT_BINDING_TAG is set. */
  readonly isTagWanted?: boolean;
  readonly readBack?: Combination["readBack"];
  readonly oldTokens?: Combination["oldTokens"];
}

/**
 * Each kind of issuer; without another authority, with a second authority by secret or by tag, with the function's own
 * principal.
 */
export const worldKinds: readonly WorldKind[] = [
  { issuer: "oci-iam", speaker: "alone", origins: "unset", readBack: "clear" },
  { issuer: "oci-iam", speaker: "alone", origins: "open" },
  { issuer: "oci-iam", speaker: "secret-id", origins: "base", oldTokens: "die" },
  { issuer: "oci-iam", speaker: "tag", origins: "open" },
  { issuer: "oci-iam", speaker: "principal", origins: "unset", readBack: "clear", oldTokens: "die" },
  { issuer: "oci-iam-caller", speaker: "alone", origins: "open" },
  { issuer: "oci-iam-caller", speaker: "secret-id", origins: "unset" },
  { issuer: "keycloak", speaker: "alone", origins: "open" },
  { issuer: "keycloak", speaker: "tag", origins: "base", isTagWanted: true },
  { issuer: "keycloak-policy", speaker: "secret-id", origins: "open" },
  { issuer: "uaa", speaker: "alone", origins: "open" },
  { issuer: "uaa", speaker: "tag", origins: "open" },
  { issuer: "edfi-cms", speaker: "secret-id", origins: "open" },
  { issuer: "edfi-cms", speaker: "tag", origins: "base" },
];

export function worldId({ issuer, speaker, origins }: WorldKind): string {
  return [issuer, speaker, origins].join(",");
}

export function parseWorldKind(id: string): WorldKind {
  const found = worldKinds.find((kind) => worldId(kind) === id);
  if (found === undefined)
    throw new Error(`unknown world "${id}". Next: use one of ${worldKinds.map(worldId).join(" ")}.`);
  return found;
}

const grounds: Readonly<Record<ProvenIssuerName, Ground>> = {
  "oci-iam": ociIamGround,
  "oci-iam-caller": ociIamCallerGround,
  keycloak: keycloakGround,
  "keycloak-policy": keycloakGround,
  uaa: uaaGround,
  "edfi-cms": edfiCmsGround,
};

/** Ed-Fi's second world has tenants. */
const hasTenants = ({ issuer, speaker }: WorldKind) => issuer === "edfi-cms" && speaker === "tag";

export function groundOf(kind: WorldKind): Ground {
  return hasTenants(kind) ? edfiCmsTenantGround : grounds[kind.issuer];
}

/** As prove's other parts know it. */
export function combinationOf({ issuer, speaker, readBack, oldTokens }: WorldKind): Combination {
  return {
    issuer,
    readBack: readBack ?? "empty",
    oldTokens: oldTokens ?? "live",
    authority: speaker !== "alone",
    ifMatch: "honoured",
    secondPending: "deprecates",
    isNoted: true,
    staleNode: false,
    requireWayBack: false,
    subscribed: false,
    acknowledges: false,
  };
}

export function switchesFor(kind: WorldKind): Partial<Switches> {
  return {
    ...(kind.speaker === "principal" ? { "signed-callers": "allowed" } : {}),
    ...(hasTenants(kind) ? { "edfi-tenancy": "multi" } : {}),
  };
}

/** Settings of the function that the kind of issuer needs in prove's other parts too. */
export function settingsOf({ issuer }: WorldKind): Readonly<Record<string, string>> {
  if (issuer === "oci-iam-caller") return { OROT_OCI_IAM_VALUE: "caller" };
  return issuer === "uaa" ? { OROT_GRACE_HOURS: "0" } : {};
}

export const isTwoSlot = ({ issuer }: WorldKind) => issuer === "uaa" || issuer === "keycloak-policy";
