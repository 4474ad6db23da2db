import * as z from "zod/mini";
import { DAY_MS } from "../../base/durations.ts";
import type { Joined } from "./join.ts";

/** Times as RFC 3339 in UTC. */
const instant = z.string();

const finding = z.enum(["expired", "ends-soon", "too-old", "unmanaged", "several-secrets", "not-at-issuer"]);
export type Finding = z.output<typeof finding>;

const inventoried = z.object({
  issuer: z.string(),
  url: z.string(),
  realm: z.nullable(z.string()),
  zone: z.nullable(z.string()),
  tenant: z.nullable(z.string()),
  /** Null: this issuer's list names none. */
  clientId: z.nullable(z.string()),
  /** The object that is changed, where it has an id of its own. */
  subject: z.nullable(z.string()),
  name: z.nullable(z.string()),
  /** How it shows who it is; null: not told. */
  kind: z.nullable(z.enum(["secret", "key", "certificate", "federated", "public", "bearer-only", "saml"])),
  isEnabled: z.nullable(z.boolean()),
  isBuiltIn: z.boolean(),
  owner: z.nullable(z.string()),
  contact: z.nullable(z.string()),
  clientMade: z.nullable(instant),
  /** Any change of the client. It says nothing about the secret. */
  clientChanged: z.nullable(instant),
  /** As the issuer tells it; the value may be younger. */
  secretMade: z.nullable(instant),
  /** `never`: this issuer ends none; null: not told. */
  ends: z.nullable(z.union([instant, z.literal("never")])),
  /** The age of the value in Vault, else of the secret as the issuer tells it; null: not told. */
  secretAgeDays: z.nullable(z.int()),
  /** Whether who read the list may change it; null: not told. */
  mayChange: z.nullable(z.boolean()),
  /** The secrets in Vault that hold it; null: not told. */
  secrets: z.nullable(z.array(z.object({ secretId: z.string(), name: z.string(), nextRotation: z.nullable(instant) }))),
  findings: z.array(finding),
});
export type Inventoried = z.output<typeof inventoried>;

const count = z.int();
export const clientsData = z.object({
  asOf: instant,
  /** False: a list moved while it was read, and a client may be missing. */
  isComplete: z.boolean(),
  /** Secrets in Vault that could not be read: each may hold a client shown as unmanaged. */
  unreadSecrets: count,
  counts: z.object({
    /** At the issuers. */
    listed: count,
    /** Those that use a client secret, as far as is told. */
    withSecret: count,
    managed: count,
    unmanaged: count,
    expired: count,
    endsSoon: count,
    tooOld: count,
    /** Of those with a secret. */
    ageNotTold: count,
    severalSecrets: count,
    notAtIssuer: count,
  }),
  clients: z.array(inventoried),
});
export type ClientsData = z.output<typeof clientsData>;

/** What to show, and what counts as a finding. */
export interface Wanted {
  /** Null: only what has ended. */
  readonly withinMs: number | null;
  readonly maxAgeMs: number | null;
  /** Unmanaged clients are a finding. */
  readonly unmanaged: boolean;
  /** A pattern for the client id or the name, with `*`; null: all. */
  readonly name: string | null;
  readonly kind: NonNullable<Inventoried["kind"]> | null;
}

const text = (at: number | null) => (at === null ? null : `${new Date(at).toISOString().slice(0, 19)}Z`);

/** Whether it uses a client secret that somebody has to rotate, as far as is told. */
export function needsRotation({
  kind,
  isBuiltIn,
  isEnabled,
}: Pick<Inventoried, "kind" | "isBuiltIn" | "isEnabled">): boolean {
  return (kind === null || kind === "secret") && !isBuiltIn && isEnabled !== false;
}

/** Uses a client secret that no secret in Vault holds. Not told where Vault was not read. */
export const isManagedByNone = (client: Pick<Inventoried, "kind" | "isBuiltIn" | "isEnabled" | "secrets">): boolean =>
  client.secrets?.length === 0 && needsRotation(client);

/** Since when the value is in use: Vault knows its versions, the issuer at most when it made one. */
function secretSince({ listed, secrets }: Joined): number | null {
  const [first] = secrets ?? [];
  return first?.row.since ?? listed?.secretMadeAt ?? null;
}

function findingsOf(one: Joined, client: Inventoried, now: number, wanted: Wanted): Finding[] {
  const endsAt = one.listed?.endsAt ?? null;
  const since = secretSince(one);
  const found: Finding[] = [];
  if (one.listed === null) found.push("not-at-issuer");
  if (typeof endsAt === "number" && endsAt <= now) found.push("expired");
  else if (typeof endsAt === "number" && wanted.withinMs !== null && endsAt <= now + wanted.withinMs)
    found.push("ends-soon");
  if (wanted.maxAgeMs !== null && since !== null && now - since > wanted.maxAgeMs && needsRotation(client))
    found.push("too-old");
  if (wanted.unmanaged && isManagedByNone(client)) found.push("unmanaged");
  if ((one.secrets?.length ?? 0) > 1) found.push("several-secrets");
  return found;
}

