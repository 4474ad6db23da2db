import * as z from "zod/mini";
import { notAcknowledged, readRecord } from "../../clients/vault/notify-record.ts";
import type { RotationState } from "../../clients/vault/rotation-responses.ts";
import { hostOf } from "../../notify/endpoint.ts";
import { readOwnTags } from "../../rotation/housekeeping/rotation-tags.ts";
import type { Planned } from "../../rotation/plan/planning.ts";
import { endOfCurrent, endsFirst } from "../inventory/ends-first.ts";
import { planDataOf, planMembers } from "../one-secret/plan-view.ts";
import type { FoundWorkRequest } from "../one-secret/reader.ts";
import { instantOrNull, instantText } from "../output/times.ts";
import { readOwnership } from "../owner-tags.ts";

/** Times as RFC 3339 in UTC. */
const instant = z.string();
const maybe = z.nullable(instant);

/** The document of `status --json`. */
export const statusReport = z.object({
  secretId: z.string(),
  name: z.string(),
  lifecycle: z.string(),
  checkedAt: instant,
  ...planMembers,
  issuer: z.nullable(z.string()),
  clientId: z.nullable(z.string()),
  owner: z.nullable(z.string()),
  contact: z.nullable(z.string()),
  /** Highest first. `holds`: `unread` if nothing depends on it. */
  versions: z.array(
    z.object({
      versionNo: z.int(),
      stages: z.array(z.string()),
      name: z.nullable(z.string()),
      createdAt: instant,
      holds: z.enum(["credential", "claim", "unknown", "unread"]),
      leaving: z.boolean(),
    }),
  ),
  claim: z.nullable(
    z.object({
      versionNo: z.int(),
      callId: z.nullable(z.string()),
      since: instant,
      until: instant,
      live: z.boolean(),
    }),
  ),
  lease: z.nullable(z.object({ callId: z.nullable(z.string()), until: instant, live: z.boolean() })),
  /** PREVIOUS still works next to CURRENT. `until` null: the issuer itself ends it, or its grace has no recorded start yet. */
  overlap: z.nullable(z.object({ versionNo: z.int(), until: maybe })),
  rotation: z.object({
    functionId: z.nullable(z.string()),
    targetType: z.nullable(z.string()),
    intervalDays: z.nullable(z.int()),
    scheduled: z.boolean(),
    status: z.nullable(z.string()),
    last: maybe,
    next: maybe,
  }),
  /** The last one that OCI's service still knows. */
  workRequest: z.nullable(
    z.object({
      id: z.string(),
      status: z.string(),
      percent: z.number(),
      accepted: instant,
      finished: maybe,
      problems: z.array(z.object({ code: z.string(), message: z.string(), at: instant })),
    }),
  ),
  /** As a heal keeps it in the tags. */
  outcome: z.nullable(z.object({ code: z.string(), at: instant, versionNo: z.int() })),
  expiresOn: maybe,
  /** The version that it was noted for; null: nothing was noted, or by an edition that wrote no number. */
  expiresOnVersionNo: z.nullable(z.int()),
  /** The issuer says that it does not end. */
  neverExpires: z.boolean(),
  /** CURRENT's client secret ends before Vault's next rotation, by the issuer's date or by a rule of Vault's. */
  endsFirst: z.boolean(),
  /** When it ends then; null: `endsFirst` is false. */
  endsOn: maybe,
  /** Who is notified of rotations; null while Vault is between two states. `unreached`: those that were not notified of the last one. `waiting`: those that have not acknowledged CURRENT. */
  subscribers: z.nullable(
    z.object({
      count: z.int(),
      unreached: z.array(z.object({ host: z.string(), failures: z.int() })),
      waiting: z.array(z.string()),
    }),
  ),
});
export type StatusReport = z.output<typeof statusReport>;

