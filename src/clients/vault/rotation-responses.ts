import * as z from "zod/mini";
import { RotationError } from "../../base/errors.ts";
import { onFirstUse } from "../../base/on-first-use.ts";
import { instant, readTags, tagsMember } from "./oci-responses.ts";
import type { RotationSchedule, RuleExpiry, SecretSchedule } from "./schedule.ts";
import type { Tags } from "./store.ts";

const optional = <T extends z.ZodMiniType>(schema: T) => z.optional(z.nullable(schema));

/** The members by which `Secret` and `SecretSummary` tell of rotation. */
export const rotationMembers = onFirstUse(() => ({
  rotationConfig: optional(
    z.object({
      rotationInterval: optional(z.string()),
      isScheduledRotationEnabled: optional(z.boolean()),
      targetSystemDetails: optional(
        z.object({ targetSystemType: optional(z.string()), functionId: optional(z.string()) }),
      ),
    }),
  ),
  rotationStatus: optional(z.string()),
  lastRotationTime: optional(instant()),
  nextRotationTime: optional(instant()),
}));
const answer = onFirstUse(() => z.object(rotationMembers()));

/** The days of an ISO 8601 duration that has only days, as in the API. */
function daysOf(text: string | null | undefined): number | null {
  const days = /^P(\d{1,3})D$/.exec(text ?? "")?.[1];
  return days === undefined ? null : Number(days);
}

export function rotationScheduleOf(parsed: z.infer<ReturnType<typeof answer>>): RotationSchedule {
  const { rotationConfig, rotationStatus, lastRotationTime, nextRotationTime } = parsed;
  const target = rotationConfig?.targetSystemDetails;
  return {
    functionId: target?.functionId ?? null,
    targetType: target?.targetSystemType ?? null,
    intervalDays: daysOf(rotationConfig?.rotationInterval),
    isScheduled: rotationConfig?.isScheduledRotationEnabled ?? false,
    status: rotationStatus ?? null,
    lastAt: lastRotationTime ?? null,
    nextAt: nextRotationTime ?? null,
  };
}

/** A secret as it is looked at for its rotation. */
export interface RotationState extends SecretSchedule {
  /** For `if-match`; null if the answer carried none. */
  readonly etag: string | null;
  readonly name: string;
  readonly compartmentId: string;
  readonly lifecycle: string;
  readonly currentVersionNo: number | null;
  readonly isReplica: boolean;
  readonly tags: Tags | null;
}

const rules = onFirstUse(() =>
  z.catch(optional(z.array(z.object({ timeOfAbsoluteExpiry: optional(instant()) }))), null),
);
const dates = onFirstUse(() =>
  z.object({ timeOfCurrentVersionExpiry: optional(instant()), secretRules: rules(), ...rotationMembers() }),
);
const state = onFirstUse(() =>
  z.object({
    secretName: z.string(),
    compartmentId: z.string(),
    lifecycleState: z.string(),
    currentVersionNumber: z.optional(z.nullable(z.int())),
    isReplica: z.optional(z.nullable(z.boolean())),
    freeformTags: tagsMember(),
    ...dates().shape,
  }),
);

function expiryOf({
  timeOfCurrentVersionExpiry: at,
  secretRules,
}: z.infer<ReturnType<typeof dates>>): RuleExpiry | null {
  if (at === undefined || at === null) return null;
  const standsStill = secretRules?.some(({ timeOfAbsoluteExpiry }) => timeOfAbsoluteExpiry === at) ?? false;
  return { at, standsStill };
}

/** Undefined if the answer (`Secret`) cannot be read so: these dates must not stop a rotation. */
export function readSchedule(answered: unknown): SecretSchedule | undefined {
  const parsed = dates().safeParse(answered);
  return parsed.success ? { rotation: rotationScheduleOf(parsed.data), expiry: expiryOf(parsed.data) } : undefined;
}

/** @throws RotationError VAULT_UNAVAILABLE if the answer has another shape than the API describes (`Secret`) */
export function readRotationState(answered: unknown, etag: string | undefined): RotationState {
  const parsed = state().safeParse(answered);
  if (!parsed.success) throw new RotationError("VAULT_UNAVAILABLE", "the answer to GetSecret could not be read");
  return {
    etag: etag === undefined || etag === "" ? null : etag,
    name: parsed.data.secretName,
    compartmentId: parsed.data.compartmentId,
    lifecycle: parsed.data.lifecycleState,
    currentVersionNo: parsed.data.currentVersionNumber ?? null,
    isReplica: parsed.data.isReplica ?? false,
    tags: readTags(parsed.data.freeformTags),
    rotation: rotationScheduleOf(parsed.data),
    expiry: expiryOf(parsed.data),
  };
}
