import { DAY_MS } from "../../src/base/durations.ts";
import { createSeededEntropy } from "../../src/emulator/core/seeded-entropy.ts";
import type { Switches } from "../../src/emulator/core/switches.ts";
import { createVirtualClock } from "../../src/emulator/core/virtual-clock.ts";
import { createEmulator, type Emulator } from "../../src/emulator/emulator.ts";
import type { NewPolicy } from "../../src/emulator/keycloak/admin.ts";
import { operatorOf, type RigSetup } from "./command-rig.ts";
import { START_MS, watchedEntropy } from "./setup.ts";
import type { ProvenIssuerName } from "./types.ts";

/** A client that nobody rotates. */
export interface Unmanaged {
  readonly clientId: string;
  /** The value that works when the command begins, and that no secret in Vault holds. */
  readonly value: string;
}

/** What a run of `oci-rotate adopt` finds, and how it is told what to do. */
interface AdoptionWorld {
  readonly issuer: ProvenIssuerName;
  /** What becomes of the value that the issuer holds when the command begins. `revives`: it has ended, and works again in the end. */
  readonly old: "stays-alone" | "lives-beside" | "dies" | "revives";
  readonly switches: Partial<Switches>;
  make(emulator: Emulator): { readonly authority: object; readonly clients: readonly Unmanaged[] };
  options(clients: readonly Unmanaged[]): readonly string[];
}

const UAA = "https://uaa.emulated.example/uaa";
const CMS = "https://cms.emulated.example";
const SSO = "https://sso.emulated.example";

const bound = (members: object) => ({ kind: "client-secret", mayRotate: [{ tag: "rotation.client" }], ...members });

const atUaa: Omit<AdoptionWorld, "switches"> = {
  issuer: "uaa",
  old: "lives-beside",
  make: ({ admin }) => {
    const { clientId, secret } = admin.createUaaClient({
      clientId: "admin",
      authorities: ["clients.admin", "clients.read"],
    });
    const clients = ["shop", "till"].map((name) => {
      const made = admin.createUaaClient({ clientId: name, authorities: [] });
      return { clientId: name, value: made.secret };
    });
    return { authority: bound({ issuer: "uaa", url: UAA, clientId, clientSecret: secret }), clients };
  },
  options: () => ["--add"],
};

const atCms: Omit<AdoptionWorld, "switches"> = {
  issuer: "edfi-cms",
  old: "dies",
  make: ({ admin }) => {
    const { key: clientId, secret } = admin.createApiClient({ role: "cms-client" });
    const made = admin.createApiClient();
    const clients = [{ clientId: made.key, value: made.secret }];
    return { authority: bound({ issuer: "edfi-cms", url: CMS, clientId, clientSecret: secret }), clients };
  },
  options: (clients) => ["--reset", ...clients.map(({ clientId }) => clientId)],
};

const HALF_DAY_S = 43_200;

function makeRealm(admin: Emulator["admin"], policy: NewPolicy | null): ReturnType<AdoptionWorld["make"]> {
  admin.createRealm({ name: "shop", ...(policy === null ? {} : { policy }) });
  const { clientId, secret } = admin.createKeycloakClient({ realm: "shop", roles: ["manage-clients"] });
  admin.keycloakClient("shop", clientId).attributes = {};
  const clients = ["web", "till"].map((name) => {
    const made = admin.createKeycloakClient({ realm: "shop", clientId: name });
    return { clientId: name, value: made.secret };
  });
  const members = { issuer: "keycloak", url: SSO, realm: "shop", clientId, clientSecret: secret };
  return { authority: bound(members), clients };
}

const atKeycloak: Omit<AdoptionWorld, "switches"> = {
  issuer: "keycloak",
  old: "stays-alone",
  make: ({ admin }) => makeRealm(admin, null),
  options: () => [],
};

/** The realm's policy has ended both values before the command begins. */
const atKeycloakWithPolicy: Omit<AdoptionWorld, "switches"> = {
  issuer: "keycloak-policy",
  old: "revives",
  make: ({ admin }) => makeRealm(admin, { expirationSeconds: HALF_DAY_S, rotatedSeconds: 0 }),
  options: () => ["--add"],
};

/** By the words of a unit: `adopt/add/…`. */
export const adoptionWorlds = {
  "read-back": { ...atKeycloak, switches: {} },
  revive: { ...atKeycloakWithPolicy, switches: {} },
  add: { ...atUaa, switches: {} },
  reset: { ...atCms, switches: {} },
  "reset-second-pending-refused": { ...atCms, switches: { "second-pending": "refuses" } },
} as const satisfies Readonly<Record<string, AdoptionWorld>>;
export type AdoptionName = keyof typeof adoptionWorlds;

export interface AdoptionSetup extends RigSetup {
  readonly world: AdoptionWorld;
  readonly clients: readonly Unmanaged[];
  readonly functionId: string;
}

const COMPARTMENT = "ocid1.compartment.oc1..prove";

export function prepareAdoption(name: AdoptionName, seed: number): AdoptionSetup {
  const world: AdoptionWorld = adoptionWorlds[name];
  const canaries: string[] = [];
  const entropy = watchedEntropy(createSeededEntropy(seed), canaries);
  const { switches } = world;
  const emulator = createEmulator({ clock: createVirtualClock(START_MS - DAY_MS), entropy, switches });
  const { admin } = emulator;
  const { authority, clients } = world.make(emulator);
  const { vaultId, keyId } = admin.createVault();
  const authorityId = admin.createSecret({ name: "authority", content: JSON.stringify(authority) });
  // Lists of an empty compartment that no secret has named would be refused.
  admin.createSecret({ name: "other", content: "{}", compartmentId: COMPARTMENT });
  const functionId = admin.createFunction();
  const isId = (made: string) => clients.some(({ clientId }) => clientId === made);
  return {
    ...{ world, clients, functionId, seed, switches, state: emulator.state },
    // The administrators are clients of the issuers too, and are not named.
    input: JSON.stringify(clients.map(({ clientId }) => ({ clientId }))),
    // The ids of clients are no secrets, though some issuers make them at random.
    canaries: [...canaries.filter((made) => !isId(made)), ...clients.map(({ value }) => value)],
    environment: { OROT_ISSUER_ORIGINS: [UAA, CMS, SSO].join(",") },
    words: [
      ...["adopt", "--authority", authorityId, "--compartment", COMPARTMENT, "--vault-id", vaultId, "--key-id", keyId],
      ...["--function", functionId, "--every", "30", "--via", "local", "--stdin", ...world.options(clients)],
    ],
    ...operatorOf(emulator),
  };
}
