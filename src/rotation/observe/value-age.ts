import { asRotationError } from "../../base/errors.ts";
import type { Attempt } from "../attempt.ts";
import type { Context } from "../context.ts";
import { readKnown } from "./contents.ts";
import { isYoung } from "./values.ts";

/**
 * After a refusal of a young version: an older one may hold the same value, and then the refusal is to be believed. The versions that could
 * show it are read, the newest first, until one does. Best effort: what cannot be read costs no more than the wait.
 */
export async function learnAge(context: Context, attempt: Attempt, versionNo: number): Promise<void> {
  const { list } = attempt;
  const refused = list?.versions.find((version) => version.versionNo === versionNo);
  if (list === null || refused === undefined) return;
  for (const version of list.versions) {
    if (!isYoung(context, attempt, refused, list.asOf)) return;
    const isOlder = version.versionNo < versionNo && !isYoung(context, attempt, version, list.asOf);
    if (!isOlder || version.isBeingDeleted || attempt.contents.has(version.versionNo)) continue;
    try {
      await readKnown(context, attempt, version);
    } catch (thrown) {
      context.log.warn("age-not-learnt", { versionNo: version.versionNo, outcome: asRotationError(thrown).code });
      return;
    }
  }
}
