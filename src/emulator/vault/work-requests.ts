import { page } from "../core/page.ts";
import { type Known, knowsCompartment } from "../core/places.ts";
import {
  type EmulatedRequest,
  type EmulatedResponse,
  iso,
  json,
  notAuthorizedOrNotFound,
  ociError,
  own,
  pathPart,
} from "../core/wire.ts";
import type { StoredSecret } from "./state.ts";

export type WorkRequestStatus = "ACCEPTED" | "IN_PROGRESS" | "FAILED" | "SUCCEEDED" | "CANCELING" | "CANCELED";

export interface StoredWorkRequest {
  readonly id: string;
  readonly compartmentId: string;
  readonly secretId: string;
  status: WorkRequestStatus;
  percentComplete: number;
  readonly acceptedAt: number;
  startedAt: number | null;
  finishedAt: number | null;
  errors: { code: string; message: string; at: number }[];
  logs: { message: string; at: number }[];
}

export interface WorkRequestState {
  requests: Record<string, StoredWorkRequest>;
  made: number;
}

export function acceptRotation(state: WorkRequestState, secret: StoredSecret, now: number): string {
  state.made += 1;
  const id = `ocid1.workrequest.oc1.iad.emulated${String(state.made).padStart(8, "0")}`;
  state.requests[id] = {
    id,
    compartmentId: secret.compartmentId,
    secretId: secret.id,
    status: "ACCEPTED",
    percentComplete: 0,
    acceptedAt: now,
    startedAt: null,
    finishedAt: null,
    errors: [],
    logs: [],
  };
  return id;
}

export function cancelWorkRequest(state: WorkRequestState, id: string): void {
  const found = state.requests[id];
  if (found !== undefined && found.finishedAt === null) {
    found.status = "CANCELING";
  }
}

interface KnownRequests extends Known {
  readonly state: Known["state"] & { readonly workRequests: WorkRequestState };
}

const PATH = /^\/20160918\/workRequests(?:\/([^/]+)(?:\/(errors|logs))?)?$/;

/** The Work Requests API: `/20160918/workRequests`, `/20160918/workRequests/{id}`, its `errors` and its `logs`. Undefined: no operation of it. */
export function handleWorkRequests(request: EmulatedRequest, known: KnownRequests): EmulatedResponse | undefined {
  const { state, switches } = known;
  const [path, id, part] = PATH.exec(request.path) ?? [];
  if (path === undefined || request.method !== "GET") return undefined;
  if (id === undefined) return listWorkRequests(request, known);
  const found = own(state.workRequests.requests, pathPart(id));
  if (found === undefined || switches["work-requests"] === "absent") return notAuthorizedOrNotFound();
  if (part === "errors") {
    return json(
      200,
      found.errors.map(({ code, message, at }) => ({ code, message, timestamp: iso(at) })),
    );
  }
  if (part === "logs") {
    return json(
      200,
      found.logs.map(({ message, at }) => ({ message, timestamp: iso(at) })),
    );
  }
  const { operationType, status, compartmentId, ...more } = summary(found);
  const actionType = found.finishedAt === null ? "IN_PROGRESS" : "UPDATED";
  const resources = [{ entityType: "secret", actionType, identifier: found.secretId }];
  return json(200, { operationType, status, compartmentId, resources, ...more });
}

function listWorkRequests(request: EmulatedRequest, known: KnownRequests): EmulatedResponse {
  const { state, switches } = known;
  const { compartmentId, resourceId } = request.query;
  if (compartmentId === undefined) return ociError(400, "MissingParameter", "compartmentId is required.");
  if (!knowsCompartment(known, compartmentId)) return notAuthorizedOrNotFound();
  const found = Object.values(state.workRequests.requests).filter(
    (held) =>
      switches["work-requests"] === "found" &&
      held.compartmentId === compartmentId &&
      (resourceId === undefined || held.secretId === resourceId),
  );
  return page(found.reverse(), request.query, switches, summary);
}

/** The summary in a list; a time that has not come yet is absent. */
function summary(held: StoredWorkRequest) {
  return {
    operationType: "ROTATE_SECRET",
    status: held.status,
    id: held.id,
    compartmentId: held.compartmentId,
    percentComplete: held.percentComplete,
    timeAccepted: iso(held.acceptedAt),
    timeStarted: held.startedAt === null ? undefined : iso(held.startedAt),
    timeFinished: held.finishedAt === null ? undefined : iso(held.finishedAt),
  };
}
