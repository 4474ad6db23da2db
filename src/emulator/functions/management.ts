import { isDeepStrictEqual } from "node:util";
import { type Member, readMembers } from "../core/members.ts";
import { page } from "../core/page.ts";
import { knowsCompartment } from "../core/places.ts";
import type { Surroundings } from "../core/surroundings.ts";
import { definedTagsProblem, freeformTagsProblem } from "../core/tags.ts";
import {
  type EmulatedRequest,
  type EmulatedResponse,
  endpointOf,
  isObject,
  iso,
  type JsonObject,
  json,
  notAuthorizedOrNotFound,
  ociError,
  own,
} from "../core/wire.ts";
import { configurationOf, type FunctionConfig, type StoredApplication, type StoredFunction } from "./state.ts";

/** Configuration of application and function together, in bytes of UTF-8 (documented). */
const MAX_CONFIG_BYTES = 4096;
const MEMORY_SIZES = [128, 256, 512, 1024, 2048, 3072];

/** What official clients want to hear, and what the command line sends with every update. */
const SOURCE = { sourceType: "CONTAINER_IMAGE" };

const config: Member = (value) => {
  if (!isObject(value)) return "is not an object";
  if (!Object.keys(value).every((key) => /^[A-Za-z_]\w*$/.test(key)))
    return "holds a key that is no name of a variable";
  return Object.values(value).every((text) => typeof text === "string") ? undefined : "holds a value that is not text";
};
const unsupported =
  (what: string): Member =>
  () => ({ unsupported: what });
const common = { config, freeformTags: freeformTagsProblem, definedTags: definedTagsProblem } as const;
const functionMembers = {
  ...common,
  memoryInMBs: (value) => (MEMORY_SIZES.includes(Number(value)) ? undefined : `is none of ${MEMORY_SIZES.join(", ")}`),
  timeoutInSeconds: (value) =>
    Number.isInteger(value) && Number(value) >= 5 && Number(value) <= 300 ? undefined : "is not 5 to 300",
  image: unsupported("images of functions"),
  imageDigest: unsupported("images of functions"),
  sourceDetails: (value) => (isDeepStrictEqual(value, SOURCE) ? undefined : { unsupported: "sources of functions" }),
  provisionedConcurrencyConfig: unsupported("provisioned concurrency"),
  detachedModeTimeoutInSeconds: unsupported("a time-out of detached calls"),
  failureDestination: unsupported("destinations of detached calls"),
  successDestination: unsupported("destinations of detached calls"),
  traceConfig: unsupported("tracing"),
} as const satisfies Record<string, Member>;
const applicationMembers = {
  ...common,
  networkSecurityGroupIds: unsupported("networks"),
  syslogUrl: unsupported("a log server"),
  traceConfig: unsupported("tracing"),
  logging: unsupported("logging"),
  imagePolicyConfig: unsupported("image policies"),
  securityAttributes: unsupported("security attributes"),
} as const satisfies Record<string, Member>;

type Thing = StoredApplication & Partial<StoredFunction>;

function etagOf({ changes = 0 }: Thing): string {
  return `"f${changes + 1}"`;
}

function model(thing: Thing) {
  const { id, displayName, compartmentId, createdAt, updatedAt } = thing;
  return {
    id,
    displayName,
    compartmentId,
    lifecycleState: "ACTIVE",
    freeformTags: thing.freeformTags ?? {},
    definedTags: thing.definedTags ?? {},
    timeCreated: createdAt === undefined ? undefined : iso(createdAt),
    timeUpdated: updatedAt === undefined ? undefined : iso(updatedAt),
  };
}

function functionSummary(request: EmulatedRequest, fn: StoredFunction) {
  return {
    ...model(fn),
    applicationId: fn.applicationId,
    invokeEndpoint: endpointOf(request),
    memoryInMBs: fn.memoryInMBs,
    timeoutInSeconds: fn.timeoutInSeconds,
    sourceDetails: SOURCE,
  };
}

function applicationSummary(application: StoredApplication) {
  return { ...model(application), subnetIds: [], shape: "GENERIC_X86" };
}

/** GetFunction; also the answer of UpdateFunction. */
export function getFunction(request: EmulatedRequest, fn: StoredFunction): EmulatedResponse {
  return json(200, { ...functionSummary(request, fn), config: fn.config ?? {} }, { etag: etagOf(fn) });
}

