import { createBudget } from "../../../src/base/budget.ts";
import { RotationError } from "../../../src/base/errors.ts";
import { createLog } from "../../../src/base/log.ts";
import type { DefinedTags } from "../../../src/base/place.ts";
import { Secret } from "../../../src/base/secret.ts";
import { parseSettings } from "../../../src/base/settings/settings.ts";
import { createTokenCache } from "../../../src/clients/http/token-cache.ts";
import type { Capabilities, Credential } from "../../../src/clients/issuers/issuer.ts";
import { makeOwnValue } from "../../../src/clients/issuers/own-value.ts";
import type { Login } from "../../../src/clients/issuers/verdict.ts";
import { parseContent } from "../../../src/clients/vault/content.ts";
import type { SecretStore, StoredVersion, VersionStage, VersionSummary } from "../../../src/clients/vault/store.ts";
import { createSeededEntropy } from "../../../src/emulator/core/seeded-entropy.ts";
import { createAcceptances } from "../../../src/rotation/acceptances.ts";
import type { Attempt } from "../../../src/rotation/attempt.ts";
import { createClientCache } from "../../../src/rotation/client-cache.ts";
import type { Context } from "../../../src/rotation/context.ts";
import { toyClient } from "../../support/held.ts";
import { createInstantClock, type InstantClock } from "../../support/instant-clock.ts";

const SECRET_ID = "ocid1.vaultsecret.oc1.iad.toy";

/** A version as a test writes it down. */
export interface Written {
  readonly no: number;
  readonly stages: readonly VersionStage[];
  /** The content: JSON of it, or the text itself. */
  readonly content: unknown;
  readonly name?: string;
  readonly ageSeconds?: number;
  readonly isBeingDeleted?: boolean;
}

/** An invocation whose Vault is a list that the test holds, and whose issuer is a toy: nothing is sent anywhere. */
export interface Rig {
  readonly clock: InstantClock;
  readonly context: Context;
  /** Vault's state now; the test may change it. */
  readonly vault: { versions: Written[]; lifecycle: string; etag: number; definedTags: DefinedTags };
  /** What was asked of Vault, in order: `read-secret`, `list`, `read 3`. */
  readonly asked: string[];
  readonly log: readonly Record<string, unknown>[];
}

/** What the toy issuer is where the content does not say otherwise. */
const plainTraits: Capabilities = {
  valueChosenBy: "issuer",
  readBack: "no",
  overlap: "none",
  authorities: ["client"],
  repeatMint: "last-wins",
};

const unanswered = { outcome: "unknown", error: new RotationError("ISSUER_UNAVAILABLE", "the toy was asked") } as const;

function never(what: string): never {
  throw new Error(`${what}: a toy is only looked at`);
}

