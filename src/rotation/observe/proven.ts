import type { Secret } from "../../base/secret.ts";
import { isOwnValue } from "../../clients/issuers/own-value.ts";
import type { Rotation } from "../rotation.ts";

/** Records that a PENDING version was left alone, for the answer and the log. */
export function noteUnproven({ context: { log }, attempt }: Rotation, versionNo: number): void {
  if (attempt.read.unproven.has(versionNo)) return;
  attempt.read.unproven.add(versionNo);
  log.warn("version-not-made-by-rotator", { versionNo });
}

/**
 * Whether the maker of a value of our own knew the value of this version. False while this version has not been read.
 */
export function isProvenBy({ context: { secretId }, attempt }: Rotation, versionNo: number, value: Secret): boolean {
  const known = attempt.read.contents.get(versionNo);
  if (known === undefined || known.kind === "unknown") return false;
  const { client, clientSecret } = known.credential;
  return isOwnValue(value, { secretId, client, clientSecret });
}