/** GetApplication; also the answer of UpdateApplication. */
export function getApplication(application: StoredApplication): EmulatedResponse {
  return json(
    200,
    { ...applicationSummary(application), config: application.config ?? {} },
    { etag: etagOf(application) },
  );
}

/** ListFunctions: those of one application, without their configuration. */
export function listFunctions(request: EmulatedRequest, { state, switches }: Surroundings): EmulatedResponse {
  const { applicationId } = request.query;
  if (applicationId === undefined) return ociError(400, "MissingParameter", "applicationId is required.");
  if (switches["unknown-ids"] === "refused" && own(state.functions.applications, applicationId) === undefined) {
    return notAuthorizedOrNotFound();
  }
  const inside = Object.values(state.functions.functions).filter((fn) => fn.applicationId === applicationId);
  return page(asked(inside, request), request.query, switches, (fn) => functionSummary(request, fn));
}

/** ListApplications, without their configuration. */
export function listApplications(request: EmulatedRequest, surroundings: Surroundings): EmulatedResponse {
  const { compartmentId } = request.query;
  if (compartmentId === undefined) return ociError(400, "MissingParameter", "compartmentId is required.");
  if (!knowsCompartment(surroundings, compartmentId)) return notAuthorizedOrNotFound();
  const { state, switches } = surroundings;
  const inside = Object.values(state.functions.applications).filter((one) => one.compartmentId === compartmentId);
  return page(asked(inside, request), request.query, switches, applicationSummary);
}

function asked<T extends Thing>(things: readonly T[], { query }: EmulatedRequest): readonly T[] {
  const { id, displayName, lifecycleState } = query;
  return things.filter(
    (thing) =>
      (id === undefined || thing.id === id) &&
      (displayName === undefined || thing.displayName === displayName) &&
      (lifecycleState === undefined || lifecycleState === "ACTIVE"),
  );
}

/** UpdateFunction: configuration, memory, time-out and tags. */
export function updateFunction(
  request: EmulatedRequest,
  fn: StoredFunction,
  { state, now }: Surroundings,
): EmulatedResponse {
  const read = readUpdate(request, fn, functionMembers, now, (own) =>
    configurationOf(state.functions, { ...fn, config: own }),
  );
  if ("refusal" in read) return read.refusal;
  const { memoryInMBs, timeoutInSeconds } = read.details;
  fn.memoryInMBs = Number(memoryInMBs ?? fn.memoryInMBs);
  fn.timeoutInSeconds = Number(timeoutInSeconds ?? fn.timeoutInSeconds);
  apply(fn, read.details, now);
  return getFunction(request, fn);
}

/** UpdateApplication: configuration and tags. */
export function updateApplication(
  request: EmulatedRequest,
  application: StoredApplication,
  { now }: Surroundings,
): EmulatedResponse {
  const read = readUpdate(request, application, applicationMembers, now, (own) => own);
  if ("refusal" in read) return read.refusal;
  apply(application, read.details, now);
  return getApplication(application);
}

/** @param whole the configuration that counts, given the thing's own */
function readUpdate(
  request: EmulatedRequest,
  thing: Thing,
  members: Readonly<Record<string, Member>>,
  now: number,
  whole: (config: FunctionConfig) => FunctionConfig,
): ReturnType<typeof readMembers> {
  const expected = request.headers["if-match"];
  if (expected !== undefined && expected !== "*" && expected !== etagOf(thing)) {
    return { refusal: ociError(412, "NoEtagMatch", "The etag of if-match is not the one of the resource.") };
  }
  const read = readMembers(request, members, [], now);
  if ("refusal" in read || read.details["config"] === undefined) return read;
  const texts = Object.entries(whole(read.details["config"] as FunctionConfig)).flat();
  return texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0) > MAX_CONFIG_BYTES
    ? { refusal: ociError(400, "InvalidParameter", "config, with the application's, is larger than 4 KB.") }
    : read;
}

function apply(thing: Thing, { config: own, freeformTags, definedTags }: JsonObject, now: number): void {
  if (own !== undefined) thing.config = own as FunctionConfig;
  if (isObject(freeformTags)) thing.freeformTags = freeformTags;
  if (isObject(definedTags)) thing.definedTags = definedTags;
  thing.updatedAt = now;
  thing.changes = (thing.changes ?? 0) + 1;
}
