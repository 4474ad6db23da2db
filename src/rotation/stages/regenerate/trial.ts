import { RotationError } from "../../../base/errors.ts";
import { versionName } from "../../../clients/vault/version-name.ts";
import type { Invocation } from "../../invocation.ts";
import type { Memory } from "../../memory.ts";
import { readKnown } from "../../observe/contents.ts";
import type { Observation } from "../../observe/observe.ts";
import { usable } from "../../observe/view.ts";
import { afterWrite } from "../after-write.ts";
import type { StageResult } from "../stage.ts";

/**
 * Writes this call's claim once more, while the first is PENDING: just so will the value be written that must not be lost. The claim belongs
 * to this call since the first one.
 * @throws RotationError where Vault refuses it for another reason: nothing has changed at the issuer
 */
export async function tryPending(
  invocation: Invocation,
  memory: Memory,
  observation: Observation,
): Promise<StageResult> {
  const { list, current } = observation;
  const [highest] = list.versions;
  const known = highest === undefined ? undefined : await readKnown(invocation, memory, highest);
  if (memory.claim === null || highest === undefined || known?.kind !== "claim") {
    throw new RotationError("INTERNAL", "a trial was decided without a claim");
  }
  const { content, credential } = usable(memory, current.versionNo);
  const text = content.withClaim({ ...known.claim, isTrial: true });
  const name = versionName(list, memory.takenName, invocation.entropy);
  memory.secondPending.trialOver = highest.versionNo;
  const write = await invocation.clients.vault.writeVersion(name, "PENDING", text, memory.etag);
  if (write.outcome === "done") {
    memory.writeFailure = null;
    memory.claim = { ...memory.claim, name, isConfirmed: true, isJustWritten: false };
    memory.written.push({ name, known: { ...known, credential } });
    return { outcome: "tried", next: "look" };
  }
  const result = await afterWrite(invocation, memory, observation, name, memory.etag, write);
  if (result === null) throw write.error;
  return { ...result, outcome: `trial-${result.outcome}` };
}
