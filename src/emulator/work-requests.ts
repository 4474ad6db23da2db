import type { Switches } from "./switches.ts";
import type { StoredSecret } from "./vault-state.ts";
import {
  type EmulatedRequest,
  type EmulatedResponse,
  iso,
  json,
  notAuthorizedOrNotFound,
  own,
  pathPart,
} from "./wire.ts";

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

/** The Work Requests API: `/20160918/workRequests/{id}`, its `errors` and its `logs`. */
export function handleWorkRequests(
  request: EmulatedRequest,
  state: WorkRequestState,
  switches: Switches,
): EmulatedResponse {
  const match = /^\/20160918\/workRequests\/([^/]+)(?:\/(errors|logs))?$/.exec(request.path);
  const found = own(state.requests, pathPart(match?.[1]));
  if (match === null || request.method !== "GET" || found === undefined || switches["work-requests"] === "absent") {
    return notAuthorizedOrNotFound();
  }
  if (match[2] === "errors") {
    return json(
      200,
      found.errors.map(({ code, message, at }) => ({ code, message, timestamp: iso(at) })),
    );
  }
  if (match[2] === "logs") {
    return json(
      200,
      found.logs.map(({ message, at }) => ({ message, timestamp: iso(at) })),
    );
  }
  return json(200, {
    operationType: "ROTATE_SECRET",
    status: found.status,
    id: found.id,
    compartmentId: found.compartmentId,
    resources: [
      {
        entityType: "secret",
        actionType: found.finishedAt === null ? "IN_PROGRESS" : "UPDATED",
        identifier: found.secretId,
      },
    ],
    percentComplete: found.percentComplete,
    timeAccepted: iso(found.acceptedAt),
    timeStarted: found.startedAt === null ? undefined : iso(found.startedAt),
    timeFinished: found.finishedAt === null ? undefined : iso(found.finishedAt),
  });
}
