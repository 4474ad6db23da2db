import * as z from "zod/mini";
import { type DueState, dueState } from "../../rotation/due/due.ts";
import { daysBetween } from "../output/times.ts";
import type { CloserRow } from "./closer-look.ts";
import { endsFirst } from "./ends-first.ts";

/** Times as RFC 3339 in UTC. */
const instant = z.string();

const scannedSecret = z.object({
  secretId: z.string(),
  name: z.string(),
  compartmentId: z.string(),
  vaultId: z.string(),
  /** `due` only within `--within`; `no-date`: it neither expires nor is rotated. */
  state: z.enum(["expired", "overdue", "due", "later", "no-date"]),
  issuer: z.nullable(z.string()),
  clientId: z.nullable(z.string()),
  owner: z.nullable(z.string()),
  contact: z.nullable(z.string()),
  functionId: z.nullable(z.string()),
  ageDays: z.int(),
  expiresOn: z.nullable(instant),
  expirySource: z.nullable(z.enum(["issuer", "vault"])),
  /** `never`: the issuer says that it does not end. `not-told`: nobody who may ask has been told, or the issuer tells nobody. */
  expiry: z.enum(["date", "never", "not-told"]),
  nextRotation: z.nullable(instant),
  /** The client secret ends before the next rotation. */
  endsFirst: z.boolean(),
  /** When its value reaches `--max-age`. */
  tooOldOn: z.nullable(instant),
  lastRotation: z.nullable(instant),
  freeSlots: z.nullable(z.int()),
  /** Hosts of the subscribers that have not acknowledged CURRENT; null: without `--waiting`, or not known. */
  waiting: z.nullable(z.array(z.string())),
  outcome: z.nullable(z.object({ code: z.string(), at: instant, versionNo: z.int() })),
  problem: z.nullable(z.string()),
});

const counts = z.object({
  /** Live secrets that are not replicas. */
  seen: z.int(),
  /** The number of these that can be rotated. */
  rotatable: z.int(),
  expired: z.int(),
  /** Expired, overdue, or due within `--within`. */
  due: z.int(),
  /** The last noted outcome is an error. */
  unhealthy: z.int(),
  /** The client secret ends before the next rotation. */
  endsFirst: z.int(),
});

export const scanned = z.object({
  asOf: instant,
  withinSeconds: z.nullable(z.int()),
  maxAgeSeconds: z.nullable(z.int()),
  counts,
  secrets: z.array(scannedSecret),
});
export type Scanned = z.output<typeof scanned>;
export type ScannedSecret = z.output<typeof scannedSecret>;

const text = (at: number) => `${new Date(at).toISOString().slice(0, 19)}Z`;
const textOrNull = (at: number | null) => (at === null ? null : text(at));

export function isDueState(state: DueState): boolean {
  return state === "expired" || state === "overdue" || state === "due";
}

/** What exit code 4 is for. */
export function needsAttention(secret: ScannedSecret): boolean {
  return isDueState(secret.state) || isUnhealthy(secret) || secret.endsFirst;
}

/** The last heal, or the rotation noted by it, ended with an error that an operator has to resolve. */
export function isUnhealthy({ outcome }: Pick<ScannedSecret, "outcome">): boolean {
  return outcome !== null && outcome.code !== "OK";
}

export type Standing = DueState | "locked-out" | "failed" | "ends-first";

/** The state shown to a reader: a failure comes before a date, since the date alone does not mend it. */
export function standingOf({ outcome, state, endsFirst }: ScannedSecret): Standing {
  if (!isUnhealthy({ outcome })) return endsFirst && !isDueState(state) ? "ends-first" : state;
  return outcome?.code === "LOCKED_OUT" ? "locked-out" : "failed";
}
export const standingWords: Readonly<Record<Standing, string>> = {
  "locked-out": "locked out",
  expired: "expired",
  overdue: "overdue",
  due: "due",
  failed: "failed",
  "ends-first": "ends first",
  later: "ok",
  "no-date": "no date",
};

