import { parseContent } from "../content.ts";
import { asRotationError, RotationError } from "../errors.ts";
import type { Invocation } from "../invocation.ts";
import type { StoredVersion, VersionList, VersionSummary } from "../vault/store.ts";
import type { Known, Memory } from "./memory.ts";

/** The version's content, read at most once in a call. */
export async function readKnown(invocation: Invocation, memory: Memory, version: VersionSummary): Promise<Known> {
  const known = memory.contents.get(version.versionNo);
  if (known !== undefined) return known;
  const written = memory.written.find(({ name }) => name === version.name);
  if (written !== undefined) {
    memory.contents.set(version.versionNo, written.known);
    return written.known;
  }
  return understand(invocation, memory, await invocation.store.readVersion(version.versionNo));
}

/** Keeps what a version read from Vault says. A version that cannot be understood is no credential, whatever its version stage. */
export function understand(invocation: Invocation, memory: Memory, version: StoredVersion): Known {
  let known: Known;
  try {
    const content = parseContent(version.content);
    const what = "the member _rotation of the secret's content is reserved for claims";
    known =
      content.kind === "unknown"
        ? { kind: "unknown", problem: new RotationError("CONTENT_INVALID", what), isReserved: true }
        : { kind: content.kind, content, credential: invocation.open(content) };
  } catch (thrown) {
    known = { kind: "unknown", problem: asRotationError(thrown), isReserved: false };
  }
  memory.contents.set(version.versionNo, known);
  return known;
}

/** Reads every version whose content is not known yet; at most 30 are in use. */
export async function readAll(invocation: Invocation, memory: Memory, list: VersionList): Promise<void> {
  for (const version of list.versions) {
    if (!version.isBeingDeleted) await readKnown(invocation, memory, version);
  }
}
