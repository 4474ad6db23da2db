import { canonicalAddress, isSafeAddress } from "../address.ts";
import { durationOf } from "../durations.ts";
import { isSafeOrigin } from "../origin.ts";

/** What a setting's text is read as; null: it is not understood. Plain functions, since each start builds them all. */
export type Read<T> = (text: string) => T | null;

export const oneOf =
  <const T extends string>(...words: readonly T[]): Read<T> =>
  (text) =>
    words.find((word) => word === text) ?? null;

export const flag: Read<boolean> = (text) => (text === "true" ? true : text === "false" ? false : null);

export const whole =
  (min: number, max: number): Read<number> =>
  (text) => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    return value >= min && value <= max ? value : null;
  };

export const origin: Read<string> = (text) => (isSafeOrigin(text) ? new URL(text).origin : null);

/** Items with commas between them, and with blanks around these. */
export const list =
  <T extends {}>(item: Read<T>): Read<T[]> =>
  (text) => {
    const items = text.split(",").map((part) => item(part.trim()));
    return items.every((value) => value !== null) ? items : null;
  };

function safeAddress(text: string): string | null {
  const address = canonicalAddress(text);
  return address !== null && isSafeAddress(address) ? address : null;
}

export const addresses = list(safeAddress);

/** A base, and for Keycloak `/realms/` and the realm's name behind it, as `encodeURIComponent` writes it. */
function placeIn(text: string): { readonly base: string; readonly realm: string | null } | null {
  const [, start = text, realm = null] = /^(.*)\/realms\/([^/]+)\/?$/.exec(text) ?? [];
  const base = safeAddress(start);
  if (base === null) return null;
  try {
    return { base, realm: realm === null ? null : decodeURIComponent(realm) };
  } catch {
    return null;
  }
}

function aliasIn(text: string) {
  const [from = null, to = null, ...more] = text.split("=").map(placeIn);
  const isPair = more.length === 0 && from !== null && to !== null && (from.realm === null) === (to.realm === null);
  return isPair ? { from, to } : null;
}

export const aliases = list(aliasIn);

/** @param type of the resource, or several with | between them */
export const ocidPattern = (type: string) => new RegExp(`^ocid1\\.(?:${type})\\.[A-Za-z0-9._-]{1,240}$`);
export const ocid =
  (type: string): Read<string> =>
  (text) =>
    ocidPattern(type).test(text) ? text : null;
export const ocids = (type: string) => list(ocid(type));

export function caBundle(text: string) {
  if (/^\/[^\0]{1,1023}$/.test(text)) return { kind: "file" as const, path: text };
  return ocid("vaultsecret")(text) === null ? null : { kind: "secret" as const, secretId: text };
}

/** A field as `encodeURIComponent` writes it; empty, which no field may be: it is missing, or written in another way. */
function decoded(field = ""): string {
  try {
    return decodeURIComponent(field);
  } catch {
    return "";
  }
}

/** `base#appId#clientId#secretId`, each as `encodeURIComponent` writes it; the base may stand as it is, since it holds neither # nor comma. */
function boundAppIn(text: string) {
  const [address, app, id, secret, ...more] = text.split("#");
  const base = safeAddress(decoded(address));
  const [appId, clientId, secretId] = [decoded(app), decoded(id), decoded(secret)];
  const isWhole = /^[0-9a-fA-F]{32}$/.test(appId) && clientId !== "" && ocid("vaultsecret")(secretId) !== null;
  if (base === null || new URL(base).pathname !== "/" || !isWhole || more.length > 0) return null;
  const subject = appId.toLowerCase();
  const client = { issuer: "oci-iam", base, realm: null, tenant: null, tokenUrl: null, clientId, subject };
  return { client, secretId };
}

export const boundApps = list(boundAppIn);

/** An entry as an earlier edition took it. */
const ORIGIN_APP = /^[^#]+#[0-9a-fA-F]{32}$/;

/** `origin#appId` of an earlier edition; null: the text is none. */
export function originAppIn(text: string): { readonly base: string; readonly appId: string } | null {
  const entry = text.trim();
  if (!ORIGIN_APP.test(entry)) return null;
  const at = entry.indexOf("#");
  const base = safeAddress(entry.slice(0, at));
  return base === null ? null : { base, appId: entry.slice(at + 1).toLowerCase() };
}

/** The same entries with what they lack; null if none is of the old form. */
export function boundAppsInPlaceOf(text: string): string | null {
  const parts = text.split(",").map((part) => ({ part: part.trim(), old: originAppIn(part) }));
  if (parts.every(({ old }) => old === null)) return null;
  return parts
    .map(({ part, old }) =>
      old === null ? part : `${old.base}#${old.appId}#<client id of the App>#<OCID of the secret rotated for it>`,
    )
    .join(",");
}

/** In milliseconds. */
export const duration =
  (leastMs: number, mostMs: number): Read<number> =>
  (text) => {
    const ms = durationOf(text);
    return ms !== null && ms >= leastMs && ms <= mostMs ? ms : null;
  };

/** `host` for any port of it, or `host:port`, as `URL.host` and `URL.hostname` write them. */
function hostIn(text: string) {
  if (text.length > 260 || /[/@?#*\\\s]/.test(text) || text.endsWith(":") || !URL.canParse(`ws://${text}`)) return null;
  const { hostname } = new URL(`ws://${text}`);
  const port = /:(\d+)$/.exec(text)?.[1];
  return { host: hostname, port: port === undefined ? null : Number(port) };
}
export const hosts = list(hostIn);
