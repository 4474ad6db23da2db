import type { Entropy } from "../../base/entropy.ts";
import type { Switches } from "../core/switches.ts";
import {
  asText,
  DAY_MS,
  type EmulatedRequest,
  type EmulatedResponse,
  empty,
  json,
  notAuthorizedOrNotFound,
  ociError,
  own,
  parseObject,
  pathPart,
} from "../core/wire.ts";
import { createSecret } from "./create.ts";
import { changing, etagOf, seenUpdating, settle } from "./lifecycle.ts";
import { page, secretAnswer, secretSummary, versionModel } from "./models.ts";
import { cancelRotation, rotateSecret } from "./rotation.ts";
import { type StoredSecret, type StoredVersion, type VaultState, versionNumbered } from "./state.ts";
import { updateSecret } from "./update.ts";
import type { WorkRequestState } from "./work-requests.ts";

const PATH = /^\/20180608\/secrets(?:\/([^/]+)(?:\/(versions|actions\/\w+|version\/(\d+)(?:\/(actions\/\w+))?))?)?$/;
const MAX_PENDING_DELETION = 30;

/** Vault's control plane, `/20180608`. */
export function handleVaultControl(
  request: EmulatedRequest,
  state: VaultState,
  workRequests: WorkRequestState,
  entropy: Entropy,
  now: number,
  switches: Switches,
): EmulatedResponse {
  const match = PATH.exec(request.path);
  if (match === null) {
    return notAuthorizedOrNotFound();
  }
  if (match[1] === undefined) {
    if (request.method === "POST") {
      return createSecret(request.body, state, entropy, now, switches);
    }
    return request.method === "GET" ? listSecrets(request, state, now, switches) : notAuthorizedOrNotFound();
  }
  const secret = own(state.secrets, pathPart(match[1]));
  if (secret === undefined) {
    return notAuthorizedOrNotFound();
  }
  settle(secret, now, switches);
  const answer = route(request, secret, match[2] ?? "", match[3], match[4], workRequests, now, switches);
  return answer ?? notAuthorizedOrNotFound();
}

function route(
  request: EmulatedRequest,
  secret: StoredSecret,
  rest: string,
  number: string | undefined,
  action: string | undefined,
  workRequests: WorkRequestState,
  now: number,
  switches: Switches,
): EmulatedResponse | undefined {
  if (request.method === "GET") {
    return read(request, secret, rest, number, action, switches);
  }
  const version = number === undefined ? undefined : versionNumbered(secret, Number(number));
  if (number !== undefined && version === undefined) {
    return undefined;
  }
  const write = (): EmulatedResponse | undefined => {
    if (request.method === "PUT") {
      return rest === "" ? updateSecret(secret, request.body, now, switches) : undefined;
    }
    if (version !== undefined && action === "actions/scheduleDeletion") {
      return scheduleDeletion(secret, version, request.body, now, switches);
    }
    if (version !== undefined && action === "actions/cancelDeletion") {
      return cancelDeletion(secret, version, now, switches);
    }
    if (rest === "actions/rotate") {
      return rotateSecret(secret, workRequests, now, switches);
    }
    if (rest === "actions/changeCompartment") {
      return changeCompartment(secret, request.body, now, switches);
    }
    return rest === "actions/cancelRotation" ? cancelRotation(secret, workRequests, now, switches) : undefined;
  };
  // A version in deletion blocks updates and rotations, but not the call that cancels the deletion.
  const guarded = version === undefined && rest !== "actions/cancelRotation";
  const needsActive = rest !== "actions/cancelRotation";
  return refusedWrite(request, secret, guarded, needsActive, switches) ?? write();
}

function refusedWrite(
  request: EmulatedRequest,
  secret: StoredSecret,
  guarded: boolean,
  needsActive: boolean,
  switches: Switches,
): EmulatedResponse | undefined {
  if (needsActive && secret.lifecycle !== "ACTIVE") {
    const lifecycle = secret.lifecycle;
    seenUpdating(secret);
    return ociError(409, "IncorrectState", `The secret is in the state ${lifecycle}; it must be ACTIVE.`);
  }
  if (secret.isReplica) {
    return ociError(409, "Conflict", "A replica of a secret is read-only.");
  }
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
  if (guarded && leaving && switches["update-during-version-deletion"] === "refused") {
    return ociError(409, "IncorrectState", "A version of the secret is in PENDING_DELETION.");
  }
  return undefined;
}

