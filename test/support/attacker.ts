import type { HttpRequest, Transport } from "../../src/clients/http/transport.ts";
import type { CallName } from "../../src/emulator/core/call-names.ts";
import { classify } from "../../src/emulator/core/classify.ts";
import type { Emulator } from "../../src/emulator/emulator.ts";
import { promote } from "../../src/emulator/vault/stages.ts";
import { versionNumbered } from "../../src/emulator/vault/state.ts";
import { storeVersion } from "./outside-changes.ts";
import type { WorldOptions } from "./world.ts";
import type { TestWorld } from "./worlds.ts";

/** Hosts that belong to him. One that an identity domain may have needs no setting to be admitted. */
export const EVIL_HOST = "evil.emulated.example";
export const EVIL_DOMAIN = `idcs-${"e".repeat(32)}.identity.oraclecloud.com`;

/** An attacker who may write the secret (UpdateSecret), see it and list its versions, but read none of them. */
export interface Attacker {
  /** Writes a version and returns its number. */
  store(content: unknown, stage?: "CURRENT" | "PENDING", name?: string | null): number;
  /** Writes `count` PENDING versions, one after the other. */
  storeMany(count: number, content: unknown): void;
  /** Makes a version CURRENT by its number. */
  promote(versionNo: number): void;
  /** Changes the member of the metadata that is the rotator's. */
  note(members: object): void;
  /**
   * What must not come about, in words: a secret or a token that is not his in a request to one of his places, a value that he knows at work
   * for the secret's own client, however short, or that the check at an operation had to stop something.
   */
  harm(): string[];
}

/** Values that versions of the secret hold outside the member of its own client. */
function valuesOf({ emulator, secretId, client: { content, rotatedMember } }: TestWorld): string[] {
  return emulator.admin.versions(secretId).flatMap(({ number }) => {
    try {
      const held = JSON.parse(emulator.admin.content(secretId, number) ?? "null");
      const isOwn = Object.entries(content).every(([name, value]) => name === rotatedMember || held[name] === value);
      return isOwn ? [String(held[rotatedMember])] : [];
    } catch {
      return [];
    }
  });
}

/** What he knows of the issuer: his own client secret, what became of it at his own places, and the tokens that those gave. */
function knownTo(w: TestWorld, value: string): string[] {
  const { uaa, identity, keycloak } = w.emulator.state;
  const [zone, domain, realm] = [uaa.zones["evil"], identity.domains[EVIL_DOMAIN], keycloak.realms["evil"]];
  const secrets = [
    ...Object.values(zone?.clients ?? {}).flatMap((client) => client.secrets.map((secret) => secret.value)),
    ...Object.values(domain?.apps ?? {}).flatMap((app) => app.accepted.map((secret) => secret.value)),
    ...Object.values(realm?.clients ?? {}).map(({ secret }) => secret),
  ];
  const theirs = valuesOf(w);
  const tokens = [zone, domain, realm].flatMap((place) => Object.keys(place?.tokens ?? {}));
  return [value, ...secrets.filter((secret) => !theirs.includes(secret)), ...tokens];
}

/** The line by which the check at an operation tells that it had to stop something. */
const CROSSING = "crossing-refused";

const isHis = (host: string, target: string) =>
  host.startsWith(EVIL_HOST) || host.startsWith(EVIL_DOMAIN) || target.startsWith("/realms/evil/");

/**
 * @param value the client secret that he knows, of a client of his own
 * @param madeUp others that he knows
 */
export function attackerIn(w: TestWorld, value: string, ...madeUp: readonly string[]): Attacker {
  const { emulator, secretId } = w;
  let isPlanted = false;
  emulator.core.onChange(() => {
    isPlanted ||= [value, ...madeUp].some((known) => w.client.accepts(known));
  });
  return {
    store: (content, stage = "PENDING", name = null) => storeVersion(w, content, { stage, name }).number,
    storeMany(count, content) {
      for (let left = count; left > 0; left--) storeVersion(w, content);
    },
    promote(versionNo) {
      const secret = emulator.admin.secret(secretId);
      const version = versionNumbered(secret, versionNo);
      if (version === undefined) throw new Error(`there is no version ${versionNo}`);
      promote(secret, version);
      secret.etag += 1;
    },
    note(members) {
      const secret = emulator.admin.secret(secretId);
      const own = secret.metadata["orot"];
      secret.metadata["orot"] = JSON.stringify({ ...(typeof own === "string" ? JSON.parse(own) : {}), ...members });
      secret.etag += 1;
    },
    harm() {
      const seen = emulator.requests
        .filter(({ host, target }) => isHis(host, target))
        .map((sent) => `${sent.target} ${sent.authorization.reveal()} ${sent.body.reveal()}`);
      return [
        ...w.canary.leaksIn(seen, [...knownTo(w, value), ...madeUp]),
        ...(isPlanted ? ["the issuer accepted a value that he knows"] : []),
        ...w.log.flatMap((line) => (line["event"] === CROSSING ? [`stopped at ${line["operation"]}`] : [])),
      ];
    },
  };
}

/** How often a request to one of his hosts was sent. */
export function sentToHim({ emulator }: TestWorld): number {
  return emulator.requests.filter(({ host, target }) => isHis(host, target)).length;
}

/** Acts between two requests of a call. */
export interface Meddler {
  /** For `WorldOptions`. */
  readonly through: NonNullable<WorldOptions["transport"]>;
  /** The calls that were seen, in order. */
  readonly seen: readonly CallName[];
  /** Acts right before the function's next request of that kind, or before its request with that index from now on; once. */
  before(which: CallName | number, action: () => void): void;
  /** Acts right before each request of that kind. */
  beforeEach(which: CallName, action: () => void): void;
}

function callOf(emulator: Emulator, { method, url, headers, body }: HttpRequest): CallName {
  const { host, pathname, search, searchParams } = new URL(url);
  const query = Object.fromEntries(searchParams);
  const asked = { method, host, path: pathname, target: pathname + search, query, headers, body: body ?? "" };
  return classify(asked, emulator.state, emulator.clock.now(), emulator.switches).call;
}

export function createMeddler(): Meddler {
  const seen: CallName[] = [];
  let waiting: { readonly which: CallName | number; readonly action: () => void; readonly isOnce: boolean }[] = [];
  const through = (emulator: Emulator): Transport => {
    return (request) => {
      const call = callOf(emulator, request);
      const due = waiting.filter(({ which }) => which === call || which === seen.length);
      waiting = waiting.filter((one) => !(one.isOnce && due.includes(one)));
      seen.push(call);
      for (const { action } of due) action();
      return emulator.transport(request);
    };
  };
  return {
    through,
    seen,
    before: (which, action) => {
      waiting.push({ which: typeof which === "number" ? seen.length + which : which, action, isOnce: true });
    },
    beforeEach: (which, action) => {
      waiting.push({ which, action, isOnce: false });
    },
  };
}