export interface Gathered {
  readonly secretId: string;
  readonly secret: RotationState;
  readonly planned: Planned;
  readonly workRequest: FoundWorkRequest | null;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

function versionsOf({ snapshot, attempt }: Planned): StatusReport["versions"] {
  return (snapshot?.list.versions ?? []).map(({ versionNo, versionStages, name, createdAt, isBeingDeleted }) => ({
    versionNo,
    stages: [...versionStages],
    name,
    createdAt: instantText(createdAt),
    holds: attempt.read.contents.get(versionNo)?.kind ?? "unread",
    leaving: isBeingDeleted,
  }));
}

/** Issuer and client by CURRENT's content, otherwise as a heal noted them. */
function clientOf({ snapshot, attempt }: Planned, tags: ReturnType<typeof readOwnTags>) {
  const known = snapshot === null ? undefined : attempt.read.contents.get(snapshot.current.versionNo);
  if (known === undefined || known.kind === "unknown") return { issuer: tags.issuer, clientId: tags.clientId };
  const { issuer, clientId } = known.credential.client;
  return { issuer, clientId };
}

function overlapOf({ previous, graceEndsAt }: Planned): StatusReport["overlap"] {
  return previous?.verdict === "accepted" ? { versionNo: previous.versionNo, until: instantOrNull(graceEndsAt) } : null;
}

/** Only hosts, since anyone who knows an endpoint's path may be able to post there. */
function subscribersOf({ snapshot, attempt }: Planned): StatusReport["subscribers"] {
  if (snapshot === null) return null;
  const record = readRecord(attempt.read.metadata);
  const { subscribers } = record;
  const waiting = notAcknowledged(record, snapshot.current.versionNo).map(({ endpoint }) => hostOf(endpoint));
  const unreached = subscribers.flatMap(({ endpoint, failures }) =>
    failures === null ? [] : [{ host: hostOf(endpoint), failures }],
  );
  return { count: subscribers.length, unreached, waiting };
}

export function statusOf({ secretId, secret, planned, workRequest, now }: Gathered): StatusReport {
  const { rotation } = secret;
  const tags = secret.tags ?? {};
  const own = readOwnTags(tags, now, planned.snapshot?.list.versions[0]?.versionNo ?? null);
  const { claim, lease } = planned;
  const currentNo = planned.snapshot?.current.versionNo ?? secret.currentVersionNo;
  const expiresAt = endOfCurrent(secret.tags, currentNo, secret.expiry?.at ?? null, now);
  const isLate = endsFirst({ nextRotationAt: rotation.nextAt, expiresAt });
  return {
    secretId,
    name: secret.name,
    lifecycle: secret.lifecycle,
    checkedAt: instantText(now),
    ...planDataOf(planned),
    ...clientOf(planned, own),
    ...readOwnership(tags),
    versions: versionsOf(planned),
    claim:
      claim === null
        ? null
        : {
            versionNo: claim.versionNo,
            callId: claim.callId,
            since: instantText(claim.since),
            until: instantText(claim.until),
            live: claim.isLive,
          },
    lease: lease === null ? null : { callId: lease.callId, until: instantText(lease.until), live: lease.isLive },
    overlap: overlapOf(planned),
    rotation: {
      functionId: rotation.functionId,
      targetType: rotation.targetType,
      intervalDays: rotation.intervalDays,
      scheduled: rotation.isScheduled,
      status: rotation.status,
      last: instantOrNull(rotation.lastAt),
      next: instantOrNull(rotation.nextAt),
    },
    workRequest:
      workRequest === null
        ? null
        : {
            id: workRequest.workRequestId,
            status: workRequest.status,
            percent: workRequest.percentComplete,
            accepted: instantText(workRequest.acceptedAt),
            finished: instantOrNull(workRequest.finishedAt),
            problems: workRequest.problems.map(({ code, message, at }) => ({ code, message, at: instantText(at) })),
          },
    outcome: own.outcome === null ? null : { ...own.outcome, at: instantText(own.outcome.at) },
    expiresOn: instantOrNull(own.expiry?.at ?? null),
    expiresOnVersionNo: own.expiry?.versionNo ?? null,
    neverExpires: own.expiry?.isNever ?? false,
    endsFirst: isLate,
    endsOn: isLate ? instantOrNull(expiresAt) : null,
    subscribers: subscribersOf(planned),
  };
}
