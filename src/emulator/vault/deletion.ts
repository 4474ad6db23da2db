import { type Member, readMembers } from "../core/members.ts";
import type { Surroundings } from "../core/surroundings.ts";
import { asText, DAY_MS, type EmulatedRequest, type EmulatedResponse, empty, ociError } from "../core/wire.ts";
import { changing, etagOf } from "./lifecycle.ts";
import type { StoredSecret, StoredVersion } from "./state.ts";

const MAX_PENDING_DELETION = 30;
const MAX_DAYS = 30;

const timeOfDeletion: Member = (value, now) => {
  const ahead = typeof value === "string" ? Date.parse(value) - now : Number.NaN;
  return ahead >= DAY_MS && ahead <= MAX_DAYS * DAY_MS ? undefined : "must be 1 to 30 days ahead";
};

/** The time of deletion that a request names, or the default, 30 days ahead (API reference). */
function readTime(request: EmulatedRequest, now: number): { at: number } | { refusal: EmulatedResponse } {
  const read = readMembers(request, { timeOfDeletion }, [], now);
  if ("refusal" in read) return read;
  const asked = asText(read.details["timeOfDeletion"]);
  return { at: asked === undefined ? now + MAX_DAYS * DAY_MS : Date.parse(asked) };
}

/** ScheduleSecretVersionDeletion. */
export function scheduleVersionDeletion(
  request: EmulatedRequest,
  secret: StoredSecret,
  version: StoredVersion,
  { now, switches }: Surroundings,
): EmulatedResponse {
  if (version.stage !== "DEPRECATED") {
    return ociError(409, "IncorrectState", "Only a DEPRECATED version can be deleted.");
  }
  if (version.deletionAt !== null) {
    return ociError(409, "IncorrectState", "The version is in PENDING_DELETION already.");
  }
  const time = readTime(request, now);
  if ("refusal" in time) return time.refusal;
  if (secret.versions.filter((other) => other.deletionAt !== null && !other.deleted).length >= MAX_PENDING_DELETION) {
    return ociError(400, "LimitExceeded", "The secret has the largest number of versions pending deletion.");
  }
  changing(secret, now, switches, false, () => {
    version.deletionAt = time.at;
  });
  return empty(200, { etag: etagOf(secret) });
}

/** CancelSecretVersionDeletion. */
export function cancelVersionDeletion(
  secret: StoredSecret,
  version: StoredVersion,
  { now, switches }: Surroundings,
): EmulatedResponse {
  if (version.deletionAt === null) return ociError(409, "IncorrectState", "The version is not in PENDING_DELETION.");
  changing(secret, now, switches, false, () => {
    version.deletionAt = null;
  });
  return empty(200, { etag: etagOf(secret) });
}

/** ScheduleSecretDeletion: SCHEDULING_DELETION, then PENDING_DELETION, and DELETED when the time comes. The name stays taken. */
export function scheduleDeletion(
  request: EmulatedRequest,
  secret: StoredSecret,
  { now, switches }: Surroundings,
): EmulatedResponse {
  const time = readTime(request, now);
  if ("refusal" in time) return time.refusal;
  const scheduled = secret.rotationConfig?.isScheduledRotationEnabled === true;
  if (secret.rotation !== null || (scheduled && switches["deletion-with-rotation"] === "refused")) {
    return ociError(409, "IncorrectState", "The rotation of the secret must end and be switched off first.");
  }
  changing(secret, now, switches, "SCHEDULING_DELETION", () => {
    secret.deletionAt = time.at;
  });
  return empty(200, { etag: etagOf(secret) });
}

/** CancelSecretDeletion: CANCELLING_DELETION, then ACTIVE. */
export function cancelDeletion(secret: StoredSecret, { now, switches }: Surroundings): EmulatedResponse {
  if (secret.lifecycle !== "PENDING_DELETION") {
    return ociError(409, "IncorrectState", "The secret is not in PENDING_DELETION.");
  }
  changing(secret, now, switches, "CANCELLING_DELETION", () => {
    secret.deletionAt = undefined;
  });
  return empty(200, { etag: etagOf(secret) });
}
