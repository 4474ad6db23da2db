import type { Patch } from "../sabotage/patches.ts";
import type { ViolationName } from "./judge/judge.ts";

/** The product with one of its safeguards taken out: the judge must find what that lets through. */
export interface Control {
  readonly patches: readonly Patch[];
  readonly figure: ViolationName;
  /** By their ids. */
  readonly schedules: readonly string[];
}

export const controls: Readonly<Record<string, Control>> = {};
