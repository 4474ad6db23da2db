import { CircuitBreaker, NoRetryConfigurationDetails } from "oci-common";
import { models, VaultsClient } from "oci-vault";
import { WorkRequestClient } from "oci-workrequests";
import type { Budget } from "../../base/budget.ts";
import type { Clock } from "../../base/clock.ts";
import type { Entropy } from "../../base/entropy.ts";
import type { Operation } from "../../base/vault-operations.ts";
import { createOciHttpClient } from "../http/oci-http-client.ts";
import { readPolicy, repeatRead } from "../http/retry.ts";
import { isNotFound, isRepeatable, judgeWrite, vaultError } from "./oci-errors.ts";
import type { VaultAccess } from "./oci-store.ts";
import { type RotationState, readRotationState } from "./rotation-responses.ts";
import type { Write } from "./store.ts";
import { findLatest, readProblems, readWorkRequest, type WorkRequest } from "./work-request.ts";

/** Where rotations are asked for and followed. */
export interface RotationAccess extends VaultAccess {
  /** Of the work requests' service, without the API's path. */
  readonly workRequestsEndpoint: string;
}

/** What Vault's schedule does with a secret. */
export interface Schedule {
  /** OCID of the function that rotates it. */
  readonly functionId: string;
  /** 1 to 360; null: not set, and then nothing is scheduled. */
  readonly intervalDays: number | null;
  readonly isScheduled: boolean;
}

/** `workRequestId` is null if the answer named none. Every other outcome is as of any write. */
export type Started =
  | { readonly outcome: "started"; readonly workRequestId: string | null }
  | Exclude<Write, { outcome: "done" }>;

/**
 * Vault's own rotation of one secret. Reads repeat themselves and throw RotationError: VAULT_FORBIDDEN, SECRET_NOT_FOUND, VAULT_UNAVAILABLE.
 * Writes are sent once and never throw.
 */
export interface RotationClient {
  /** The secret's name, tags, schedule and times. */
  read(): Promise<RotationState>;
  /** RotateSecret. `busy`: a rotation is in progress, or the secret is UPDATING; `unknown`: it may have begun, as `read` then tells. */
  rotate(etag: string | null): Promise<Started>;
  /** CancelSecretRotation: stops a running rotation as far as that goes, and switches the schedule off; `writeSchedule` restores it. */
  cancel(etag: string | null): Promise<Write>;
  /** Replaces the rotation configuration. */
  writeSchedule(schedule: Schedule, etag: string | null): Promise<Write>;
  /** How a rotation gets on. Null if the service knows no such work request: then `read` tells by status and times. */
  readWorkRequest(workRequestId: string): Promise<WorkRequest | null>;
  /** The OCID of the secret's last work request; null: the service keeps none, or the caller may not see it. */
  findWorkRequest(compartmentId: string): Promise<string | null>;
}

const once = { retryConfiguration: NoRetryConfigurationDetails };

export function createRotationClient(
  access: RotationAccess,
  secretId: string,
  seams: { readonly clock: Clock; readonly entropy: Entropy; readonly budget: Budget },
): RotationClient {
  const httpClient = createOciHttpClient(access.transport, access.signer, seams.budget, () => undefined);
  const configuration = { circuitBreaker: new CircuitBreaker({ disableClientCircuitBreaker: true }) };
  const vaults = new VaultsClient({ httpClient }, configuration);
  vaults.endpoint = access.vaultEndpoint;
  const workRequests = new WorkRequestClient({ httpClient }, configuration);
  workRequests.endpoint = access.workRequestsEndpoint;

  const read = async <T>(operation: Operation, call: () => Promise<T>): Promise<T> => {
    try {
      return await repeatRead(call, isRepeatable, readPolicy, seams);
    } catch (thrown) {
      throw vaultError(operation, thrown);
    }
  };
  const ifMatch = (etag: string | null) => (etag === null ? {} : { ifMatch: etag });
  const write = async (operation: Operation, call: () => Promise<unknown>): Promise<Write> => {
    try {
      await call();
      return { outcome: "done" };
    } catch (thrown) {
      return judgeWrite(operation, thrown);
    }
  };

  return {
    read: () =>
      read("GetSecret", async () => {
        const answer = await vaults.getSecret({ secretId, ...once });
        return readRotationState(answer.secret, answer.etag);
      }),

    rotate: async (etag) => {
      let workRequestId: string | null = null;
      const written = await write("RotateSecret", async () => {
        const answer = await vaults.rotateSecret({ secretId, ...ifMatch(etag), ...once });
        workRequestId = answer.opcWorkRequestId || null;
      });
      return written.outcome === "done" ? { outcome: "started", workRequestId } : written;
    },

    cancel: (etag) =>
      write("CancelSecretRotation", () => vaults.cancelSecretRotation({ secretId, ...ifMatch(etag), ...once })),

    writeSchedule: ({ functionId, intervalDays, isScheduled }, etag) => {
      const targetSystemDetails: models.FunctionTargetSystemDetails = {
        targetSystemType: models.FunctionTargetSystemDetails.targetSystemType,
        functionId,
      };
      const rotationConfig: models.RotationConfig = {
        targetSystemDetails,
        isScheduledRotationEnabled: isScheduled,
        ...(intervalDays === null ? {} : { rotationInterval: `P${intervalDays}D` }),
      };
      return write("UpdateSecret", () =>
        vaults.updateSecret({ secretId, updateSecretDetails: { rotationConfig }, ...ifMatch(etag), ...once }),
      );
    },

    readWorkRequest: async (workRequestId) => {
      try {
        return await repeatRead(
          async () => {
            const { workRequest } = await workRequests.getWorkRequest({ workRequestId, ...once });
            const seen = readWorkRequest(workRequest);
            if (seen.status !== "FAILED") return seen;
            const { items } = await workRequests.listWorkRequestErrors({ workRequestId, ...once });
            return { ...seen, problems: readProblems(items) };
          },
          isRepeatable,
          readPolicy,
          seams,
        );
      } catch (thrown) {
        if (isNotFound(thrown)) return null;
        throw vaultError("GetWorkRequest", thrown);
      }
    },

    findWorkRequest: async (compartmentId) => {
      const asked = { compartmentId, resourceId: secretId, ...once };
      const askPage = async (page: string | undefined) => {
        const answer = await workRequests.listWorkRequests({ ...asked, ...(page === undefined ? {} : { page }) });
        return { items: answer.items, nextPage: answer.opcNextPage };
      };
      try {
        return await findLatest((page) => repeatRead(() => askPage(page), isRepeatable, readPolicy, seams));
      } catch (thrown) {
        if (isNotFound(thrown)) return null;
        throw vaultError("ListWorkRequests", thrown);
      }
    },
  };
}
