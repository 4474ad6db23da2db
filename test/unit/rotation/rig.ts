import { createBudget } from "../../../src/base/budget.ts";
import { type ErrorCode, RotationError } from "../../../src/base/errors.ts";
import { createLog } from "../../../src/base/log.ts";
import { Secret } from "../../../src/base/secret.ts";
import { parseSettings } from "../../../src/base/settings/settings.ts";
import { createTally } from "../../../src/base/tally.ts";
import { createTokenCache } from "../../../src/clients/http/token-cache.ts";
import type { Credential } from "../../../src/clients/issuers/issuer.ts";
import { makeOwnValue } from "../../../src/clients/issuers/own-value.ts";
import type { Login } from "../../../src/clients/issuers/verdict.ts";
import { parseContent } from "../../../src/clients/vault/content.ts";
import type { SecretStore, VersionList, Write } from "../../../src/clients/vault/store.ts";
import { createUpdating, createUpdatingTimes } from "../../../src/clients/vault/updating.ts";
import { createSeededEntropy } from "../../../src/emulator/core/seeded-entropy.ts";
import { createAcceptances } from "../../../src/rotation/acceptances.ts";
import { type Attempt, createAttempt } from "../../../src/rotation/attempt/attempt.ts";
import { createClientCache } from "../../../src/rotation/client-cache.ts";
import type { Context } from "../../../src/rotation/context.ts";
import { readAll } from "../../../src/rotation/observe/contents.ts";
import { observe, type Snapshot } from "../../../src/rotation/observe/observe.ts";
import { heldToken, toyClient } from "../../support/held.ts";
import { createInstantClock, type InstantClock } from "../../support/instant-clock.ts";
import { createToyIssuer, type IssuerToys } from "./toy-issuer.ts";
import { createToyVault, never, type VaultCalls, type VaultState, type VaultToys, type Written } from "./toy-vault.ts";

export type { Written } from "./toy-vault.ts";

const SECRET_ID = "ocid1.vaultsecret.oc1.iad.toy";

/** How the toys behind a rig answer. */
export type Toys = VaultToys & IssuerToys;

/**
 * The rig for one stage or one module of a rotation: a context whose Vault and issuer are toys in memory. Nothing is sent
 * anywhere. For a whole call there is the virtual world, `test/support/worlds.ts`.
 */
export interface Rig extends VaultCalls {
  readonly clock: InstantClock;
  readonly context: Context;
  readonly vault: VaultState;
  /** What was asked of the issuer and of the authorities, in order: `mint by own`, `authorities`, `login of first`. */
  readonly requested: string[];
  readonly log: readonly Record<string, unknown>[];
}

/** A rig whose rotation has looked at Vault once. */
export interface Run extends Rig {
  readonly attempt: Attempt;
  readonly seen: Snapshot;
}

/** CURRENT of most tests, with nothing beside it. */
export const current: Written = { no: 7, stages: ["CURRENT", "LATEST"], content: credential("S7") };

/** What another call has left. */
export const pending: Written = { no: 8, stages: ["PENDING"], content: credential("S8") };

/** The time of every rig at its start. */
export const STARTED_AT = Date.UTC(2026, 0, 1);

/** The budget of the rig. */
export const BUDGET_MS = 280_000;

export function createRig(
  versions: readonly Written[] = [current],
  environment: Readonly<Record<string, string>> = {},
  toys: Toys = {},
): Rig {
  const clock = createInstantClock(STARTED_AT);
  const vault: VaultState = { versions: [...versions], lifecycle: "ACTIVE", etag: 1, definedTags: {} };
  const calls = { asked: [], sent: [], requested: [] };
  const log: Record<string, unknown>[] = [];
  const store = createToyVault(clock, vault, calls, toys);
  const context: Context = {
    secretId: SECRET_ID,
    settings: parseSettings(environment),
    clock,
    entropy: createSeededEntropy(1),
    budget: createBudget(clock, null, { budgetMs: BUDGET_MS, marginMs: 5_000, callTimeoutMs: 10_000 }),
    log: createLog((line) => log.push(JSON.parse(line)), clock, false),
    tally: createTally(),
    tokens: createTokenCache(clock),
    clientCache: createClientCache(),
    acceptances: createAcceptances(clock),
    pace: { isFinishing: false },
    clients: {
      vault: store,
      vaultWithin: () => store,
      issuers: createToyIssuer(calls.requested, toys),
      notifications: {
        require: () => never("require"),
        allowance: () => never("allowance"),
        spend: () => never("spend"),
        send: () => never("send"),
        publish: () => never("publish"),
      },
    },
  };
  return { clock, context, vault, ...calls, log };
}

interface Start extends Toys {
  readonly versions?: readonly Written[];
  readonly environment?: Readonly<Record<string, string>>;
  /** The token of CURRENT's login, which lives for an hour; null: there is none. */
  readonly token?: string | null;
  /** Whether the contents of all versions have been read, and not only of those that every look reads. */
  readonly isAllRead?: boolean;
}