function read(
  request: EmulatedRequest,
  secret: StoredSecret,
  rest: string,
  number: string | undefined,
  action: string | undefined,
  switches: Switches,
): EmulatedResponse | undefined {
  const updating = secret.lifecycle === "UPDATING";
  // The poll is counted now, but this response still shows UPDATING: the state changes at the next request's `settle`.
  seenUpdating(secret);
  if (rest === "") {
    return secretAnswer(secret);
  }
  if (rest === "versions") {
    if (updating && switches["list-while-updating"] === "refused") {
      return ociError(409, "IncorrectState", "The secret is in the state UPDATING; it must be ACTIVE.");
    }
    return listVersions(request, secret, switches);
  }
  const version = number === undefined ? undefined : versionNumbered(secret, Number(number));
  if (version === undefined || action !== undefined) {
    return undefined;
  }
  return json(200, versionModel(secret, version, "timeOfCurrentVersionExpiry"), { etag: etagOf(secret) });
}

function listVersions(request: EmulatedRequest, secret: StoredSecret, switches: Switches): EmulatedResponse {
  const there = secret.versions.filter((version) => !version.deleted);
  const sorted = request.query["sortOrder"] === "ASC" ? there : there.reverse();
  const cut = page(sorted, request.query, switches["page-size"]);
  return cut === null
    ? ociError(400, "InvalidParameter", "limit or page is invalid.")
    : json(
        200,
        cut.items.map((version) => versionModel(secret, version, "timeOfExpiry")),
        cut.headers,
      );
}

function listSecrets(request: EmulatedRequest, state: VaultState, now: number, switches: Switches): EmulatedResponse {
  const { compartmentId, name, vaultId, lifecycleState, sortBy, sortOrder } = request.query;
  if (compartmentId === undefined) {
    return ociError(400, "MissingParameter", "compartmentId is required.");
  }
  for (const secret of Object.values(state.secrets)) {
    settle(secret, now, switches);
  }
  const found = Object.values(state.secrets).filter(
    (secret) =>
      secret.compartmentId === compartmentId &&
      (name === undefined || secret.name === name) &&
      (vaultId === undefined || secret.vaultId === vaultId) &&
      (lifecycleState === undefined || secret.lifecycle === lifecycleState),
  );
  const byName = sortBy === "NAME";
  found.sort((a, b) => (byName ? (a.name < b.name ? -1 : 1) : a.createdAt - b.createdAt));
  // Names ascend by default, times descend (API reference, ListSecrets).
  if (sortOrder === "DESC" || (sortOrder === undefined && !byName)) {
    found.reverse();
  }
  const cut = page(found, request.query, switches["page-size"]);
  return cut === null
    ? ociError(400, "InvalidParameter", "limit or page is invalid.")
    : json(200, cut.items.map(secretSummary), cut.headers);
}

/** ChangeSecretCompartment (API reference): versions and tags move with the secret. */
function changeCompartment(secret: StoredSecret, body: string, now: number, switches: Switches): EmulatedResponse {
  const compartmentId = asText(parseObject(body)?.["compartmentId"]);
  if (compartmentId === undefined || compartmentId === "") {
    return ociError(400, "MissingParameter", "compartmentId is required.");
  }
  changing(secret, now, switches, true, () => {
    secret.compartmentId = compartmentId;
  });
  return empty(200, { etag: etagOf(secret) });
}

function scheduleDeletion(
  secret: StoredSecret,
  version: StoredVersion,
  body: string,
  now: number,
  switches: Switches,
): EmulatedResponse {
  const asked = parseObject(body)?.["timeOfDeletion"];
  const at = asked === undefined ? now + 30 * DAY_MS : Date.parse(asText(asked) ?? "");
  if (version.stage !== "DEPRECATED") {
    return ociError(409, "IncorrectState", "Only a DEPRECATED version can be deleted.");
  }
  if (version.deletionAt !== null) {
    return ociError(409, "IncorrectState", "The version is in PENDING_DELETION already.");
  }
  if (Number.isNaN(at) || at < now + DAY_MS || at > now + 30 * DAY_MS) {
    return ociError(400, "InvalidParameter", "timeOfDeletion must be 1 to 30 days ahead.");
  }
  if (secret.versions.filter((other) => other.deletionAt !== null && !other.deleted).length >= MAX_PENDING_DELETION) {
    return ociError(400, "LimitExceeded", "The secret has the largest number of versions pending deletion.");
  }
  changing(secret, now, switches, false, () => {
    version.deletionAt = at;
  });
  return empty(200, { etag: etagOf(secret) });
}

function cancelDeletion(
  secret: StoredSecret,
  version: StoredVersion,
  now: number,
  switches: Switches,
): EmulatedResponse {
  if (version.deletionAt === null) {
    return ociError(409, "IncorrectState", "The version is not in PENDING_DELETION.");
  }
  changing(secret, now, switches, false, () => {
    version.deletionAt = null;
  });
  return empty(200, { etag: etagOf(secret) });
}
