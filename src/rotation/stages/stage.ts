import type { Decision } from "../decide/decide.ts";
import type { Observed, Snapshot } from "../observe/observe.ts";

/** The decisions that a stage carries out. The others change nothing, and the pipeline's loop handles them. */
export type StageDecision = Exclude<Decision, { kind: "wait" | "drop" | "done" | "fail" }>;
export type StageKind = StageDecision["kind"];

/** The result of a stage. `look`: the next decision needs a new snapshot. `promoted`: the rotation is complete. */
export interface StageResult {
  readonly outcome: string;
  readonly next: "decide" | "look" | "promoted";
  /** The write failed and is retried after a wait. */
  readonly isRetry?: boolean;
  /** When the wait will be over, in ms from now, if known. */
  readonly endsIn?: number;
}

const kindsWithoutList = ["log-in-current", "log-in-pending", "log-in-unsaved", "promote"] as const;
/** Decisions that a look at a single version can lead to. All others need the list of versions. */
type KindWithoutList = (typeof kindsWithoutList)[number];

export function needsList(kind: StageKind): kind is Exclude<StageKind, KindWithoutList> {
  return !kindsWithoutList.some((one) => one === kind);
}

/**
 * Carries out one decision and records the result in `attempt`.
 * @param rotation with the snapshot that the decision was made from
 * @throws RotationError if the call must end; `attempt.unsaved` then still says whether a value is unsaved
 */
type Handler<Kind extends StageKind> = (
  rotation: Observed<Kind extends KindWithoutList ? Snapshot | null : Snapshot>,
  action: Extract<StageDecision, { kind: Kind }>,
) => Promise<StageResult>;

export type Handlers<Kinds extends StageKind> = { readonly [Kind in Kinds]: Handler<Kind> };

/** One module of the pipeline: its name in answers and in the log, and the decisions that it carries out. */
export interface Stage<Name extends string, Kinds extends StageKind> {
  readonly name: Name;
  readonly handles: Handlers<Kinds>;
}

type KindsOf<One> = One extends { readonly handles: infer All } ? keyof All : never;
type Twice<Stages extends readonly unknown[]> = Stages extends readonly [infer First, ...infer Rest]
  ? (KindsOf<First> & KindsOf<Rest[number]>) | Twice<Rest>
  : never;
type Never<Kinds, Message extends string> = [Kinds] extends [never] ? unknown : { readonly [key in Message]: Kinds };
/** Stages among which every decision has exactly one. Any other list does not fit the type. */
export type OneStageEach<Stages extends readonly unknown[]> = Never<
  Exclude<StageKind, KindsOf<Stages[number]>>,
  "no stage handles"
> &
  Never<Twice<Stages>, "more than one stage handles">;

/** A stage as the loop calls it, with any decision. */
interface Found<Name> {
  readonly name: Name;
  readonly handle: (rotation: Observed<Snapshot | null>, decision: StageDecision) => Promise<StageResult>;
}

/** Finds the stage of a decision. Does not compile if a decision has no stage, or more than one. */
export function finderOf<const Stages extends readonly Stage<string, never>[]>(
  stages: Stages & OneStageEach<Stages>,
): (kind: StageKind) => Found<Stages[number]["name"]> {
  const found = new Map<string, Found<Stages[number]["name"]>>();
  for (const { name, handles } of stages) {
    // Each handler takes one kind and is stored under that kind only.
    for (const [kind, handle] of Object.entries(handles))
      found.set(kind, { name, handle: handle as Found<string>["handle"] });
  }
  // The type guarantees an entry.
  return (kind) => found.get(kind) as Found<Stages[number]["name"]>;
}
