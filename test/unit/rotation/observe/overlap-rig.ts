import type { Capabilities } from "../../../../src/clients/issuers/issuer.ts";
import { type Attempt, createAttempt } from "../../../../src/rotation/attempt/attempt.ts";
import type { CallerState } from "../../../../src/rotation/decide/state.ts";
import { observe, type Snapshot } from "../../../../src/rotation/observe/observe.ts";
import { callerStateOf } from "../../../../src/rotation/observe/state.ts";
import { createRig, credential, type Rig, type Written } from "../rig.ts";

const capabilities = (overlap: Capabilities["overlap"]): Capabilities => ({
  valueChosenBy: "caller",
  readBack: "no",
  overlap,
  authorities: ["client"],
  repeatMint: "safe",
});
/** CURRENT, which this product has stored, and what was CURRENT before it. */
export const current: Written = { no: 7, name: "orot-7", stages: ["CURRENT", "LATEST"], content: credential("S7") };
export const previous: Written = { no: 6, stages: ["PREVIOUS"], content: credential("S6") };

interface Look {
  readonly rig: Rig;
  readonly attempt: Attempt;
  readonly seen: Snapshot;
  readonly state: () => CallerState;
}

/** A look if we choose the value, and the issuer keeps two of them unless told otherwise. */
export async function look(
  versions: readonly Written[] = [previous, current],
  environment = {},
  overlap: Capabilities["overlap"] = "two-slot",
): Promise<Look> {
  const rig = createRig(versions, environment, { capabilities: capabilities(overlap) });
  const attempt = createAttempt(null);
  const seen = await observe({ context: rig.context, attempt }, true, null);
  if (seen === null) throw new Error("the secret is UPDATING");
  return {
    rig,
    attempt,
    seen,
    state: () => callerStateOf({ context: rig.context, attempt, snapshot: seen }, "rotation"),
  };
}
