import { HOUR_MS } from "../../../src/base/durations.ts";
import type { Switches } from "../../../src/emulator/core/switches.ts";
import { SUBSCRIBERS } from "../setup.ts";
import type { Combination, ProvenIssuerName } from "../types.ts";
import { edfiCmsGround, edfiCmsTenantGround } from "./grounds/edfi-cms.ts";
import { EVIL_HOST, type Ground } from "./grounds/ground.ts";
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
  /** OROT_RETIRE_AFTER is `acknowledged`, and applications are subscribed to S. */
  readonly acknowledges?: true;
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
  { issuer: "uaa", speaker: "alone", origins: "open", acknowledges: true },
  { issuer: "keycloak-policy", speaker: "secret-id", origins: "open", acknowledges: true },
];

export function worldId({ issuer, speaker, origins, acknowledges }: WorldKind): string {
  return [issuer, speaker, origins, ...(acknowledges ? ["acknowledged"] : [])].join(",");
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

/** The shortest grace where acknowledgements are waited for; longer than any token lives. */
export const LEAST_GRACE_MS = HOUR_MS;
/** Longer than any run, so that only acknowledgements end an overlap in time. */
const LONGEST_GRACE_HOURS = 48;

/** Settings of the function that the kind of issuer needs in prove's other parts too. */
export function settingsOf({ issuer, acknowledges }: WorldKind): Readonly<Record<string, string>> {
  if (acknowledges) {
    return {
      OROT_RETIRE_AFTER: "acknowledged",
      OROT_GRACE_HOURS: String(LEAST_GRACE_MS / HOUR_MS),
      OROT_LONGEST_GRACE_HOURS: String(LONGEST_GRACE_HOURS),
      OROT_NOTIFY_HOSTS: [...new Set(SUBSCRIBERS.map((url) => new URL(url).host)), EVIL_HOST].join(","),
    };
  }
  if (issuer === "oci-iam-caller") return { OROT_OCI_IAM_VALUE: "caller" };
  return issuer === "uaa" ? { OROT_GRACE_HOURS: "0" } : {};
}

export const isTwoSlot = ({ issuer }: WorldKind) => issuer === "uaa" || issuer === "keycloak-policy";
