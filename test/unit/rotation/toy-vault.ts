import { RotationError } from "../../../src/base/errors.ts";
import type { DefinedTags } from "../../../src/base/place.ts";
import { Secret } from "../../../src/base/secret.ts";
import type {
  SecretState,
  SecretStore,
  StoredVersion,
  VersionStage,
  VersionSummary,
  Write,
} from "../../../src/clients/vault/store.ts";
import { createUpdating, createUpdatingTimes } from "../../../src/clients/vault/updating.ts";
import type { InstantClock } from "../../support/instant-clock.ts";

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

/** What the toy Vault holds now; a test may change it. */
export interface VaultState {
  versions: Written[];
  lifecycle: string;
  etag: number;
  definedTags: DefinedTags;
}

/** How the toy Vault answers. A write that is not named here must not be sent. */
export interface VaultToys {
  /** The answer to each write of a version: `write`, `promote`, `schedule` or `cancel`. */
  readonly answer?: Write | ((call: string, versionNo: number | null) => Write);
  /** The answer to each write of metadata and tags. */
  readonly annotate?: Write;
  /** Changes what a read of the secret shows; the first read is number 1. */
  readonly stateOf?: (state: SecretState, reads: number) => SecretState;
}

/** Reads go to `asked`, as `read-secret`, `list` or `read 3`; writes to `sent`, with everything that was sent. */
export interface VaultCalls {
  readonly asked: string[];
  readonly sent: unknown[][];
}

export function never(what: string): never {
  throw new Error(`${what}: the test does not expect it`);
}

/** A Vault that is a list in memory. Its writes are kept and answered, and change nothing. */
export function createToyVault(
  clock: InstantClock,
  vault: VaultState,
  { asked, sent }: VaultCalls,
  { answer, annotate, stateOf = (state) => state }: VaultToys,
): SecretStore {
  const started = clock.now();
  const createdAt = ({ ageSeconds = 86_400 }: Written) => started - ageSeconds * 1000;
  const summaryOf = (version: Written): VersionSummary => ({
    versionNo: version.no,
    name: version.name ?? null,
    versionStages: version.stages,
    createdAt: createdAt(version),
    isBeingDeleted: version.isBeingDeleted ?? false,
  });
  let reads = 0;
  const write =
    (call: string) =>
    async (...rest: unknown[]): Promise<Write> => {
      if (answer === undefined) return never(call);
      sent.push([call, ...rest]);
      return typeof answer === "function" ? answer(call, typeof rest[0] === "number" ? rest[0] : null) : answer;
    };
  return createUpdating(clock, createUpdatingTimes()).watch({
    async readSecret() {
      asked.push("read-secret");
      reads += 1;
      const state: SecretState = {
        etag: `etag-${vault.etag}`,
        lifecycle: vault.lifecycle,
        currentVersionNo: vault.versions.find(({ stages }) => stages.includes("CURRENT"))?.no ?? null,
        isReplica: false,
        metadata: {},
        tags: {},
        compartmentId: "ocid1.compartment.oc1..toys",
        definedTags: vault.definedTags,
      };
      return stateOf(state, reads);
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
    writeVersion: write("write"),
    promote: write("promote"),
    scheduleVersionDeletion: write("schedule"),
    cancelVersionDeletion: write("cancel"),
    async writeAnnotations(...rest) {
      if (annotate === undefined) return never("writeAnnotations");
      sent.push(["annotate", ...rest]);
      return annotate;
    },
  });
}