/** A rotation that has looked at Vault and holds a token of CURRENT's login. Vault does what it is sent. */
export async function startRun(start: Start = {}): Promise<Run> {
  const { versions, environment, token = "own", isAllRead = false, ...toys } = start;
  const rig = createRig(versions, environment, { answer: { outcome: "done" }, ...toys });
  const attempt = createAttempt(3_600);
  const seen = await observed(rig, attempt);
  if (isAllRead) await readAll({ context: rig.context, attempt }, seen.list);
  if (token !== null) attempt.authorities.token = heldToken(token, rig.clock.monotonic() + 3_600_000);
  return { ...rig, attempt, seen };
}

/** What a whole look finds, if it does not find the secret UPDATING. */
export async function observed({ context }: Pick<Rig, "context">, attempt: Attempt): Promise<Snapshot> {
  const seen = await observe({ context, attempt }, true, null);
  if (seen === null) throw new Error("the secret is UPDATING");
  return seen;
}

/** The same with another Vault, as far as `changes` go. */
export function withVault<T extends Context>(context: T, changes: Partial<SecretStore>): T {
  const vault = createUpdating(context.clock, createUpdatingTimes()).watch({ ...context.clients.vault, ...changes });
  return { ...context, clients: { ...context.clients, vault } };
}

/** What Vault lists now. */
export async function listOf({ context }: Pick<Rig, "context">): Promise<VersionList> {
  const list = await context.clients.vault.listVersions();
  if (list === null) throw new Error("no list");
  return list;
}

/** The client of the toy issuer, with the client secret S0. */
export function toyCredential({ context }: Pick<Rig, "context">): Credential {
  return context.clients.issuers.open(parseContent(new Secret(JSON.stringify(credential("S0")))));
}

export const accepted = {
  verdict: "accepted",
  token: { value: new Secret("token"), expiresAt: Number.MAX_SAFE_INTEGER },
} as const;
export const rejected = { verdict: "rejected" } as const;
const logins: Readonly<Record<"accepted" | "rejected" | "unknown", Login>> = {
  accepted,
  rejected,
  unknown: { verdict: "unknown", error: new RotationError("ISSUER_UNAVAILABLE", "no answer"), final: false },
};

/** What a login with a version has just brought. */
export function noteLogin(
  attempt: Attempt,
  { clock }: Pick<Rig, "clock">,
  versionNo: number,
  login: keyof typeof logins | Login,
): void {
  attempt.read.logins.set(versionNo, {
    login: typeof login === "string" ? logins[login] : login,
    at: clock.monotonic(),
  });
}

/** A value of our own making: whoever made it knew the value `after`. */
export function ownValue(after: string, seed = 1): string {
  const clientSecret = new Secret(after);
  return makeOwnValue(createSeededEntropy(seed), { secretId: SECRET_ID, client: toyClient, clientSecret }).reveal();
}

/** The content of a credential of the toy. */
export function credential(appSecret: string, members: object = {}): object {
  return { ...members, appSecret };
}

/** An old version with a name of ours. */
export const deprecated = (no: number, rest: Partial<Written> = {}): Written => ({
  no,
  stages: ["DEPRECATED"],
  name: `orot-${no}`,
  content: credential(`S${no}`),
  ...rest,
});

/** The number of the version that holds this value in most tests: S7 stands in version 7. */
const numberOfValue = (appSecret: string) => Number(/^S([1-9]\d*)$/.exec(appSecret)?.[1] ?? 1);

/** The content of a claim, with the value of the credential that it was written over. */
export const claim = (appSecret: string, mark: object = {}): object => ({
  appSecret,
  _rotation: {
    v: 1,
    kind: "claim",
    callId: "another",
    ttlSeconds: 90,
    base: numberOfValue(appSecret),
    takeovers: 0,
    ...mark,
  },
});

/** This call's own claim, as its writing would have left it in memory. */
export function holdClaim(
  attempt: Attempt,
  { context, clock }: Rig,
  own: {
    readonly callId: string;
    readonly name: string;
    readonly isConfirmed?: boolean;
    readonly isJustWritten?: boolean;
  },
): void {
  const content = parseContent(new Secret(JSON.stringify(claim("S0", { callId: own.callId }))));
  const made = { earlierIds: [], isConfirmed: false, isJustWritten: false, ...own };
  if (content.claim === null) throw new Error("the toy's claim is one");
  const known = {
    kind: "claim",
    content,
    claim: content.claim,
    credential: context.clients.issuers.open(content),
  } as const;
  attempt.locks.claim = { ...made, content, credential: known.credential, startedAt: clock.monotonic() };
  if (made.isConfirmed) attempt.writes.written.push({ name: own.name, known });
}

export type FailedWrite = Exclude<Write, { outcome: "done" }>;

/** How Vault answers a write that it does not carry out. */
export const failed = (outcome: FailedWrite["outcome"], code: ErrorCode = "VAULT_UNAVAILABLE"): FailedWrite => ({
  outcome,
  error: said(code),
});

/** An error of a toy. */
export const said = (code: ErrorCode) => new RotationError(code, `said ${code}`);

/** What a stage returns whose work is tried again after a look. */
export const retry = (outcome: string) => ({ outcome, next: "look", isRetry: true });
