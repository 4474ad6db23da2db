import type { Decision } from "../../../../src/rotation/decide/decide.ts";
import type { State } from "../../../../src/rotation/decide/state.ts";

/** By row and sentence: what the sentence says of a state, with everything else as in its kind's base state; and the decision. */
export type Examples<S extends State> = Readonly<
  Record<`${string}: ${string}`, readonly [state: Partial<S>, decision: Partial<Decision>]>
>;

/** The row of an example. */
export const rowOf = (example: string) => example.slice(0, example.indexOf(":"));

/** CURRENT, as the issuer judges it. */
export const good = { versionNo: 7, verdict: "accepted", holds: "start-value", sameValueNo: null } as const;
export const rotated = { ...good, holds: "new-value" } as const;
export const unknown = { versionNo: 7, verdict: "unknown" } as const;
export const refused = { versionNo: 7, verdict: "rejected", isConfirmed: false } as const;
export const dead = { ...refused, isConfirmed: true } as const;
/** CURRENT only names the client. */
export const placeholder = { ...dead, isPlaceholder: true } as const;

export const other = (versionNo: number, verdict: "not-asked" | "accepted" | "rejected" | "unknown") => ({
  versionNo,
  verdict,
  isPromotable: true,
});

export const waitFor = (until: Extract<Decision, { kind: "wait" }>["until"]) => ({ kind: "wait", until }) as const;
export const promote = (versionNo: number) => ({ kind: "promote", versionNo }) as const;
export const created = { kind: "done", code: "OK", versionNo: 8 } as const;
export const nothingToDo = { kind: "done", code: "NOTHING_TO_DO", versionNo: 7 } as const;
export const alreadyRotated = { kind: "done", code: "ALREADY_ROTATED", versionNo: 7 } as const;

type Failure = Extract<Decision, { kind: "fail" }>;

export const fails = (code: Failure["code"], what: string, nextAction?: string) => ({
  kind: "fail" as const,
  code,
  what,
  ...(nextAction !== undefined && { nextAction }),
});
export const newValuePaused = fails("PAUSED", "a new client secret would be made now, and OROT_PAUSED is on");
export const lockedOut = fails("LOCKED_OUT", "the issuer refuses CURRENT and no way back exists");
