import { knowsFunction } from "../core/places.ts";
import type { Surroundings } from "../core/surroundings.ts";
import type { Switches } from "../core/switches.ts";
import {
  asText,
  DAY_MS,
  type EmulatedResponse,
  empty,
  isObject,
  isoDays,
  type JsonObject,
  notAuthorizedOrNotFound,
  ociError,
} from "../core/wire.ts";
import { changing } from "./lifecycle.ts";
import type { RotationConfig, StoredSecret } from "./state.ts";
import { acceptRotation, cancelWorkRequest, type WorkRequestState } from "./work-requests.ts";

/** The configuration to store. @param value of the valid member `rotationConfig` */
export function rotationConfigOf(value: JsonObject): RotationConfig {
  const interval = asText(value["rotationInterval"]);
  return {
    targetSystemDetails: isObject(value["targetSystemDetails"]) ? value["targetSystemDetails"] : {},
    isScheduledRotationEnabled: value["isScheduledRotationEnabled"] === true,
    ...(interval === undefined ? {} : { rotationInterval: interval }),
  };
}

/** Refuses a rotation that is aimed at no function, where the switch lets Vault look. */
export function refusedTarget(details: JsonObject, surroundings: Surroundings): EmulatedResponse | undefined {
  const config = details["rotationConfig"];
  if (!isObject(config) || surroundings.switches["rotation-target"] === "unchecked") return undefined;
  const { functionId } = rotationConfigOf(config).targetSystemDetails;
  return knowsFunction(surroundings, String(functionId)) ? undefined : notAuthorizedOrNotFound();
}

export function applyRotationConfig(secret: StoredSecret, config: RotationConfig, now: number): void {
  secret.rotationConfig = config;
  planNextRotation(secret, now);
}

/** The next rotation is one interval from now, or never. */
export function planNextRotation(secret: StoredSecret, now: number): void {
  const days = isoDays(secret.rotationConfig?.rotationInterval);
  const scheduled = secret.rotationConfig?.isScheduledRotationEnabled === true;
  secret.nextRotationAt = scheduled && days !== undefined ? now + days * DAY_MS : null;
}

/** RotateSecret: accepts the rotation and returns its work request; the scheduler runs it. */
export function rotateSecret(
  secret: StoredSecret,
  { state: { workRequests }, now, switches }: Surroundings,
): EmulatedResponse {
  if (secret.rotationConfig === null) {
    return ociError(400, "InvalidParameter", "The secret has no rotation configuration.");
  }
  if (secret.rotation !== null && switches["rotate-in-progress"] === "refused") {
    return ociError(409, "IncorrectState", "A rotation of this secret is IN_PROGRESS.");
  }
  const workRequestId = beginRotation(secret, workRequests, now, switches);
  return empty(202, { "opc-work-request-id": workRequestId });
}

export function beginRotation(
  secret: StoredSecret,
  workRequests: WorkRequestState,
  now: number,
  switches: Switches,
): string {
  const workRequestId = acceptRotation(workRequests, secret, now);
  changing(secret, now, switches, false, () => {
    secret.rotation = { workRequestId, cancelled: false, started: false };
  });
  return workRequestId;
}

/** CancelSecretRotation: stops a running rotation before its next step, and switches the schedule off for good. */
export function cancelRotation(
  secret: StoredSecret,
  { state: { workRequests }, now, switches }: Surroundings,
): EmulatedResponse {
  changing(secret, now, switches, false, () => {
    if (secret.rotationConfig !== null) {
      secret.rotationConfig.isScheduledRotationEnabled = false;
    }
    secret.nextRotationAt = null;
    if (secret.rotation !== null) {
      secret.rotation.cancelled = true;
      cancelWorkRequest(workRequests, secret.rotation.workRequestId);
    }
  });
  return empty(200);
}
