import { createBudget } from "../../base/budget.ts";
import { type ErrorCode, RotationError } from "../../base/errors.ts";
import type { Secret } from "../../base/secret.ts";
import { createIssuerHttp } from "../../clients/http/issuer-http.ts";
import { createRateGate } from "../../clients/http/rate-gate.ts";
import { clientSecretIn, openCredential } from "../../clients/issuers/index.ts";
import type { IssuerContext } from "../../clients/issuers/issuer.ts";
import { parseContent } from "../../clients/vault/content.ts";
import { notAcknowledged, readRecord } from "../../clients/vault/notify-record.ts";
import { createOciStore } from "../../clients/vault/oci-store.ts";
import type { SecretStore, VersionList } from "../../clients/vault/store.ts";
import { freeSlots } from "../../clients/vault/version-slots.ts";
import { hostOf } from "../../notify/endpoint.ts";
import { earlier } from "../../rotation/due/due.ts";
import { type ReadValue, valueMadeAt } from "../../rotation/due/value-age.ts";
import type { Runtime } from "../runtime.ts";
import { localSettings } from "../settings.ts";
import type { SignedIn } from "../sign-in/sign-in.ts";
import { vaultSeams } from "../vault-seams.ts";
import type { InventoryRow } from "./inventory.ts";

/** A row, and what reading the secret itself has shown. */
export interface CloserRow extends InventoryRow {
  /** How many more versions Vault takes; null: not asked for, or unknown. */
  readonly freeSlots: number | null;
  /** Hosts of the subscribers that have not acknowledged CURRENT; null: not asked for, or unknown. */
  readonly waiting: readonly string[] | null;
  /** Why the closer look failed; null: it succeeded, or there was none. */
  readonly problem: ErrorCode | null;
}

/** What to spend a call per secret on. */
export interface Look {
  /** Count the versions, and find when CURRENT was written. */
  readonly versions: boolean;
  /** Read CURRENT if no tag names issuer and client. */
  readonly content: boolean;
  /** Find out which subscribers have not acknowledged CURRENT. */
  readonly waiting: boolean;
  /** Find out which values are too old, or will be within that time; null: no age is too old. In milliseconds. */
  readonly age: { readonly maxMs: number; readonly withinMs: number } | null;
}

/** For one secret; a single command looks at all of them. */
const LOOK_LIMIT_MS = 60_000;

/** For contents that are only read: it has no connection to an issuer. */
function createContext(runtime: Runtime): IssuerContext {
  const { clock } = runtime;
  const settings = localSettings(runtime);
  const budget = createBudget(clock, null, { budgetMs: 0, marginMs: 0, callTimeoutMs: 0 });
  const pause = { ratePauseMs: 0, maxWaitMs: () => 0 };
  const http = createIssuerHttp(runtime.transport, createRateGate(clock), budget, pause, clock);
  return { http, httpAtOnce: http, clock, settings };
}

/** Reads whose credential a content is. */
function createReader(runtime: Runtime): (text: Secret) => Pick<InventoryRow, "issuer" | "clientId"> {
  const context = createContext(runtime);
  return (text) => {
    // Nothing is sent from here, so it does not matter where credentials may be sent.
    const rules = { origins: context.settings.issuerOrigins ?? null, aliases: [], onCrossing: () => undefined };
    const { issuer, clientId } = openCredential(parseContent(text), context, rules).client;
    return { issuer, clientId };
  };
}

/** Reads the value in a content, to compare it. */
export function createValueReader(runtime: Runtime): ReadValue {
  const context = createContext(runtime);
  return (text) => clientSecretIn(parseContent(text), context);
}

/** What the list of versions adds. It also drops an issuer's date that was noted for a version other than CURRENT. */
function versionsOf(row: InventoryRow, list: VersionList): Partial<CloserRow> {
  const current = list.versions.find(({ versionStages }) => versionStages.includes("CURRENT"));
  if (current === undefined) return { freeSlots: freeSlots(list) };
  const isOther = row.expiryVersionNo !== null && row.expiryVersionNo !== current.versionNo;
  return {
    freeSlots: freeSlots(list),
    since: current.createdAt,
    ...(isOther && { ...earlier(null, row.ruleExpiresAt), neverExpires: false }),
  };
}

const madeBy = ({ maxMs, withinMs }: NonNullable<Look["age"]>, now: number) => now + withinMs - maxMs;

/** Only hosts, since anyone who knows an endpoint's path may be able to post there. */
async function waitingIn(store: SecretStore): Promise<readonly string[]> {
  const { metadata, currentVersionNo } = await store.readSecret();
  return notAcknowledged(readRecord(metadata), currentVersionNo ?? 0).map(({ endpoint }) => hostOf(endpoint));
}

/** What the list does not show, as far as it was asked for. */
async function seenIn(
  row: InventoryRow,
  store: SecretStore,
  look: Look,
  asksAge: boolean,
  readValue: ReadValue,
): Promise<Partial<CloserRow>> {
  const waiting = look.waiting ? { waiting: await waitingIn(store) } : {};
  if (!look.versions && !asksAge) return waiting;
  const list = await store.listVersions();
  if (list === null) return waiting;
  const seen = { ...waiting, ...(look.versions && versionsOf(row, list)) };
  if (!asksAge || look.age === null) return seen;
  const madeAt = await valueMadeAt(store, list, readValue, madeBy(look.age, list.asOf));
  return madeAt === null ? seen : { ...seen, since: madeAt, tooOldAt: madeAt + look.age.maxMs };
}

/** The error code for this one secret. Trouble with the network or the sign-in ends the command instead. */
function problemOf(thrown: unknown): ErrorCode {
  if (thrown instanceof RotationError && thrown.code !== "VAULT_UNAVAILABLE") return thrown.code;
  throw thrown;
}

/**
 * Asks Vault for more than a list shows, with GET only.
 * @returns a function that looks at one row. It throws RotationError VAULT_UNAVAILABLE if Vault cannot be asked; any other error becomes
 * the row's `problem`.
 */
export function createCloserLook(
  runtime: Runtime,
  { access }: Pick<SignedIn, "access">,
  look: Look,
): (row: InventoryRow) => Promise<CloserRow> {
  const within = vaultSeams(runtime);
  const read = createReader(runtime);
  const readValue = createValueReader(runtime);
  return async (row) => {
    const isNameless = row.issuer === null || row.clientId === null;
    // As long as nothing else is known, the list's own age counts.
    const tooOldAt = look.age === null ? null : row.since + look.age.maxMs;
    const plain: CloserRow = { ...row, tooOldAt, freeSlots: null, waiting: null, problem: null };
    const readsContent = look.content && isNameless;
    const asksAge = look.age !== null && row.createdAt <= madeBy(look.age, runtime.clock.now());
    const asksMore = look.versions || look.waiting;
    if (!asksMore && !readsContent && !(asksAge && row.isKnown)) return plain;
    const store = createOciStore(access, row.secretId, within(LOOK_LIMIT_MS));
    try {
      const { issuer, clientId } = readsContent ? read(await store.readCurrentText()) : row;
      const named = { ...plain, issuer, clientId, isKnown: row.isKnown || readsContent };
      if (!named.isKnown || !(asksMore || asksAge)) return named;
      return { ...named, ...(await seenIn(row, store, look, asksAge, readValue)) };
    } catch (thrown) {
      return { ...plain, problem: problemOf(thrown) };
    }
  };
}
