import type { Traits } from "../../../../src/clients/issuers/issuer.ts";
import { createMemory, type Memory } from "../../../../src/rotation/memory.ts";
import { type Observation, observe } from "../../../../src/rotation/observe/observe.ts";
import { callerViewOf } from "../../../../src/rotation/observe/view-caller.ts";
import { createRig, credential, type Rig, type Written } from "../rig.ts";

const traits = (overlap: Traits["overlap"]): Traits => ({
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
  readonly memory: Memory;
  readonly seen: Observation;
  readonly view: () => ReturnType<typeof callerViewOf>;
}

/** A look where we choose the value, and the issuer keeps two of them unless told otherwise. */
export async function look(
  versions: readonly Written[] = [previous, current],
  environment = {},
  overlap: Traits["overlap"] = "two-slot",
): Promise<Look> {
  const rig = createRig(versions, environment, () => traits(overlap));
  const memory = createMemory(null);
  const seen = await observe(rig.invocation, memory, true, null);
  if (seen === null) throw new Error("the secret is UPDATING");
  return { rig, memory, seen, view: () => callerViewOf(rig.invocation, memory, "rotation", seen) };
}
