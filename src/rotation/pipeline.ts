import { asRotationError, RotationError } from "../base/errors.ts";
import { shortOcid } from "../base/log.ts";
import { freeSlots } from "../clients/vault/version-slots.ts";
import { afterDone, afterPromote, withAftermath } from "./after.ts";
import { createAttempt } from "./attempt/attempt.ts";
import type { AttemptRead } from "./attempt/read.ts";
import { createBackoff } from "./backoff.ts";
import type { Context, StageNote } from "./context.ts";
import type { Observed, Snapshot } from "./observe/observe.ts";
import { endsWithPromote, type Outcome, outcomeOfDone, outcomeOfPromote, type Run } from "./outcome.ts";
import type { Rotation } from "./rotation.ts";
import { fetchToken } from "./stages/fetch-token.ts";
import { promote } from "./stages/promote.ts";
import { regenerate } from "./stages/regenerate/index.ts";
import { claimTokenLifeSeconds } from "./stages/regenerate/time.ts";
import { finderOf, needsList, type StageDecision, type StageResult } from "./stages/stage.ts";
import { verifyCurrent } from "./stages/verify-current.ts";
import { verifyPending } from "./stages/verify-pending.ts";
import { writePending } from "./stages/write-pending.ts";
import { endsUnstored, type LookResult, observerOf, type Task } from "./task.ts";
import { leftAlone } from "./warnings.ts";

/*
 * Failure handling and retry. A run is a loop: look at Vault, decide, run the one stage that the decision names.
 *
 * - A stage sends a change once. If no answer comes, the change may have taken effect: the run waits, looks again and decides again.
 * - Everything that may fail is checked before the first change. A refusal there ends the run with nothing changed.
 * - A state that passes (UPDATING, a lost race, a 429, no answer) is waited for, with growing pauses, until the run's time is over.
 * - A value that the issuer has made, and that no version holds yet, is stored before anything else. Only the deadline ends those retries.
 * - A killed run leaves its claim, or a PENDING version, in Vault. The next rotation or heal finds it and goes on from there.
 * - What follows a run (after.ts) is best effort: it never changes the answer.
 */

/** The stages, in the order of a rotation. Each names the decisions that it handles. */
export const pipeline = [
  verifyCurrent, // logs in with CURRENT
  fetchToken, // checks time, room and rights, and gets the token that regenerates
  regenerate, // claims the rotation, and has the issuer make or accept a new client secret
  writePending, // stores it as a PENDING version
  verifyPending, // logs in with it
  promote, // makes it CURRENT
] as const;
export type StageName = (typeof pipeline)[number]["name"];
const allStages = pipeline.map(({ name }) => name);

/**
 * The stages that each task may run. CREATE promotes only if a stored credential works while the one in CURRENT is
 * dead.
 */
const stagesOf: Readonly<Record<Task["name"], readonly StageName[]>> = {
  VERIFY_CONNECTION: ["verify-current", "verify-pending"],
  CREATE_PENDING_VERSION: allStages,
  UPDATE_TARGET_SYSTEM: ["verify-current", "verify-pending"],
  PROMOTE_PENDING_VERSION: ["verify-current", "verify-pending", "promote"],
  ROTATION: allStages,
  HEAL: allStages,
  RETIRE: ["verify-current", "fetch-token", "regenerate", "verify-pending"],
};

/** The stage that a decision runs. */
export const stageFor = finderOf(pipeline);

/** One stage as an answer and the log report it. */
export interface StageReport extends StageNote {
  readonly stage: StageName;
  /** One word: accepted, rejected, unknown, prepared, minted, stored, promoted, refused, ... */
  readonly outcome: string;
  readonly ms: number;
}

/** What the caller may report about the run, also after an error. */
export interface RunReport {
  readonly stages: StageReport[];
  /** Last eight characters of the secret's OCID, `-`, number of the version that was CURRENT at the start; null before that is known. */
  rotationId: string | null;
}

/**
 * Observes, decides and acts until the step, the whole rotation or the heal is done.
 * @param report filled while it runs, so that it is complete when this throws
 * @throws RotationError what ended the call
 */
export async function run(context: Context, task: Task, report: RunReport): Promise<Outcome> {
  const mints = task.name === "CREATE_PENDING_VERSION" || task.name === "ROTATION";
  const attempt = createAttempt(
    mints ? claimTokenLifeSeconds(context) : null,
    "isCompromised" in task && task.isCompromised,
    task.name === "CREATE_PENDING_VERSION",
    endsUnstored(task),
  );
  const started: Run = { task, rotation: { context, attempt }, previous: null };
  try {
    return await withAftermath(started, () => loop(started, report));
  } finally {
    if (started.previous !== null) context.tally.note("VersionSlotsLeft", freeSlots(started.previous.list));
  }
}

/** Every turn waits or asks a remote side, so no budget allows this many. Reaching the limit is a defect. */
const MAX_TURNS = 2_000;

