import { createBudget } from "../../base/budget.ts";
import { type ErrorCode, RotationError } from "../../base/errors.ts";
import type { Secret } from "../../base/secret.ts";
import { createIssuerHttp } from "../../clients/http/issuer-http.ts";
import { createRateGate } from "../../clients/http/rate-gate.ts";
import { openCredential } from "../../clients/issuers/index.ts";
import type { IssuerContext } from "../../clients/issuers/issuer.ts";
import { parseContent } from "../../clients/vault/content.ts";
import { createOciStore } from "../../clients/vault/oci-store.ts";
import type { SecretStore } from "../../clients/vault/store.ts";
import { freeSlots } from "../../clients/vault/version-slots.ts";
import type { Runtime } from "../runtime.ts";
import { localSettings } from "../settings.ts";
import type { SignedIn } from "../sign-in/sign-in.ts";
import { earlier, type InventoryRow } from "./inventory.ts";

/** A row, and what reading the secret itself has shown. */
export interface CloserRow extends InventoryRow {
  /** How many more versions Vault takes; null: not asked for, or unknown. */
  readonly freeSlots: number | null;
  /** Why the closer look failed; null: it succeeded, or there was none. */
  readonly problem: ErrorCode | null;
}

/** What to spend a call per secret on. */
export interface Look {
  /** Count the versions, and find when CURRENT was written. */
  readonly versions: boolean;
  /** Read CURRENT if no tag names issuer and client. */
  readonly content: boolean;
}

/** For one secret; a single command looks at all of them. */
const LOOK_LIMIT_MS = 60_000;

/** Reads credentials, without any connection to the issuer. */
function createReader(runtime: Runtime): (text: Secret) => Pick<InventoryRow, "issuer" | "clientId"> {
  const { clock } = runtime;
  const settings = localSettings(runtime);
  const budget = createBudget(clock, null, { budgetMs: 0, marginMs: 0, callTimeoutMs: 0 });
  const pause = { ratePauseMs: 0, maxWaitMs: () => 0 };
  const http = createIssuerHttp(runtime.transport, createRateGate(clock), budget, pause, clock);
  const context: IssuerContext = { http, httpAtOnce: http, clock, settings };
  return (text) => {
    // Nothing is sent from here, so it does not matter where credentials may be sent.
    const rules = { origins: settings.issuerOrigins, aliases: [], onCrossing: () => undefined };
    const { issuer, clientId } = openCredential(parseContent(text), context, rules).client;
    return { issuer, clientId };
  };
}

/** What the list of versions adds. It also drops an issuer's date that was noted for a version other than CURRENT. */
async function versionsOf(row: InventoryRow, store: SecretStore): Promise<Partial<CloserRow>> {
  const list = await store.listVersions();
  if (list === null) return {};
  const current = list.versions.find(({ versionStages }) => versionStages.includes("CURRENT"));
  if (current === undefined) return { freeSlots: freeSlots(list) };
  const isOther = row.expiryVersionNo !== null && row.expiryVersionNo !== current.versionNo;
  return {
    freeSlots: freeSlots(list),
    since: current.createdAt,
    ...(isOther && earlier(null, row.ruleExpiresAt)),
  };
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
  const { clock, entropy } = runtime;
  const callTimeoutMs = localSettings(runtime).callTimeoutSeconds * 1000;
  const read = createReader(runtime);
  return async (row) => {
    const isNameless = row.issuer === null || row.clientId === null;
    const plain: CloserRow = { ...row, freeSlots: null, problem: null };
    const readsContent = look.content && isNameless;
    if (!look.versions && !readsContent) return plain;
    const budget = createBudget(clock, null, { budgetMs: LOOK_LIMIT_MS, marginMs: 0, callTimeoutMs });
    const store = createOciStore(access, row.secretId, { clock, entropy, budget });
    try {
      const named = readsContent ? { ...read(await store.readCurrentText()), isKnown: true } : {};
      const isOurs = row.isKnown || "issuer" in named;
      return { ...plain, ...named, ...(look.versions && isOurs ? await versionsOf(row, store) : {}) };
    } catch (thrown) {
      return { ...plain, problem: problemOf(thrown) };
    }
  };
}