function inventoriedOf(one: Joined, now: number, wanted: Wanted): Inventoried {
  const { place, listed, secrets } = one;
  const [first] = secrets ?? [];
  const since = secretSince(one);
  const endsAt = listed?.endsAt ?? null;
  const client: Inventoried = {
    issuer: place.issuer,
    url: place.base,
    realm: place.realm,
    zone: place.zone,
    tenant: place.tenant,
    clientId: listed === null ? (first?.client.clientId ?? null) : listed.clientId,
    subject: listed === null ? (first?.client.subject ?? null) : listed.subject,
    name: listed?.name ?? null,
    kind: listed === null ? "secret" : listed.kind,
    isEnabled: listed?.isEnabled ?? null,
    isBuiltIn: listed?.isBuiltIn ?? false,
    // Who is noted in Vault is asked first: an administrator has written that for this purpose.
    owner: first?.row.owner ?? listed?.owner ?? null,
    contact: first?.row.contact ?? listed?.contact ?? null,
    clientMade: text(listed?.madeAt ?? null),
    clientChanged: text(listed?.changedAt ?? null),
    secretMade: text(listed?.secretMadeAt ?? null),
    ends: typeof endsAt === "number" ? text(endsAt) : endsAt,
    secretAgeDays: since === null ? null : Math.max(0, Math.floor((now - since) / DAY_MS)),
    mayChange: listed?.mayChange ?? null,
    secrets:
      secrets?.map(({ row }) => ({ secretId: row.secretId, name: row.name, nextRotation: text(row.nextRotationAt) })) ??
      null,
    findings: [],
  };
  return { ...client, findings: findingsOf(one, client, now, wanted) };
}

function matcher(pattern: string | null): (client: Inventoried) => boolean {
  if (pattern === null) return () => true;
  const literal = pattern.split("*").map((part) => part.replaceAll(/[\\^$.|?+()[\]{}]/g, String.raw`\$&`));
  const whole = new RegExp(`^${literal.join(".*")}$`, "iu");
  return ({ clientId, name }) => [clientId, name].some((text) => text !== null && whole.test(text));
}

const RANK: readonly Finding[] = ["expired", "not-at-issuer", "several-secrets", "ends-soon", "too-old", "unmanaged"];
const rankOf = ({ findings }: Inventoried) => Math.min(RANK.length, ...findings.map((one) => RANK.indexOf(one)));

/** Most urgent first: by finding, then by the day it ends, then by age, then by name. */
function byUrgency(a: Inventoried, b: Inventoried): number {
  const endOf = ({ ends }: Inventoried) => (ends === null || ends === "never" ? "~" : ends);
  if (rankOf(a) !== rankOf(b)) return rankOf(a) - rankOf(b);
  if (endOf(a) !== endOf(b)) return endOf(a) < endOf(b) ? -1 : 1;
  const older = (b.secretAgeDays ?? -1) - (a.secretAgeDays ?? -1);
  return older === 0 ? `${a.clientId}`.localeCompare(`${b.clientId}`, "en") : older;
}

/** @param now milliseconds since the epoch */
export function clientsDataOf(
  joined: readonly Joined[],
  now: number,
  wanted: Wanted,
  { isComplete, unreadSecrets }: { readonly isComplete: boolean; readonly unreadSecrets: number },
): ClientsData {
  const isNamed = matcher(wanted.name);
  const all = joined
    .map((one) => inventoriedOf(one, now, wanted))
    .filter((client) => isNamed(client) && (wanted.kind === null || client.kind === wanted.kind));
  const countOf = (isCounted: (client: Inventoried) => boolean) => all.filter(isCounted).length;
  const has = (finding: Finding) => countOf(({ findings }) => findings.includes(finding));
  const narrows = wanted.withinMs !== null || wanted.maxAgeMs !== null || wanted.unmanaged;
  return {
    asOf: text(now) ?? "",
    isComplete,
    unreadSecrets,
    counts: {
      listed: countOf(({ findings }) => !findings.includes("not-at-issuer")),
      withSecret: countOf((client) => needsRotation(client) && !client.findings.includes("not-at-issuer")),
      managed: countOf(({ secrets, findings }) => (secrets?.length ?? 0) > 0 && !findings.includes("not-at-issuer")),
      unmanaged: countOf(isManagedByNone),
      expired: has("expired"),
      endsSoon: has("ends-soon"),
      tooOld: has("too-old"),
      ageNotTold: countOf((client) => needsRotation(client) && client.secretAgeDays === null),
      severalSecrets: has("several-secrets"),
      notAtIssuer: has("not-at-issuer"),
    },
    clients: all.filter(({ findings }) => !narrows || findings.length > 0).toSorted(byUrgency),
  };
}
