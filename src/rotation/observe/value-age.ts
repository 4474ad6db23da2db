import { asRotationError } from "../../base/errors.ts";
import type { Rotation } from "../rotation.ts";
import { readKnown } from "./contents.ts";
import { isYoung } from "./values.ts";

/**
 * Runs after a refusal of a young version. If an older version holds the same value, the refusal is believed. Reads the
 * versions that could show it, the newest first, until one does. Best effort: a version that cannot be read only costs
 * the wait.
 */
export async function learnAge(rotation: Rotation, versionNo: number): Promise<void> {
  const { context, attempt } = rotation;
  const { list } = attempt.read;
  const refused = list?.versions.find((version) => version.versionNo === versionNo);
  if (list === null || refused === undefined) return;
  for (const version of list.versions) {
    if (!isYoung(rotation, refused, list.asOf)) return;
    const isOlder = version.versionNo < versionNo && !isYoung(rotation, version, list.asOf);
    if (!isOlder || version.isBeingDeleted || attempt.read.contents.has(version.versionNo)) continue;
    try {
      await readKnown(rotation, version);
    } catch (thrown) {
      context.log.warn("age-not-learnt", { versionNo: version.versionNo, outcome: asRotationError(thrown).code });
      return;
    }
  }
}
