import { createAttempt } from "../../../../src/rotation/attempt/attempt.ts";
import { observe } from "../../../../src/rotation/observe/observe.ts";
import { createRig, credential, type Written } from "../rig.ts";

export const current: Written = { no: 7, stages: ["CURRENT"], content: credential("S7") };
export const pending = (no: number, content: unknown = credential(`S${no}`)): Written => ({
  no,
  stages: ["PENDING", "LATEST"],
  content,
});
export const deprecated = (no: number, content: unknown, rest: Partial<Written> = {}): Written => ({
  no,
  stages: ["DEPRECATED"],
  content,
  ...rest,
});

export function setUp(versions: readonly Written[] = [current]) {
  const rig = createRig(versions);
  const attempt = createAttempt(null);
  return { rig, attempt, look: (withState = true) => observe({ context: rig.context, attempt }, withState, null) };
}