/** When it is due: the earliest of its dates, as text that sorts; null: never. */
export function dueOn({ expiresOn, nextRotation, tooOldOn }: ScannedSecret): string | null {
  const [first] = [expiresOn, nextRotation, tooOldOn].filter((on) => on !== null).sort();
  return first ?? null;
}

type Share = <T extends string | null>(text: T) => T;

/** Many secrets share a few compartments, owners and so on. Each such text is kept once instead of once per row. */
function createShare(): Share {
  const known = new Map<string | null, string | null>();
  return <T extends string | null>(text: T): T => {
    const first = known.get(text);
    if (first !== undefined) return first as T;
    known.set(text, text);
    return text;
  };
}

function dataOf(row: CloserRow, state: DueState, now: number, share: Share): ScannedSecret {
  const { outcome } = row;
  return {
    secretId: row.secretId,
    name: row.name,
    compartmentId: share(row.compartmentId),
    vaultId: share(row.vaultId),
    state,
    issuer: share(row.issuer),
    clientId: row.clientId,
    owner: share(row.owner),
    contact: share(row.contact),
    functionId: share(row.functionId),
    ageDays: Math.max(0, daysBetween(row.since, now)),
    expiresOn: textOrNull(row.expiresAt),
    expirySource: row.expirySource,
    expiry: row.expiresAt !== null ? "date" : row.neverExpires ? "never" : "not-told",
    nextRotation: textOrNull(row.nextRotationAt),
    endsFirst: endsFirst(row),
    tooOldOn: textOrNull(row.tooOldAt),
    lastRotation: textOrNull(row.lastRotationAt),
    freeSlots: row.freeSlots,
    waiting: row.waiting === null ? null : [...row.waiting],
    outcome: outcome === null ? null : { ...outcome, at: text(outcome.at) },
    problem: row.problem,
  };
}

/** What is locked out, what failed, and the rest; each by due date, and those without a date last, by name. */
function byUrgency(a: ScannedSecret, b: ScannedSecret): number {
  const keyOf = (secret: ScannedSecret) => {
    const standing = standingOf(secret);
    return [standing === "locked-out" ? "0" : standing === "failed" ? "1" : "2", dueOn(secret) ?? "~", secret.name];
  };
  const [one, other] = [keyOf(a), keyOf(b)];
  const at = one.findIndex((key, index) => key !== other[index]);
  return at < 0 ? 0 : (one[at] ?? "") < (other[at] ?? "") ? -1 : 1;
}

/**
 * Counts every row and keeps only those to be shown, so that memory is bounded by them.
 * @param withinMs null: show all that can be rotated. Otherwise only those due within that time, unhealthy, or to end before a rotation.
 * @param maxAgeMs as it was looked for
 */
export async function gather(
  rows: AsyncIterable<CloserRow>,
  now: number,
  { withinMs, maxAgeMs }: { readonly withinMs: number | null; readonly maxAgeMs: number | null },
): Promise<Scanned> {
  const counted = { seen: 0, rotatable: 0, expired: 0, due: 0, unhealthy: 0, endsFirst: 0 };
  const secrets: ScannedSecret[] = [];
  const share = createShare();
  for await (const row of rows) {
    counted.seen += 1;
    if (!row.isKnown) continue;
    counted.rotatable += 1;
    const secret = dataOf(row, dueState(row, now, withinMs ?? 0), now, share);
    if (secret.state === "expired") counted.expired += 1;
    if (isDueState(secret.state)) counted.due += 1;
    if (isUnhealthy(secret)) counted.unhealthy += 1;
    if (secret.endsFirst) counted.endsFirst += 1;
    if (withinMs === null || needsAttention(secret)) secrets.push(secret);
  }
  return {
    asOf: text(now),
    withinSeconds: withinMs === null ? null : withinMs / 1000,
    maxAgeSeconds: maxAgeMs === null ? null : maxAgeMs / 1000,
    counts: counted,
    secrets: secrets.sort(byUrgency),
  };
}
