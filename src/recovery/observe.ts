import { parseContent } from "../content.ts";
import { asRotationError, RotationError } from "../errors.ts";
import type { Invocation } from "../invocation.ts";
import type { Verdict } from "../issuers/issuer.ts";
import type { SecretState, StoredVersion, VersionList, VersionSummary } from "../vault/store.ts";
import type { Known, Memory } from "./memory.ts";

/** What Vault says now: the versions that matter. */
export interface Observation {
  readonly list: VersionList;
  readonly current: VersionSummary;
  /** The newest PENDING credential above CURRENT's number. */
  readonly pending: VersionSummary | null;
}

/** The lifecycle states in which OCI finishes something by itself; every other one but ACTIVE needs an operator. */
const PASSING = ["UPDATING", "CREATING", "CANCELLING_DELETION"];

/** The version's content, read at most once in a call. */
export async function readKnown(invocation: Invocation, memory: Memory, versionNo: number): Promise<Known> {
  const known = memory.contents.get(versionNo);
  if (known !== undefined) return known;
  return understand(invocation, memory, await invocation.store.readVersion(versionNo));
}

/** Keeps what a version read from Vault says. A version that cannot be understood is no credential, whatever its version stage. */
export function understand(invocation: Invocation, memory: Memory, version: StoredVersion): Known {
  let known: Known;
  try {
    const content = parseContent(version.content);
    if (content.kind === "unknown") {
      throw new RotationError("CONTENT_INVALID", "the member _rotation of the secret's content is reserved for claims");
    }
    known =
      content.kind === "claim"
        ? { isCredential: false, problem: new RotationError("VERSION_NOT_PROMOTABLE", "the version is a claim") }
        : { isCredential: true, content, credential: invocation.open(content) };
  } catch (thrown) {
    known = { isCredential: false, problem: asRotationError(thrown) };
  }
  memory.contents.set(version.versionNo, known);
  return known;
}

/** @throws RotationError SECRET_NOT_ROTATABLE for a replica and for a lifecycle state that does not pass by itself */
export function requireWritable(state: SecretState): void {
  if (state.isReplica) {
    throw new RotationError(
      "SECRET_NOT_ROTATABLE",
      "the secret is a replica",
      "rotate the secret in its source region",
    );
  }
  if (state.lifecycle !== "ACTIVE" && !PASSING.includes(state.lifecycle)) {
    const known = /^[A-Z_]{1,40}$/.test(state.lifecycle) ? state.lifecycle : "in an unknown state";
    throw new RotationError("SECRET_NOT_ROTATABLE", `the secret is ${known}`);
  }
}

/** True where a write must wait: OCI is between two states. */
export function isPassing(state: SecretState): boolean {
  return state.lifecycle !== "ACTIVE";
}

async function newestPending(
  invocation: Invocation,
  memory: Memory,
  above: VersionList,
  currentNo: number,
): Promise<VersionSummary | null> {
  for (const version of above.versions) {
    if (version.versionNo <= currentNo) return null;
    if (!version.versionStages.includes("PENDING")) continue;
    const known = await readKnown(invocation, memory, version.versionNo);
    if (known.isCredential) return version;
    invocation.log.warn("pending-ignored", { versionNo: version.versionNo, code: known.problem.code });
  }
  return null;
}

/** Our value may have landed although the answer was lost: then a version above the base holds it. */
async function findHand(invocation: Invocation, memory: Memory, list: VersionList): Promise<void> {
  const { hand } = memory;
  if (hand === null) return;
  for (const version of list.versions) {
    if (version.versionNo <= hand.base) return;
    // What this call wrote and Vault confirmed is not read again.
    if (version.name !== null && version.name === memory.ownName) {
      memory.contents.set(version.versionNo, {
        isCredential: true,
        content: hand.content,
        credential: hand.credential,
      });
    }
    const known = await readKnown(invocation, memory, version.versionNo);
    if (known.isCredential && known.credential.clientSecret.equals(hand.credential.clientSecret)) {
      memory.hand = null;
      return;
    }
  }
}

/**
 * Looks at Vault anew and forgets the verdicts of the last look. Null while the secret is UPDATING.
 * @param withState also reads the secret itself, before the list, so that its etag is never younger than the list
 * @throws RotationError as SecretStore does; SECRET_NOT_ROTATABLE; SECRET_NOT_FOUND where no version is CURRENT
 */
export async function observe(invocation: Invocation, memory: Memory, withState: boolean): Promise<Observation | null> {
  memory.logins.clear();
  memory.isPrepared = false;
  const state = withState ? await invocation.store.readSecret() : null;
  if (state !== null) {
    requireWritable(state);
    if (isPassing(state)) return null;
  }
  memory.etag = state?.etag ?? null;
  const list = await invocation.store.listVersions();
  if (list === null) return null;
  const current = list.versions.find((version) => version.versionStages.includes("CURRENT"));
  if (current === undefined) throw new RotationError("SECRET_NOT_ROTATABLE", "no version of the secret is CURRENT");
  memory.firstCurrentNo ??= current.versionNo;
  await findHand(invocation, memory, list);
  const pending = await newestPending(invocation, memory, list, current.versionNo);
  return { list, current, pending };
}

/** A refusal of a value that was stored within the landing bound may come from a node that has not heard of it yet. */
export function verdictOn(
  invocation: Invocation,
  memory: Memory,
  version: { readonly versionNo: number; readonly createdAt: number | null },
  asOf: number,
): Verdict | "not-asked" {
  const login = memory.logins.get(version.versionNo);
  if (login === undefined) return "not-asked";
  const age = asOf - (version.createdAt ?? 0);
  const isYoung = age < invocation.settings.landingBoundSeconds * 1000;
  return login.verdict === "rejected" && isYoung ? "unknown" : login.verdict;
}
