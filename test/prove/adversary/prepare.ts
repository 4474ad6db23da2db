import type { OciSigner } from "../../../src/clients/http/oci-http-client.ts";
import { withSecondPendingTaken } from "../../../src/clients/vault/rotation-metadata.ts";
import { createSeededEntropy } from "../../../src/emulator/core/seeded-entropy.ts";
import type { EmulatorState } from "../../../src/emulator/core/state.ts";
import { createVirtualClock } from "../../../src/emulator/core/virtual-clock.ts";
import { createEmulator } from "../../../src/emulator/emulator.ts";
import { switchesOf } from "../combinations.ts";
import { type Setup, START_MS, SUBSCRIBERS, subscribedMetadata, WEBHOOK_KEY } from "../setup.ts";
import { authorityContent, principalSetting } from "./binding.ts";
import type { Ground, IssuerClient, Place } from "./grounds/ground.ts";
import { REALM } from "./grounds/keycloak.ts";
import { combinationOf, groundOf, settingsOf, switchesFor, type WorldKind } from "./worlds.ts";

/** Secrets and clients by whose they are: team A's, team B's, the attacker's own, the second authority's. */
export type Owner = "S" | "B" | "O" | "U";

export const compartments = {
  teamA: "ocid1.compartment.oc1..teama",
  teamB: "ocid1.compartment.oc1..teamb",
  attackers: "ocid1.compartment.oc1..attackers",
  authorities: "ocid1.compartment.oc1..authorities",
} as const;

/**
 * What team A's secret begins with: a value at the issuer's address, or at the one from which the issuer has moved away; a placeholder, as an
 * adoption makes it, with a second authority that is bound to it, or not yet.
 */
export type Beginning = "value" | "moved" | "placeholder" | "unbound";

/** A world before its event: what all schedules of one history share. `state` is copied for each. */
export interface Prepared {
  readonly kind: WorldKind;
  readonly ground: Ground;
  readonly seed: number;
  readonly state: EmulatorState;
  readonly startedAt: number;
  readonly secretIds: Readonly<Record<Exclude<Owner, "U">, string>> & { readonly U: string | null };
  readonly clients: Readonly<Record<Exclude<Owner, "U">, IssuerClient>> & { readonly U: IssuerClient | null };
  readonly environment: Readonly<Record<string, string>>;
  /** When what is CURRENT became so. */
  readonly currentAt: number;
  /** The second authority's content once team A's secret is bound; null: nothing is left to bind. */
  readonly binding: string | null;
  /** The value that worked before the adoption, and that no version holds; null: there was no adoption. */
  readonly unstored: string | null;
  /** The signature of the function's own principal; it must go only to OCI and to S's issuer. */
  readonly signature: string;
  /** The value that an administrator sets at the console in one of the histories. */
  readonly consoleValue: string;
}

const SECRET_LETTERS = 32;
const LETTERS = 26;
const KEYCLOAK_POLICY = { expirationSeconds: 29 * 86_400, rotatedSeconds: 2 * 86_400 };
/** Longer than the pause after an attack, so that waiting does not end what a claim's token can do. */
const HEAL_INTERVAL_MINUTES = 120;
const TAG = { namespace: "rotation", key: "client" } as const;

/** The text of a version. */
export function contentOf(ground: Ground, place: Place, members: IssuerClient["members"], value: string): string {
  return JSON.stringify({ ...place.members, ...members, [ground.rotatedMember]: value });
}

/** The text of the first version of an adopted client. */
export function placeholderOf(ground: Ground, members: IssuerClient["members"]): string {
  const mark = { v: 1, kind: "placeholder" };
  return JSON.stringify({ ...ground.home.members, ...members, [ground.rotatedMember]: null, _rotation: mark });
}

/** Only small letters: a server may copy it into a place where only such a word is expected. */
function words(seed: number): () => string {
  const entropy = createSeededEntropy(seed);
  return () =>
    Array.from({ length: SECRET_LETTERS }, () =>
      String.fromCharCode("a".charCodeAt(0) + Math.floor(entropy.fraction() * LETTERS)),
    ).join("");
}

const KEYS = JSON.stringify({ keys: [WEBHOOK_KEY] });

/** What an earlier rotation has noted; an adoption notes nothing. */
function metadataOf(
  { acknowledges }: WorldKind,
  owner: Owner,
  isAdopted: boolean,
): ReturnType<typeof withSecondPendingTaken> {
  if (isAdopted) return {};
  return withSecondPendingTaken(acknowledges && owner === "S" ? subscribedMetadata(SUBSCRIBERS) : {});
}