export function createRig(
  versions: readonly Written[],
  environment: Readonly<Record<string, string>> = {},
  traitsOf: (issuer: string | null) => Capabilities = () => plainTraits,
): Rig {
  const clock = createInstantClock();
  const settings = parseSettings(environment);
  const vault: Rig["vault"] = { versions: [...versions], lifecycle: "ACTIVE", etag: 1, definedTags: {} };
  const asked: string[] = [];
  const log: Record<string, unknown>[] = [];
  const started = clock.now();
  const createdAt = ({ ageSeconds = 86_400 }: Written) => started - ageSeconds * 1000;
  const summaryOf = (version: Written): VersionSummary => ({
    versionNo: version.no,
    name: version.name ?? null,
    versionStages: version.stages,
    createdAt: createdAt(version),
    isBeingDeleted: version.isBeingDeleted ?? false,
  });
  const store: SecretStore = {
    async readSecret() {
      asked.push("read-secret");
      return {
        etag: `etag-${vault.etag}`,
        lifecycle: vault.lifecycle,
        currentVersionNo: vault.versions.find(({ stages }) => stages.includes("CURRENT"))?.no ?? null,
        isReplica: false,
        metadata: {},
        tags: {},
        compartmentId: "ocid1.compartment.oc1..toys",
        definedTags: vault.definedTags,
      };
    },
    async listVersions() {
      asked.push("list");
      const newestFirst = vault.versions.map(summaryOf).sort((one, other) => other.versionNo - one.versionNo);
      return { versions: newestFirst, asOf: clock.now() };
    },
    async readVersion(no): Promise<StoredVersion> {
      asked.push(`read ${no}`);
      const version = vault.versions.find((candidate) => candidate.no === no);
      if (version === undefined) throw new RotationError("SECRET_NOT_FOUND", `no version ${no}`);
      const { content, stages } = version;
      const text = typeof content === "string" ? content : JSON.stringify(content);
      return {
        versionNo: no,
        versionStages: stages,
        content: new Secret(text),
        createdAt: createdAt(version),
        asOf: clock.now(),
      };
    },
    readCurrentText: () => never("readCurrentText"),
    writeVersion: () => never("writeVersion"),
    promote: () => never("promote"),
    writeAnnotations: () => never("writeNotes"),
    cancelVersionDeletion: () => never("cancelVersionDeletion"),
    scheduleVersionDeletion: () => never("scheduleVersionDeletion"),
  };
  const context: Context = {
    secretId: SECRET_ID,
    settings,
    clock,
    entropy: createSeededEntropy(1),
    budget: createBudget(clock, null, { budgetMs: 280_000, marginMs: 5_000, callTimeoutMs: 10_000 }),
    log: createLog((line) => log.push(JSON.parse(line)), clock, false),
    tokens: createTokenCache(clock),
    clientCache: createClientCache(),
    acceptances: createAcceptances(clock),
    pace: { isFinishing: false },
    clients: {
      vault: store,
      vaultWithin: () => store,
      issuers: {
        pauseMs: () => 0,
        authoritiesFor: async () => [],
        open(content): Credential {
          const secret = content.member("appSecret");
          const clientId = content.member("clientId");
          if (typeof secret !== "string") throw new RotationError("CONTENT_INVALID", "the member appSecret is missing");
          const credentialOf = (clientSecret: Secret): Credential => ({
            capabilities: traitsOf(content.issuer),
            client: typeof clientId === "string" ? { ...toyClient, clientId } : toyClient,
            clientSecret,
            withSecret: credentialOf,
            rotatedMember: "appSecret",
            tokenEndpoint: { url: "https://toy.example.org/token", scope: null, who: "the toy", refusalOf: () => null },
            retire: () => never("retire"),
            login: () => never("login"),
            mint: async () => unanswered,
            install: async () => unanswered,
            readBack: async () => unanswered,
          });
          return credentialOf(new Secret(secret));
        },
      },
      notifications: {
        require: () => never("require"),
        allowance: () => never("allowance"),
        spend: () => never("spend"),
        send: () => never("send"),
        publish: () => never("publish"),
      },
    },
  };
  return { clock, context, vault, asked, log };
}

const logins: Readonly<Record<"accepted" | "rejected" | "unknown", Login>> = {
  accepted: { verdict: "accepted", token: { value: new Secret("token"), expiresAt: Number.MAX_SAFE_INTEGER } },
  rejected: { verdict: "rejected" },
  unknown: { verdict: "unknown", error: new RotationError("ISSUER_UNAVAILABLE", "no answer"), final: false },
};

/** What a login with a version has just brought. */
export function noteLogin(attempt: Attempt, { clock }: Rig, versionNo: number, verdict: keyof typeof logins): void {
  attempt.logins.set(versionNo, { login: logins[verdict], at: clock.monotonic() });
}

/** A value of our own making: whoever made it knew the value `after`. */
export function ownValue(after: string, seed = 1): string {
  const clientSecret = new Secret(after);
  return makeOwnValue(createSeededEntropy(seed), { secretId: SECRET_ID, client: toyClient, clientSecret }).reveal();
}

/** The content of a credential of the toy. */
export const credential = (appSecret: string, members: object = {}): object => ({ ...members, appSecret });

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
  attempt.claim = { ...made, content, credential: known.credential, startedAt: clock.monotonic() };
  if (made.isConfirmed) attempt.written.push({ name: own.name, known });
}
