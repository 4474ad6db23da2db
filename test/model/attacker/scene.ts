import { NO_LAG, newSecret } from "../../../src/emulator/uaa/state.ts";
import {
  type Attacker,
  attackerIn,
  createMeddler,
  EVIL_DOMAIN,
  EVIL_HOST,
  type Meddler,
} from "../../support/attacker.ts";
import { type ClientKind, keycloakClient, ociIamClient, uaaClient } from "../../support/clients.ts";
import { regenerateByHand } from "../../support/outside-changes.ts";
import type { WorldOptions } from "../../support/world.ts";
import type { TestWorld } from "../../support/worlds.ts";

/** Client secrets that the attacker knows: of a client of his own at a place of his own, and one that he made up. */
export const HIS = "his-own-client-secret-0123456789";
const MADE_UP = "made-up-by-the-attacker-0123456789";

export const DAY_MS = 86_400_000;
export const HOUR_MS = 3_600_000;

interface Kind {
  readonly client: ClientKind;
  readonly environment?: Readonly<Record<string, string>>;
  readonly switches?: WorldOptions["switches"];
  /** Makes a client with the same id at a place of his, and gives its content. */
  readonly evil: (w: TestWorld) => Record<string, unknown>;
}

function evilDomain({ emulator, app: { clientId } }: TestWorld) {
  const { appId } = emulator.admin.createApp({ domain: EVIL_DOMAIN, clientId, secret: HIS });
  return { domainUrl: `https://${EVIL_DOMAIN}`, appId, clientId, appSecret: HIS };
}

export const kinds = {
  "oci-iam": { client: ociIamClient, evil: evilDomain },
  "oci-iam-caller": {
    client: ociIamClient,
    environment: { OROT_OCI_IAM_VALUE: "caller" },
    switches: { "app-secret-patch": "accepted" },
    evil: evilDomain,
  },
  keycloak: {
    client: keycloakClient({ expirationSeconds: 2_505_600, rotatedSeconds: 172_800 }),
    evil({ emulator, client: { content, clientId } }) {
      emulator.admin.createRealm({ name: "evil" });
      emulator.admin.createKeycloakClient({ realm: "evil", clientId, secret: HIS, roles: ["manage-clients"] });
      return { ...content, realm: "evil", clientSecret: HIS };
    },
  },
  uaa: {
    client: uaaClient(),
    environment: { OROT_ISSUER_ORIGINS: `https://uaa.emulated.example,https://${EVIL_HOST}` },
    evil({ emulator, client: { content, clientId } }) {
      emulator.admin.createUaaZone({ zoneId: "evil" });
      emulator.admin.createUaaClient({ zoneId: "evil", clientId, secret: HIS });
      return { ...content, url: `https://${EVIL_HOST}/uaa`, clientSecret: HIS };
    },
  },
} as const satisfies Readonly<Record<string, Kind>>;

export type KindName = keyof typeof kinds;

/** A secret, and somebody who may write it and owns a place that the function may send credentials to. */
export interface Scene {
  readonly w: TestWorld;
  readonly attacker: Attacker;
  readonly meddler: Meddler;
  /** Content that names a client of his own, which logs in there. */
  readonly evil: Readonly<Record<string, unknown>>;
  /** Content that names the secret's own client, with a value that he made up. */
  readonly planted: Readonly<Record<string, unknown>>;
  readonly send: (what: Sent) => ReturnType<TestWorld["call"]>;
}

export type Sent = "retire" | "rotate" | "compromised" | "heal" | "rollback";

export async function sceneAt(
  createWorld: (options: WorldOptions) => Promise<TestWorld>,
  name: KindName,
  options: WorldOptions = {},
): Promise<Scene> {
  const kind: Kind = kinds[name];
  const meddler = createMeddler();
  const w = await createWorld({
    client: kind.client,
    transport: meddler.through,
    ...options,
    environment: { ...kind.environment, ...options.environment },
    switches: { ...kind.switches, ...options.switches },
  });
  const evil = kind.evil(w);
  return {
    w,
    meddler,
    evil,
    attacker: attackerIn(w, HIS, MADE_UP),
    planted: { ...w.client.content, [w.client.rotatedMember]: MADE_UP },
    send: (what) => {
      const { secretId } = w;
      if (what === "rotate") return w.call({ secretId });
      return w.call(what === "compromised" ? { secretId, reason: "compromised" } : { secretId, action: what });
    },
  };
}

/** The client's secret is this one alone, as an administrator of the issuer would set it. */
export function setAtIssuer(w: TestWorld, value: string): void {
  const { admin, state } = w.emulator;
  const { clientId, content } = w.client;
  w.canary.add(value);
  if (content["issuer"] === "uaa") {
    admin.uaaClient(clientId).secrets = [newSecret(state.uaa, value, w.clock.now(), NO_LAG)];
  } else if (content["issuer"] === "keycloak") {
    admin.keycloakClient("shop", clientId).secret = value;
  } else regenerateByHand(w, value);
}

/** Numbers of the versions that a line or an answer names as left alone. */
export function namedIn({ w }: Scene, event: "version-of-another-client" | "version-not-made-by-rotator"): number[] {
  return w.log.flatMap((line) => (line["event"] === event ? [Number(line["versionNo"])] : []));
}
