import * as z from "zod/mini";
import { RotationError } from "../../base/errors.ts";
import { onFirstUse } from "../../base/on-first-use.ts";
import { Secret } from "../../base/secret.ts";
import type { SecretState, StoredVersion, Tags, VersionStage, VersionSummary } from "./store.ts";

// The SDK types dates as Date but hands over what stood on the wire: a string.
export const instant = onFirstUse(() =>
  z.pipe(
    z.union([z.string().check(z.refine((text) => !Number.isNaN(Date.parse(text)))), z.date()]),
    z.transform((value: string | Date) => new Date(value).getTime()),
  ),
);
const known: readonly VersionStage[] = ["CURRENT", "PENDING", "LATEST", "PREVIOUS", "DEPRECATED"];
// A version stage that OCI adds one day must not stop a rotation.
const stages = onFirstUse(() =>
  z.pipe(
    z.optional(z.nullable(z.array(z.string()))),
    z.transform((names: string[] | null | undefined) => known.filter((stage) => names?.includes(stage))),
  ),
);

const UNREADABLE: Record<string, string> = {};
/** `freeformTags`: they only help in lists of secrets, so invalid ones must not stop a rotation. */
export const tagsMember = onFirstUse(() =>
  z.catch(z.optional(z.nullable(z.record(z.string(), z.string()))), () => UNREADABLE),
);
/** Null if they could not be read. */
export function readTags(parsed: Record<string, string> | null | undefined): Tags | null {
  return parsed === UNREADABLE ? null : (parsed ?? {});
}

/** `definedTags`: what cannot be read binds nothing, and must not stop a rotation. */
export const definedTagsMember = onFirstUse(() =>
  z.catch(z.optional(z.nullable(z.record(z.string(), z.record(z.string(), z.unknown())))), null),
);

const secret = onFirstUse(() =>
  z.object({
    compartmentId: z.catch(z.optional(z.nullable(z.string())), null),
    definedTags: definedTagsMember(),
    lifecycleState: z.string(),
    currentVersionNumber: z.optional(z.nullable(z.int())),
    isReplica: z.optional(z.nullable(z.boolean())),
    metadata: z.optional(z.nullable(z.record(z.string(), z.unknown()))),
    freeformTags: tagsMember(),
  }),
);
const version = onFirstUse(() =>
  z.object({
    versionNumber: z.int(),
    timeCreated: instant(),
    name: z.optional(z.nullable(z.string())),
    stages: stages(),
    timeOfDeletion: z.optional(z.nullable(instant())),
  }),
);
const bundle = onFirstUse(() =>
  z.object({
    versionNumber: z.int(),
    timeCreated: z.optional(z.nullable(instant())),
    stages: stages(),
    secretBundleContent: z.object({ contentType: z.literal("BASE64"), content: z.string() }),
  }),
);

function read<T>(schema: z.ZodMiniType<T>, answer: unknown, operation: string): T {
  const parsed = schema.safeParse(answer);
  if (!parsed.success) throw new RotationError("VAULT_UNAVAILABLE", `the answer to ${operation} could not be read`);
  return parsed.data;
}

/** @throws RotationError VAULT_UNAVAILABLE if the answer has another shape than the API describes (`Secret`) */
export function readSecretState(answer: unknown, etag: string | undefined): SecretState {
  const parsed = read(secret(), answer, "GetSecret");
  return {
    etag: etag === undefined || etag === "" ? null : etag,
    lifecycle: parsed.lifecycleState,
    currentVersionNo: parsed.currentVersionNumber ?? null,
    isReplica: parsed.isReplica ?? false,
    metadata: parsed.metadata ?? {},
    tags: readTags(parsed.freeformTags),
    compartmentId: parsed.compartmentId ?? null,
    definedTags: parsed.definedTags ?? {},
  };
}

/** @throws RotationError VAULT_UNAVAILABLE if the answer has another shape than the API describes (`SecretVersionSummary[]`) */
export function readVersionSummaries(answer: unknown): VersionSummary[] {
  return read(z.array(version()), answer, "ListSecretVersions").map((item) => ({
    versionNo: item.versionNumber,
    name: item.name ?? null,
    versionStages: item.stages,
    createdAt: item.timeCreated,
    isBeingDeleted: (item.timeOfDeletion ?? null) !== null,
  }));
}

/**
 * A byte order mark, as some editors write one, is no part of the text: what is stored next goes without it.
 * @throws RotationError CONTENT_INVALID
 */
function textOf(bytes: Buffer): string {
  const mark = bytes.subarray(0, 2).toString("hex");
  if (mark === "fffe" || mark === "feff") {
    const next = "store the same text as UTF-8, in a new version";
    throw new RotationError("CONTENT_INVALID", "the secret's content is UTF-16, by its byte order mark", next);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new RotationError("CONTENT_INVALID", "the secret's content is not UTF-8 text");
  }
}

/** @throws RotationError VAULT_UNAVAILABLE for another shape than `SecretBundle`; CONTENT_INVALID if the content is not UTF-8 text */
export function readStoredVersion(answer: unknown, asOf: number): StoredVersion {
  const parsed = read(bundle(), answer, "GetSecretBundle");
  const text = textOf(Buffer.from(parsed.secretBundleContent.content, "base64"));
  return {
    versionNo: parsed.versionNumber,
    versionStages: parsed.stages,
    content: new Secret(text),
    createdAt: parsed.timeCreated ?? null,
    asOf,
  };
}