async function loop(run: Run, report: RunReport): Promise<Outcome> {
  const { attempt } = run.rotation;
  const observer = observerOf(run.task);
  const backoff = createBackoff(run.rotation);
  /** The look to decide from; null: look again. */
  let look: LookResult | null = null;
  for (let turns = 0; turns < MAX_TURNS; turns++) {
    try {
      if (look === null) {
        await backoff.beforeLook();
        look = await lookAgain(run, observer, report);
      }
      const { snapshot } = look;
      const decision = look.decide();
      switch (decision.kind) {
        case "done":
          await afterDone(run, snapshot);
          return outcomeOfDone(run, decision.code, decision.versionNo);
        case "fail":
          throw new RotationError(decision.code, withLeftAlone(attempt.read, decision.what), decision.nextAction);
        case "drop":
          attempt.unsaved = null;
          break;
        case "wait":
          await backoff.wait(decision.until, look.endsIn(decision.until));
          look = null;
          break;
        default: {
          requireTurn(run.rotation, decision);
          const result = await runAndReport(run, report, snapshot, decision);
          if (decision.kind === "promote" && result.next === "promoted" && endsWithPromote(run, decision.versionNo)) {
            await afterPromote(run, decision.versionNo);
            return outcomeOfPromote(attempt, snapshot, decision.versionNo);
          }
          if (result.next !== "decide") look = null;
          if (result.isRetry) await backoff.wait(decision.kind === "promote" ? "promoted" : "stored", result.endsIn);
          else if (PROGRESS.includes(decision.kind)) backoff.reset();
        }
      }
    } catch (thrown) {
      // An unsaved value exists nowhere else. Only the platform's deadline ends the retries to store it.
      if (attempt.unsaved === null || backoff.isSpent()) throw thrown;
      attempt.unsaved.failure = asRotationError(thrown);
      look = null;
      await backoff.wait("stored");
    }
  }
  throw new RotationError("INTERNAL", "the rotation did not come to an end");
}

async function lookAgain(run: Run, observer: ReturnType<typeof observerOf>, report: RunReport): Promise<LookResult> {
  const { context, attempt } = run.rotation;
  const look = await observer(run.rotation, run.previous);
  run.previous = look.snapshot ?? run.previous;
  if (report.rotationId === null && look.currentNo !== null) {
    const rotationId = `${shortOcid(context.secretId)}-${look.currentNo}`;
    report.rotationId = rotationId;
    run.rotation = { attempt, context: { ...context, log: context.log.with({ rotationId }) } };
  }
  return look;
}

/** A failure also lists the versions that were not touched. */
function withLeftAlone(read: AttemptRead, what: string): string {
  return [what, ...leftAlone(read).map((warning) => warning.what)].join("; ");
}

/** Decisions that finish work or keep a value. All others ask the issuer or begin new work. */
const ENDING: readonly StageDecision["kind"][] = ["store", "log-in-unsaved", "copy", "promote", "note-current"];

/** In a heal of many, each secret has its turn. The rest of the call belongs to the other secrets. */
function requireTurn({ context: { budget }, attempt }: Rotation, { kind }: StageDecision): void {
  const isOver = budget.remaining() <= 0 && budget.remainingInCall() > 0;
  if (!isOver || attempt.unsaved !== null || ENDING.includes(kind)) return;
  throw new RotationError("DEADLINE_TOO_SHORT", "finding out what this secret needs takes longer than its turn");
}

/** Decisions that change something for good: they reset the backoff. Looking and preparing could repeat forever. */
const PROGRESS: readonly StageDecision["kind"][] = [
  "claim",
  "try-pending",
  "mint",
  "retire",
  "keep-alone",
  "store",
  "promote",
  "generate",
];

async function runAndReport(
  { task, rotation }: Run,
  report: RunReport,
  snapshot: Snapshot | null,
  decision: StageDecision,
): Promise<StageResult> {
  const stage = stageFor(decision.kind).name;
  if (!stagesOf[task.name].includes(stage)) throw new RotationError("INTERNAL", `${stage} has no place in this step`);
  const { clock, log, onStage } = rotation.context;
  const started = clock.monotonic();
  const note = (outcome: string) => {
    const ms = Math.round(clock.monotonic() - started);
    const ended: StageReport = { stage, outcome, ms };
    report.stages.push(ended);
    log.info("stage", { ...ended });
    onStage?.(ended);
  };
  try {
    const result = await runStage({ ...rotation, snapshot }, decision);
    note(result.outcome);
    return result;
  } catch (thrown) {
    note(asRotationError(thrown).code);
    throw thrown;
  }
}

/** Has its stage carry a decision out. */
export async function runStage(rotation: Observed<Snapshot | null>, decision: StageDecision): Promise<StageResult> {
  if (rotation.snapshot === null && needsList(decision.kind)) {
    throw new RotationError("INTERNAL", `${decision.kind} was decided without a list of versions`);
  }
  return stageFor(decision.kind).handle(rotation, decision);
}
