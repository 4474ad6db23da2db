import { createBudget } from "../../budget.ts";
import { parseContent } from "../../content.ts";
import { RotationError } from "../../errors.ts";
import { createOciStore } from "../../vault/oci-store.ts";
import { createRotationClient } from "../../vault/rotation-client.ts";
import type { SecretStore, VersionSummary } from "../../vault/store.ts";
import { isOurs } from "../../vault/version-name.ts";
import type { Runtime } from "../runtime.ts";
import { localSettings } from "../settings.ts";
import type { SignedIn } from "../sign-in/sign-in.ts";

/** CURRENT as a list shows it, and when that was, on OCI's clock. */
export interface Seen {
  readonly current: VersionSummary | null;
  /** The one with the highest number: above CURRENT's something is under way, or was left. */
  readonly newest: VersionSummary | null;
  readonly asOf: number;
  /** From one rotation by Vault to the next; null: not set. */
  readonly intervalMs: number | null;
}

/** Answers what was made of a secret since a moment: so a command that was killed goes on without rotating anything twice. */
export interface Witness {
  /** Null where Vault does not come to rest. */
  look(secretId: string): Promise<Seen | null>;
  /** The version that a rotation has made CURRENT since, or null. */
  madeSince(secretId: string, since: number, seen: Seen | null): Promise<number | null>;
}

const READ_LIMIT_MS = 60_000;
const LOOK_AGAIN_MS = 1_000;
const DAY_MS = 86_400_000;

export function createWitness(runtime: Runtime, signedIn: SignedIn): Witness {
  const { clock, entropy } = runtime;
  const { callTimeoutSeconds, activeWaitSeconds } = localSettings(runtime);
  const access = { ...signedIn.access, workRequestsEndpoint: signedIn.endpoint("workRequests") };
  const seams = () => {
    const limits = { budgetMs: READ_LIMIT_MS, marginMs: 0, callTimeoutMs: callTimeoutSeconds * 1000 };
    return { clock, entropy, budget: createBudget(clock, null, limits) };
  };
  const storeOf = (secretId: string): SecretStore => createOciStore(access, secretId, seams());
  /** A claim in CURRENT holds the old value. Where the content may not be read the list has to do. */
  const isCredential = async (secretId: string, versionNo: number): Promise<boolean> => {
    try {
      return parseContent((await storeOf(secretId).readVersion(versionNo)).content).kind === "credential";
    } catch (thrown) {
      if (thrown instanceof RotationError) return ["VAULT_FORBIDDEN", "SECRET_NOT_FOUND"].includes(thrown.code);
      throw thrown;
    }
  };
  return {
    look: async (secretId) => {
      const client = createRotationClient(access, secretId, seams());
      const until = clock.monotonic() + activeWaitSeconds * 1000;
      // What was written before a command was killed shows once the secret is ACTIVE again.
      for (;;) {
        const { lifecycle, rotation } = await client.read();
        const list = lifecycle === "UPDATING" ? null : await storeOf(secretId).listVersions();
        if (list !== null) {
          const current = list.versions.find(({ versionStages }) => versionStages.includes("CURRENT"));
          const { intervalDays } = rotation;
          const intervalMs = intervalDays === null ? null : intervalDays * DAY_MS;
          return { current: current ?? null, newest: list.versions[0] ?? null, asOf: list.asOf, intervalMs };
        }
        if (clock.monotonic() >= until) return null;
        await clock.sleep(LOOK_AGAIN_MS);
      }
    },
    madeSince: async (secretId, since, seen) => {
      const current = seen?.current ?? null;
      // What an operator has stored by hand may hold the old client secret still.
      if (seen === null || current === null || current.createdAt <= since || !isOurs(current.name)) return null;
      // Of a rotation that Vault has tried in vain since long ago the date may stand still.
      if (seen.intervalMs !== null && current.createdAt + seen.intervalMs <= seen.asOf) return null;
      return (await isCredential(secretId, current.versionNo)) ? current.versionNo : null;
    },
  };
}
