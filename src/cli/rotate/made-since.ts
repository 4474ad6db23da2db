import { RotationError } from "../../base/errors.ts";
import { parseContent } from "../../clients/vault/content.ts";
import { createOciStore } from "../../clients/vault/oci-store.ts";
import { createRotationClient } from "../../clients/vault/rotation-client.ts";
import type { SecretStore, VersionList, VersionSummary } from "../../clients/vault/store.ts";
import { isOurs } from "../../clients/vault/version-name.ts";
import { ageDate, datesOf } from "../../rotation/due/due-dates.ts";
import { valueMadeAt } from "../../rotation/due/value-age.ts";
import { createValueReader } from "../inventory/closer-look.ts";
import type { Runtime } from "../runtime.ts";
import { localSettings } from "../settings.ts";
import type { SignedIn } from "../sign-in/sign-in.ts";
import { rotationAccess, vaultSeams } from "../vault-seams.ts";

/** CURRENT as listed, and when that was, on OCI's clock. */
export interface Seen {
  readonly current: VersionSummary | null;
  /** The highest version. Above CURRENT it is a rotation in progress, or what one left. */
  readonly newest: VersionSummary | null;
  readonly asOf: number;
  /** Its due dates, for every way of rotating it. */
  readonly dates: ReturnType<typeof datesOf>;
  /** All versions. */
  readonly list: VersionList;
}

/** Finds out what has been made of a secret since a given time, so that a command run again after a kill rotates nothing twice. */
export interface Witness {
  /** Null if Vault does not settle. */
  look(secretId: string): Promise<Seen | null>;
  /** When CURRENT's value is too old, if it is so within that time. */
  tooOld(secretId: string, seen: Seen, maxAgeMs: number, withinMs: number): Promise<Seen["dates"]>;
  /** The version that a rotation has made CURRENT since, or null. */
  madeSince(secretId: string, since: number, seen: Seen | null): Promise<number | null>;
  /** Whether a rotation made this version. */
  isRotation(secretId: string, version: VersionSummary): Promise<boolean>;
  /** Whether it is a credential and not a claim, which holds the old value. If its content may not be read, the list decides. */
  isCredential(secretId: string, versionNo: number): Promise<boolean>;
}

const READ_LIMIT_MS = 60_000;
const LOOK_AGAIN_MS = 1_000;

export function createWitness(runtime: Runtime, signedIn: SignedIn): Witness {
  const { clock } = runtime;
  const { activeWaitSeconds } = localSettings(runtime);
  const access = rotationAccess(signedIn);
  const within = vaultSeams(runtime);
  const readValue = createValueReader(runtime);
  const storeOf = (secretId: string): SecretStore => createOciStore(access, secretId, within(READ_LIMIT_MS));
  const isCredential: Witness["isCredential"] = async (secretId, versionNo) => {
    try {
      return parseContent((await storeOf(secretId).readVersion(versionNo)).content).kind === "credential";
    } catch (thrown) {
      if (thrown instanceof RotationError) return ["VAULT_FORBIDDEN", "SECRET_NOT_FOUND"].includes(thrown.code);
      throw thrown;
    }
  };
  const isRotation: Witness["isRotation"] = async (secretId, { name, versionNo }) =>
    isOurs(name) && (await isCredential(secretId, versionNo));
  return {
    look: async (secretId) => {
      const client = createRotationClient(access, secretId, within(READ_LIMIT_MS));
      const until = clock.monotonic() + activeWaitSeconds * 1000;
      // A write from before the kill is visible only once the secret is ACTIVE again.
      for (;;) {
        const state = await client.read();
        const list = state.lifecycle === "UPDATING" ? null : await storeOf(secretId).listVersions();
        if (list !== null) {
          const current = list.versions.find(({ versionStages }) => versionStages.includes("CURRENT"));
          const dates = datesOf(state, list.asOf);
          return { current: current ?? null, newest: list.versions[0] ?? null, asOf: list.asOf, dates, list };
        }
        if (clock.monotonic() >= until) return null;
        await clock.sleep(LOOK_AGAIN_MS);
      }
    },
    tooOld: async (secretId, { list, asOf }, maxAgeMs, withinMs) => {
      const madeAt = await valueMadeAt(storeOf(secretId), list, readValue, asOf + withinMs - maxAgeMs);
      return madeAt === null ? [] : [ageDate(madeAt, maxAgeMs)];
    },
    madeSince: async (secretId, since, seen) => {
      const current = seen?.current ?? null;
      if (current === null || current.createdAt <= since) return null;
      // A version that an operator stored by hand may still hold the old client secret.
      return (await isRotation(secretId, current)) ? current.versionNo : null;
    },
    isRotation,
    isCredential,
  };
}
