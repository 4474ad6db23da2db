import type { Secret } from "../../base/secret.ts";
import { isOwnValue } from "../../clients/issuers/own-value.ts";
import type { Invocation } from "../invocation.ts";
import type { Memory } from "../memory.ts";

/** Keeps that a PENDING version was left alone, for the answer and the log. */
export function noteUnproven({ log }: Invocation, memory: Memory, versionNo: number): void {
  if (memory.unproven.has(versionNo)) return;
  memory.unproven.add(versionNo);
  log.warn("version-not-made-by-rotator", { versionNo });
}

/** Whether a value of our own choosing was made by somebody who knew the value of this version. False while nobody has read that. */
export function isProvenBy({ secretId }: Invocation, memory: Memory, versionNo: number, value: Secret): boolean {
  const known = memory.contents.get(versionNo);
  if (known === undefined || known.kind === "unknown") return false;
  const { client, clientSecret } = known.credential;
  return isOwnValue(value, { secretId, client, clientSecret });
}
