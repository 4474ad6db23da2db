import { readMembers, text } from "../core/members.ts";
import { knowsCompartment } from "../core/places.ts";
import type { Surroundings } from "../core/surroundings.ts";
import type { Switches } from "../core/switches.ts";
import {
  type EmulatedRequest,
  type EmulatedResponse,
  empty,
  json,
  notAuthorizedOrNotFound,
  ociError,
  own,
  pathPart,
} from "../core/wire.ts";
import { createSecret } from "./create.ts";
import { cancelDeletion, cancelVersionDeletion, scheduleDeletion, scheduleVersionDeletion } from "./deletion.ts";
import { changing, etagOf, seenUpdating, settle } from "./lifecycle.ts";
import { listSecrets, listVersions } from "./lists.ts";
import { secretAnswer, versionModel } from "./models.ts";
import { cancelRotation, rotateSecret } from "./rotation.ts";
import { type StoredSecret, versionNumbered } from "./state.ts";
import { updateSecret } from "./update.ts";

const PATH = /^\/20180608\/secrets(?:\/([^/]+)(?:\/(versions|version\/(\d+)))?(?:\/actions\/(\w+))?)?$/;

/** A write to a secret, and the states of the secret in which it is served. */
interface Write {
  readonly in: "ACTIVE" | "PENDING_DELETION" | "any";
  /** Whether a version in deletion may block it. */
  readonly guarded?: true;
  apply(request: EmulatedRequest, secret: StoredSecret, surroundings: Surroundings): EmulatedResponse;
}

const writes: Readonly<Record<string, Write>> = {
  update: { in: "ACTIVE", guarded: true, apply: updateSecret },
  rotate: { in: "ACTIVE", guarded: true, apply: (_request, ...about) => rotateSecret(...about) },
  changeCompartment: { in: "ACTIVE", guarded: true, apply: changeCompartment },
  scheduleDeletion: { in: "ACTIVE", apply: scheduleDeletion },
  cancelDeletion: { in: "PENDING_DELETION", apply: (_request, ...about) => cancelDeletion(...about) },
  cancelRotation: { in: "any", apply: (_request, ...about) => cancelRotation(...about) },
};

/** Vault's control plane, `/20180608`. Undefined: no operation of it. */
export function handleVaultControl(request: EmulatedRequest, surroundings: Surroundings): EmulatedResponse | undefined {
  const { state, now, switches } = surroundings;
  const [path, id, part, number, action] = PATH.exec(request.path) ?? [];
  if (path === undefined) return undefined;
  if (id === undefined) {
    if (request.method === "POST") return createSecret(request, surroundings);
    return request.method === "GET" ? listSecrets(request, surroundings) : undefined;
  }
  const secret = own(state.vault.secrets, pathPart(id));
  if (secret === undefined) return notAuthorizedOrNotFound();
  settle(secret, now, switches);
  if (request.method === "GET" && action === undefined) return read(request, secret, part, number, switches);
  if (number !== undefined) {
    return request.method === "POST" ? versionAction(request, secret, Number(number), action, surroundings) : undefined;
  }
  const named = request.method === "PUT" && action === undefined ? "update" : undefined;
  const write = part === undefined ? own(writes, named ?? (request.method === "POST" ? action : undefined)) : undefined;
  return write && (refusedWrite(request, secret, write, switches) ?? write.apply(request, secret, surroundings));
}

function versionAction(
  request: EmulatedRequest,
  secret: StoredSecret,
  number: number,
  action: string | undefined,
  surroundings: Surroundings,
): EmulatedResponse | undefined {
  if (action !== "scheduleDeletion" && action !== "cancelDeletion") return undefined;
  const version = versionNumbered(secret, number);
  if (version === undefined) return notAuthorizedOrNotFound();
  const refusal = refusedWrite(request, secret, { in: "ACTIVE" }, surroundings.switches);
  if (refusal !== undefined) return refusal;
  return action === "scheduleDeletion"
    ? scheduleVersionDeletion(request, secret, version, surroundings)
    : cancelVersionDeletion(secret, version, surroundings);
}

function refusedWrite(
  request: EmulatedRequest,
  secret: StoredSecret,
  write: Pick<Write, "in" | "guarded">,
  switches: Switches,
): EmulatedResponse | undefined {
  if (write.in !== "any" && secret.lifecycle !== write.in) {
    const { lifecycle } = secret;
    seenUpdating(secret);
    return ociError(409, "IncorrectState", `The secret is in the state ${lifecycle}; it must be ${write.in}.`);
  }
  if (secret.isReplica) return ociError(409, "Conflict", "A replica of a secret is read-only.");
  const expected = request.headers["if-match"];
  if (
    expected !== undefined &&
    expected !== "*" &&
    expected !== etagOf(secret) &&
    switches["if-match"] === "honoured"
  ) {
    return ociError(412, "NoEtagMatch", "The etag of if-match is not the one of the resource.");
  }
  const leaving = secret.versions.some((version) => version.deletionAt !== null && !version.deleted);
  if (write.guarded === true && leaving && switches["update-during-version-deletion"] === "refused") {
    return ociError(409, "IncorrectState", "A version of the secret is in PENDING_DELETION.");
  }
  return undefined;
}

function read(
  request: EmulatedRequest,
  secret: StoredSecret,
  part: string | undefined,
  number: string | undefined,
  switches: Switches,
): EmulatedResponse {
  const updating = secret.lifecycle === "UPDATING";
  // The poll is counted now, but this response still shows UPDATING: the state changes at the next request's `settle`.
  seenUpdating(secret);
  if (part === undefined) return secretAnswer(secret);
  if (part === "versions") {
    if (updating && switches["list-while-updating"] === "refused") {
      return ociError(409, "IncorrectState", "The secret is in the state UPDATING; it must be ACTIVE.");
    }
    return listVersions(request, secret, switches);
  }
  const version = versionNumbered(secret, Number(number));
  return version === undefined
    ? notAuthorizedOrNotFound()
    : json(200, versionModel(secret, version, "timeOfCurrentVersionExpiry"), { etag: etagOf(secret) });
}

/** ChangeSecretCompartment (API reference): versions and tags move with the secret. */
function changeCompartment(
  request: EmulatedRequest,
  secret: StoredSecret,
  surroundings: Surroundings,
): EmulatedResponse {
  const { now, switches } = surroundings;
  const read = readMembers(request, { compartmentId: text }, ["compartmentId"], now);
  if ("refusal" in read) return read.refusal;
  const compartmentId = String(read.details["compartmentId"]);
  if (!knowsCompartment(surroundings, compartmentId)) return notAuthorizedOrNotFound();
  changing(secret, now, switches, "UPDATING", () => {
    secret.compartmentId = compartmentId;
  });
  return empty(200, { etag: etagOf(secret) });
}