function originsOf({ origins }: WorldKind, ground: Ground): Record<string, string> {
  const oldBase = String(ground.old.members["url"] ?? ground.old.members["domainUrl"]);
  if (origins === "unset") return {};
  const open = [ground.origins.origin, ...ground.origins.evil, new URL(oldBase).origin];
  return { OROT_ISSUER_ORIGINS: origins === "base" ? ground.origins.base : open.join(",") };
}

export function prepareWorld(kind: WorldKind, seed: number, beginning: Beginning): Prepared {
  const ground = groundOf(kind);
  const emulator = createEmulator({
    clock: createVirtualClock(START_MS),
    entropy: createSeededEntropy(seed),
    switches: { ...switchesOf(combinationOf(kind)), ...switchesFor(kind) },
  });
  const { admin } = emulator;
  const word = words(seed + 1);
  const values = { S: word(), B: word(), O: word(), U: word() };
  if (kind.issuer.startsWith("keycloak")) {
    admin.createRealm({ name: REALM, ...(kind.issuer === "keycloak-policy" ? { policy: KEYCLOAK_POLICY } : {}) });
  }
  const own = kind.speaker === "alone" ? "itself" : "none";
  const clients = {
    S: ground.makeClient(admin, values.S, own),
    B: ground.makeClient(admin, values.B, own),
    O: ground.makeClient(admin, values.O, "itself"),
  };
  const speaks = kind.speaker === "secret-id" || kind.speaker === "tag";
  const U = speaks ? ground.makeClient(admin, values.U, "all") : null;
  const functionId = admin.createFunction();
  for (const id of Object.values(compartments)) admin.createCompartment(id);
  const isAdopted = beginning === "placeholder" || beginning === "unbound";
  const first = { S: isAdopted ? placeholderOf(ground, clients.S.members) : null, B: null, O: null };
  const secretOf = (owner: "S" | "B" | "O", compartmentId: string, place: Place): string =>
    admin.createSecret({
      name: owner,
      compartmentId,
      functionId,
      metadata: metadataOf(kind, owner, first[owner] !== null),
      content: first[owner] ?? contentOf(ground, place, clients[owner].members, values[owner]),
      ...(kind.speaker === "tag"
        ? { definedTags: { [TAG.namespace]: { [TAG.key]: ground.clientText(clients[owner]) } } }
        : {}),
    });
  const secretIds = {
    S: secretOf("S", compartments.teamA, beginning === "moved" ? ground.old : ground.home),
    B: secretOf("B", compartments.teamB, ground.home),
    O: secretOf("O", compartments.teamA, ground.home),
  };
  const bound = { kind, ground, secretIds, clients };
  const whole = U === null ? null : JSON.stringify(authorityContent(bound, U, values.U));
  const isUnbound = beginning === "unbound" && U !== null;
  const content = isUnbound ? JSON.stringify(authorityContent(bound, U, values.U, "S")) : whole;
  const { authorities: compartmentId } = compartments;
  const authority = content === null ? null : admin.createSecret({ name: "U", compartmentId, content });
  const environment = {
    FN_FN_ID: functionId,
    OROT_HEAL_COMPARTMENT_IDS: `${compartments.teamA},${compartments.teamB}`,
    OROT_HEAL_INTERVAL_MINUTES: String(HEAL_INTERVAL_MINUTES),
    ...originsOf(kind, ground),
    ...(authority === null ? {} : { OROT_AUTHORITY_SECRET_IDS: authority }),
    ...(kind.speaker === "principal" ? { OROT_RESOURCE_PRINCIPAL_APPS: principalSetting(bound) } : {}),
    ...(kind.isTagWanted === true ? { OROT_BINDING_TAG: `${TAG.namespace}.${TAG.key}` } : {}),
    ...settingsOf(kind),
    ...(kind.acknowledges && {
      OROT_WEBHOOK_KEY_SECRET_ID: admin.createSecret({ name: "W", compartmentId, content: KEYS }),
    }),
  };
  return {
    kind,
    ground,
    seed,
    state: emulator.state,
    startedAt: START_MS,
    secretIds: { ...secretIds, U: authority },
    clients: { ...clients, U },
    environment,
    currentAt: START_MS,
    binding: isUnbound ? whole : null,
    unstored: isAdopted ? values.S : null,
    signature: word(),
    consoleValue: word(),
  };
}

/** The function's own principal. */
export const signerOf = ({ signature }: Prepared): OciSigner => ({
  signHttpRequest: ({ headers }) => {
    headers.set("authorization", `Signature version="1",keyId="function",signature="${signature}"`);
    return Promise.resolve();
  },
});

/** As prove's worlds take it. */
export function setupOf({ kind, seed, state, secretIds, clients, environment }: Prepared, more: number): Setup {
  return {
    combination: combinationOf(kind),
    seed: seed + more,
    state,
    secretId: secretIds.S,
    clientId: clients.S.clientId,
    authoritySecretId: secretIds.U,
    canaries: [],
    environment,
  };
}
