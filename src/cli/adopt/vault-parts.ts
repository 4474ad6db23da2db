import { createBudget } from "../../base/budget.ts";
import type { Secret } from "../../base/secret.ts";
import { createSecretMaker } from "../../clients/vault/create-secret.ts";
import type { ListedSecret } from "../../clients/vault/directory.ts";
import { createOciStore } from "../../clients/vault/oci-store.ts";
import type { Schedule } from "../../clients/vault/rotation-client.ts";
import type { RotationState } from "../../clients/vault/rotation-responses.ts";
import { isAbandoned } from "../../rotation/housekeeping/rotation-tags.ts";
import { isAsWanted } from "../commands/schedule/set.ts";
import { createOperatorDirectory } from "../inventory/inventory.ts";
import type { Runtime } from "../runtime.ts";
import { changeSecret, openSecret, takeUpAgain } from "../secret-change.ts";
import { localSettings } from "../settings.ts";
import type { SignedIn } from "../sign-in/sign-in.ts";
import type { AdoptionParts } from "./task.ts";

/** A whole run of a thousand clients takes minutes. */
const LIMIT_MS = 3_600_000;
const ACTIVE_LIMIT_MS = 60_000;
const POLL_MS = 1_000;
const NAME_BYTES = 5;

type VaultParts = Pick<
  AdoptionParts,
  "findByName" | "create" | "replace" | "waitUntilActive" | "readText" | "setSchedule" | "wait"
>;

/** What adoption does with Vault, as the operator. */
export function createVaultParts(runtime: Runtime, signedIn: SignedIn): VaultParts {
  const { clock, entropy } = runtime;
  const storeOf = (secretId: string) => createOciStore(signedIn.access, secretId, { clock, entropy, budget });
  const callTimeoutMs = localSettings(runtime).callTimeoutSeconds * 1000;
  const budget = createBudget(clock, null, { budgetMs: LIMIT_MS, marginMs: 0, callTimeoutMs });
  const directory = createOperatorDirectory(runtime, signedIn);
  return {
    findByName: async (name, { compartmentId, vaultId }): Promise<ListedSecret | null> => {
      // A deleted secret may be listed beside a new one of its name.
      const found: ListedSecret[] = [];
      for await (const one of directory.secrets({ compartmentId, vaultId, name })) found.push(one);
      return (
        found.find(({ lifecycle }) => lifecycle === "ACTIVE" || lifecycle === "UPDATING") ??
        found.find(({ lifecycle }) => lifecycle !== "DELETED") ??
        null
      );
    },
    create: createSecretMaker(signedIn.access, { clock, budget }),
    waitUntilActive: async (secretId) => {
      const { rotation } = openSecret(runtime, signedIn, secretId);
      const end = clock.monotonic() + ACTIVE_LIMIT_MS;
      while ((await rotation.read()).lifecycle !== "ACTIVE" && clock.monotonic() < end) await clock.sleep(POLL_MS);
    },
    replace: async (secretId, versionNo, text) => {
      const store = storeOf(secretId);
      const { etag, currentVersionNo } = await store.readSecret();
      if (currentVersionNo !== null && currentVersionNo !== versionNo) return { outcome: "done" };
      const name = `adopted-${Buffer.from(entropy.bytes(NAME_BYTES)).toString("hex")}`;
      return store.writeVersion(name, "CURRENT", text, etag);
    },
    readText: (secretId): Promise<Secret> => storeOf(secretId).readCurrentText(),
    setSchedule: async (secretId, schedule) => {
      const open = openSecret(runtime, signedIn, secretId);
      // A schedule that is on by now is never switched off, whoever runs the command again without --every.
      const wantedIn = ({ rotation: { intervalDays, isScheduled } }: RotationState): Schedule =>
        schedule.isScheduled ? schedule : { functionId: schedule.functionId, intervalDays, isScheduled };
      const state = await changeSecret(open, runtime, {
        what: "rotation",
        isDone: (seen) => isAsWanted(seen, wantedIn(seen)),
        write: (seen) => open.rotation.writeSchedule(wantedIn(seen), seen.etag),
      });
      if (isAbandoned(state.tags)) await takeUpAgain(open, runtime);
    },
    wait: (ms) => clock.sleep(ms),
  };
}
