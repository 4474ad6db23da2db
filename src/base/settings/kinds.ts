import * as z from "zod/mini";
import { canonicalAddress, isSafeAddress } from "../address.ts";
import { durationOf } from "../durations.ts";
import { isSafeOrigin } from "../origin.ts";
import { tagKeyIn } from "../place.ts";

// What a setting's text may be, and what it is read as.

export const flag = z.pipe(
  z.enum(["true", "false"]),
  z.transform((text) => text === "true"),
);
export const whole = (min: number, max: number) =>
  z.pipe(
    z.string().check(z.regex(/^\d{1,9}$/)),
    z.pipe(z.transform(Number), z.number().check(z.minimum(min), z.maximum(max))),
  );

export const origin = z.pipe(
  z.string().check(z.refine(isSafeOrigin)),
  z.transform((text: string) => new URL(text).origin),
);

/** Items with commas between them, and with blanks around these. */
export const list = <T>(item: z.ZodMiniType<T, string>) =>
  z.pipe(
    z.pipe(
      z.string(),
      z.transform((text) => text.split(",").map((part) => part.trim())),
    ),
    z.array(item),
  );

function safeAddress(text: string): string | null {
  const address = canonicalAddress(text);
  return address !== null && isSafeAddress(address) ? address : null;
}

/** Text that `read` understands; null: it does not. */
const understood = <T>(read: (text: string) => T | null): z.ZodMiniType<T, string> =>
  z.pipe(
    z.string(),
    z.transform((text: string, context): T => {
      const value = read(text);
      if (value !== null) return value;
      context.issues.push({ code: "custom", message: "not understood", input: text });
      return z.NEVER;
    }),
  );

export const addresses = list(understood(safeAddress));

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
  const [left = "", right = "", ...more] = text.split("=");
  const [from, to] = [placeIn(left), placeIn(right)];
  const isPair = more.length === 0 && from !== null && to !== null && (from.realm === null) === (to.realm === null);
  return isPair ? { from, to } : null;
}

export const aliases = list(understood(aliasIn));

/** @param type of the resource, or several with | between them */
export const ocidPattern = (type: string) => new RegExp(`^ocid1\\.(?:${type})\\.[A-Za-z0-9._-]{1,240}$`);
export const ocid = (type: string) => z.string().check(z.regex(ocidPattern(type)));
export const ocids = (type: string) => list(ocid(type));
export const caBundle = z.union([
  z.pipe(
    z.string().check(z.regex(/^\/[^\0]{1,1023}$/)),
    z.transform((path: string) => ({ kind: "file" as const, path })),
  ),
  z.pipe(
    ocid("vaultsecret"),
    z.transform((secretId: string) => ({ kind: "secret" as const, secretId })),
  ),
]);
function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

/** `base#appId#clientId#secretId`, each as `encodeURIComponent` writes it; the base may stand as it is, since it holds neither # nor comma. */
function boundAppIn(text: string) {
  const [address = "", appId = "", clientId = "", secretId = "", ...more] = text.split("#").map(decoded);
  if (address === null || appId === null || clientId === null || secretId === null || more.length > 0) return null;
  const base = safeAddress(address);
  const isWhole = /^[0-9a-fA-F]{32}$/.test(appId) && clientId !== "" && ocid("vaultsecret").safeParse(secretId).success;
  if (base === null || new URL(base).pathname !== "/" || !isWhole) return null;
  const subject = appId.toLowerCase();
  const client = { issuer: "oci-iam", base, realm: null, tenant: null, tokenUrl: null, clientId, subject };
  return { client, secretId };
}

export const boundApps = list(understood(boundAppIn));

/** An entry as an earlier edition took it. */
const ORIGIN_APP = /^([^#]+)#([0-9a-fA-F]{32})$/;

/** `origin#appId` of an earlier edition; null: the text is none. */
export function originAppIn(text: string): { readonly base: string; readonly appId: string } | null {
  const [, address = "", appId = ""] = ORIGIN_APP.exec(text.trim()) ?? [];
  const base = safeAddress(address);
  return base === null ? null : { base, appId: appId.toLowerCase() };
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

export const tagKey = understood(tagKeyIn);

/** In milliseconds. */
export const duration = (leastMs: number, mostMs: number) =>
  z.pipe(understood(durationOf), z.number().check(z.minimum(leastMs), z.maximum(mostMs)));

/** `host` for any port of it, or `host:port`, as `URL.host` and `URL.hostname` write them. */
function isHost(text: string): boolean {
  if (/[/@?#*\\\s]/.test(text) || text.endsWith(":") || !URL.canParse(`ws://${text}`)) return false;
  return new URL(`ws://${text}`).hostname !== "";
}
export const hosts = list(
  z.pipe(
    z.string().check(z.maxLength(260), z.refine(isHost)),
    z.transform((text: string) => {
      const port = /:(\d+)$/.exec(text)?.[1];
      const { hostname } = new URL(`ws://${text}`);
      return { host: hostname, port: port === undefined || text.endsWith("]") ? null : Number(port) };
    }),
  ),
);
