import { own } from "../core/wire.ts";

/** A client secret that an application accepts, from and until when. */
export interface AcceptedSecret {
  readonly value: string;
  readonly acceptedFrom: number;
  /** Null: until it is replaced. */
  acceptedUntil: number | null;
  /** Logins that a stale node still refuses. */
  refusalsLeft: number;
}

export interface StoredApp {
  readonly id: string;
  /** The client id; an App's `name` in identity domains. */
  readonly clientId: string;
  /** The valid one. */
  secret: string;
  /** Increases with every replacement, so that a token knows the secret that it was obtained with. */
  serial: number;
  accepted: AcceptedSecret[];
  active: boolean;
  clientCredentials: boolean;
  /** May regenerate and read every App, not only its own. */
  admin: boolean;
  /** Number of new secrets generated. */
  mints: number;
  /** The first secret that logged in. It tells token-current from token-pending if no secret in Vault names the client. */
  firstLogin: string | null;
  regeneratorId: string;
  /** Public keys in PEM by key id: an assertion signed with one of them replaces the secret. */
  certificates: Record<string, string>;
}

export interface StoredToken {
  readonly appId: string;
  readonly serial: number;
  readonly expiresAt: number;
}

/** Token requests and all others have separate limits. */
export type LimitedGroup = "token" | "other";

interface Window {
  startedAt: number;
  requests: number;
}

/** Requests in the running second and minute. */
export interface Windows {
  readonly second: Window;
  readonly minute: Window;
}

export interface DomainState {
  /** By App id. */
  apps: Record<string, StoredApp>;
  tokens: Record<string, StoredToken>;
  tokensMade: number;
  /** The counts for the domain's limits; absent until the first request. */
  limits?: Partial<Record<LimitedGroup, Windows>>;
}

export const DEFAULT_DOMAIN = "default";

export interface IdentityState {
  /** By host without port; `default` serves every other host. */
  domains: Record<string, DomainState> & { [DEFAULT_DOMAIN]: DomainState };
}

export function createDomain(): DomainState {
  return { apps: {}, tokens: {}, tokensMade: 0 };
}

/** The domain that serves a host, otherwise the default one. */
export function domainOf(state: IdentityState, host: string): DomainState {
  const name = host.replace(/:\d+$/, "").toLowerCase();
  return own(state.domains, name) ?? state.domains[DEFAULT_DOMAIN];
}

/** App ids by client id, since thousands of apps are asked for one by one. An app's client id never changes. */
const idsByClient = new WeakMap<DomainState["apps"], Map<string, string>>();

export function appOfClient({ apps }: DomainState, clientId: string): StoredApp | undefined {
  const known = apps[idsByClient.get(apps)?.get(clientId) ?? ""];
  if (known !== undefined) return known;
  idsByClient.set(apps, new Map(Object.entries(apps).map(([id, app]) => [app.clientId, id])));
  return apps[idsByClient.get(apps)?.get(clientId) ?? ""];
}

/** Whether the issuer, with all nodes up to date, accepts `value`. Changes nothing. */
export function accepts(app: Pick<StoredApp, "accepted">, value: string, now: number): boolean {
  return app.accepted.some(
    (entry) => entry.value === value && (entry.acceptedUntil === null || now < entry.acceptedUntil),
  );
}

/** A login as a client sees it: a new secret may be refused for a while, or a number of times. */
export function login(app: Pick<StoredApp, "accepted" | "firstLogin">, value: string, now: number): boolean {
  const entry = app.accepted.find(
    (candidate) => candidate.value === value && (candidate.acceptedUntil === null || now < candidate.acceptedUntil),
  );
  if (entry === undefined || now < entry.acceptedFrom) return false;
  if (entry.refusalsLeft > 0) {
    entry.refusalsLeft -= 1;
    return false;
  }
  app.firstLogin ??= value;
  return true;
}

/** Replaces the secret. */
export function replaceSecret(
  app: StoredApp,
  value: string,
  now: number,
  delays: { oldDiesAfterMs: number; refusals: number; lateMs: number },
): void {
  for (const entry of app.accepted) {
    entry.acceptedUntil = Math.min(entry.acceptedUntil ?? Number.POSITIVE_INFINITY, now + delays.oldDiesAfterMs);
  }
  app.accepted = app.accepted.filter((entry) => entry.acceptedUntil === null || now < entry.acceptedUntil);
  app.accepted.push({
    value,
    acceptedFrom: now + delays.lateMs,
    acceptedUntil: null,
    refusalsLeft: delays.refusals,
  });
  app.secret = value;
  app.serial += 1;
}
