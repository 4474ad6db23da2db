import { asRotationError, RotationError } from "../base/errors.ts";
import { shortOcid } from "../base/log.ts";
import { type Seen, tellChange, tellFailure } from "../notify/tell.ts";
import { type StageAction, stageOf } from "./acts/effect.ts";
import { act } from "./acts/index.ts";
import type { Action } from "./decide/decide.ts";
import { noteCurrent } from "./housekeeping/note-current.ts";
import { isLasting, noteFailedHeal, noteHeal } from "./housekeeping/note-heal.ts";
import { releaseLease } from "./housekeeping/release-lease.ts";
import type { Invocation } from "./invocation.ts";
import { createMemory, type Memory } from "./memory.ts";
import type { Observation } from "./observe/observe.ts";
import { isFromBefore } from "./observe/view.ts";
import { createPatience, type Patience } from "./patience.ts";
import type { StageName, StageReport } from "./stages/stage.ts";
import { tidyAtEnd } from "./stages/tidy.ts";
import { type Plan, planOf, stagesOf, type Task } from "./task.ts";
import { leftAlone, type Warning, warningsOf } from "./warnings.ts";

/** How a step, a whole rotation or a heal ended well. */
export interface Outcome {
  readonly code: "OK" | "ALREADY_ROTATED" | "NOTHING_TO_DO";
  readonly versionNo: number | null;
  /** The version is CURRENT already: where Vault takes no second PENDING version, CREATE may end so. */
  readonly isCurrent: boolean;
  /** Of code OK: went back to a version that was in use before, ended an overlap and nothing else, or anything else. */
  readonly did: "rotated" | "went-back" | "retired";
  readonly warnings: readonly Warning[];
}

/** What the caller may tell of the run, also when it ended with an error. */
export interface RunReport {
  readonly stages: StageReport[];
  /** Last eight characters of the secret's OCID, `-`, number of the version that was CURRENT at the start; null before that is known. */
  rotationId: string | null;
}

/** Every turn either waits or asks something of a remote side, so this many do not fit into any budget: reaching it is a defect. */
const MOST_TURNS = 2_000;
const HEALS_TO_OUTLIVE = 3;

/** A claim's token must outlive its claim and the heals that may be needed; not days. */
function claimTokenLifeSeconds({ settings }: Invocation): number {
  return settings.claimTtlSeconds + settings.landingBoundSeconds + HEALS_TO_OUTLIVE * settings.healIntervalMinutes * 60;
}

/** What ends something or keeps a value. Everything else asks the issuer or begins something new. */
const ENDING: readonly StageAction["kind"][] = ["store", "log-in-hand", "take", "promote", "note-current"];

/** Something has changed for good: the next wait begins short again. Looking and preparing may repeat for ever. */
function isProgress({ kind }: StageAction): boolean {
  return (
    kind === "claim" ||
    kind === "try-pending" ||
    kind === "mint" ||
    kind === "retire" ||
    kind === "store" ||
    kind === "promote" ||
    kind === "generate"
  );
}

/** One call at work: observe, decide, act, until it is done. */
class Run {
  readonly #task: Task;
  readonly #report: RunReport;
  readonly #plan: Plan;
  readonly #allowed: readonly StageName[];
  readonly #memory: Memory;
  readonly #patience: Patience;
  #invocation: Invocation;
  /** The look that decides; null: look anew. */
  #look: Awaited<ReturnType<Plan>> | null = null;
  #previous: Observation | null = null;

  constructor(invocation: Invocation, task: Task, report: RunReport) {
    this.#invocation = invocation;
    this.#task = task;
    this.#report = report;
    this.#plan = planOf(task);
    this.#allowed = stagesOf[task.name];
    const mints = task.name === "CREATE_PENDING_VERSION" || task.name === "ROTATION";
    this.#memory = createMemory(
      mints ? claimTokenLifeSeconds(invocation) : null,
      "isCompromised" in task && task.isCompromised,
    );
    this.#patience = createPatience(invocation, this.#memory);
  }

  async toTheEnd(): Promise<Outcome> {
    const { name } = this.#task;
    let outcome: Outcome;
    try {
      outcome = await this.#toOutcome();
    } catch (thrown) {
      const error = asRotationError(thrown);
      // A heal tries again by itself, and who asks for an end of the overlap hears why there is none.
      if (name !== "RETIRE" && (name !== "HEAL" || isLasting(error))) {
        await tellFailure(this.#invocation, this.#seen(), error);
      }
      throw thrown;
    }
    const isCurrent = name === "ROTATION" || name === "HEAL" || name === "PROMOTE_PENDING_VERSION";
    if (isCurrent && outcome.versionNo !== null) {
      const { versionNo, code } = outcome;
      await tellChange(this.#invocation, this.#seen(), { versionNo, isCertain: code === "OK" });
    }
    return outcome;
  }

  #seen(): Seen {
    const highestNo = this.#previous?.list.versions[0]?.versionNo ?? this.#memory.firstHighestNo;
    return { metadata: this.#memory.metadata, highestNo };
  }

  async #toOutcome(): Promise<Outcome> {
    try {
      return await this.#loop();
    } catch (thrown) {
      if (this.#task.name === "HEAL") {
        await noteFailedHeal(this.#invocation, this.#memory, this.#previous, asRotationError(thrown));
      }
      throw thrown;
    } finally {
      await releaseLease(this.#invocation, this.#memory);
    }
  }

  async #loop(): Promise<Outcome> {
    for (let turns = 0; turns < MOST_TURNS; turns++) {
      try {
        const outcome = await this.#turn();
        if (outcome !== null) return outcome;
      } catch (thrown) {
        // A value in hand exists nowhere else: only the platform's deadline ends the tries to store it.
        const { hand } = this.#memory;
        if (hand === null || this.#patience.isSpent()) throw thrown;
        hand.failure = asRotationError(thrown);
        this.#look = null;
        await this.#patience.wait("stored");
      }
    }
    throw new RotationError("INTERNAL", "the rotation did not come to an end");
  }

  async #turn(): Promise<Outcome | null> {
    this.#look ??= await this.#observe();
    const action = this.#look.decide();
    if (action.kind !== "wait" || action.until !== "active") this.#patience.sawActive();
    switch (action.kind) {
      case "done":
        return this.#done(action.code, action.versionNo);
      case "fail":
        throw new RotationError(action.code, this.#withLeftAlone(action.what), action.nextAction);
      case "drop":
        this.#memory.hand = null;
        return null;
      case "wait":
        await this.#patience.wait(action.until, this.#look.endsIn(action.until));
        this.#look = null;
        return null;
      default:
        return this.#act(action);
    }
  }

  /** Who reads of a failure hears of what was not tried. */
  #withLeftAlone(what: string): string {
    return [what, ...leftAlone(this.#memory).map((warning) => warning.what)].join("; ");
  }

  async #observe() {
    const look = await this.#plan(this.#invocation, this.#memory, this.#previous);
    this.#previous = look.observation ?? this.#previous;
    if (this.#report.rotationId === null && look.currentNo !== null) {
      const rotationId = `${shortOcid(this.#invocation.secretId)}-${look.currentNo}`;
      this.#report.rotationId = rotationId;
      this.#invocation = { ...this.#invocation, log: this.#invocation.log.with({ rotationId }) };
    }
    return look;
  }

  async #done(code: Outcome["code"], versionNo: number | null): Promise<Outcome> {
    const { written } = this.#memory;
    // Where Vault takes no second PENDING version the value went to CURRENT: then the new CURRENT is this call's own work.
    const isOwnWork = written.some(({ known }) => known.kind === "credential");
    const isHeal = this.#task.name === "HEAL";
    if (isHeal) await this.#afterHeal();
    const hasRetired = this.#memory.retires > 0 && code === "NOTHING_TO_DO";
    const didWork = isOwnWork || hasRetired || (isHeal && written.length > 0);
    const did = hasRetired && written.length === 0 ? "retired" : "rotated";
    return {
      code: didWork ? "OK" : code,
      versionNo,
      isCurrent: code !== "OK",
      did,
      warnings: warningsOf(this.#memory),
    };
  }

  /** What a heal does beside: nothing here changes its answer. */
  async #afterHeal(): Promise<void> {
    const observation = this.#look?.observation ?? null;
    if (observation !== null) await noteHeal(this.#invocation, this.#memory, observation);
    await tidyAtEnd(this.#invocation, this.#memory);
  }

  async #act(action: StageAction): Promise<Outcome | null> {
    this.#requireTurn(action);
    const effect = await this.#runStage(action);
    if (effect.next === "promoted" && this.#endsWithPromote(action)) {
      // Before the promote it was seen as what it was.
      const before = this.#look?.observation?.list.versions.find(({ versionNo }) => versionNo === action.versionNo);
      const isOwn = this.#memory.written.some(({ name }) => name === before?.name);
      const did = before?.versionStages.includes("PENDING") === false && !isOwn ? "went-back" : "rotated";
      const isHeal = this.#task.name === "HEAL";
      await noteCurrent(this.#invocation, this.#memory, action.versionNo, isHeal);
      if (isHeal) await tidyAtEnd(this.#invocation, this.#memory);
      return { code: "OK", versionNo: action.versionNo, isCurrent: true, did, warnings: warningsOf(this.#memory) };
    }
    if (effect.next !== "decide") this.#look = null;
    if (effect.isRetry) await this.#patience.wait(action.kind === "promote" ? "promoted" : "stored", effect.endsIn);
    else if (isProgress(action)) this.#patience.reset();
    return null;
  }

  /** In a heal of many each secret has its turn: what is left of the call after it is for the others. */
  #requireTurn({ kind }: StageAction): void {
    const { budget } = this.#invocation;
    const isOver = budget.remaining() <= 0 && budget.remainingInCall() > 0;
    if (!isOver || this.#memory.hand !== null || ENDING.includes(kind)) return;
    throw new RotationError("DEADLINE_TOO_SHORT", "finding out what this secret needs takes longer than its turn");
  }

  /** In CREATE a promote is a way back, and the step goes on to see what is to be done then. */
  #endsWithPromote(action: StageAction): action is Extract<Action, { kind: "promote" }> {
    if (action.kind !== "promote" || this.#task.name === "CREATE_PENDING_VERSION") return false;
    const known = this.#memory.contents.get(action.versionNo);
    // The rotation of compromised values ends with a new one, and when the old ones are refused.
    const keepsTwo = known !== undefined && known.kind !== "unknown" && known.credential.traits.overlap === "two-slot";
    if (this.#memory.isCompromised && (keepsTwo || isFromBefore(this.#memory, action.versionNo))) return false;
    const first = this.#memory.contents.get(this.#memory.firstCurrentNo ?? 0);
    // Putting the first value back in place of a claim is no rotation.
    if (this.#task.name !== "ROTATION" || known?.kind === "unknown" || first === undefined || first.kind === "unknown")
      return true;
    return known === undefined || !known.credential.clientSecret.equals(first.credential.clientSecret);
  }

  async #runStage(action: StageAction) {
    const stage = stageOf(action);
    if (!this.#allowed.includes(stage)) throw new RotationError("INTERNAL", `${stage} has no place in this step`);
    const { clock, log } = this.#invocation;
    const started = clock.monotonic();
    const note = (outcome: string) => {
      const ms = Math.round(clock.monotonic() - started);
      this.#report.stages.push({ stage, outcome, ms });
      log.info("stage", { stage, outcome, ms });
    };
    try {
      const effect = await act(this.#invocation, this.#memory, this.#look?.observation ?? null, action);
      note(effect.outcome);
      return effect;
    } catch (thrown) {
      note(asRotationError(thrown).code);
      throw thrown;
    }
  }
}

/**
 * Observe, decide, act, until the step, the whole rotation or the heal is done.
 * @param report filled while it runs, so that it is complete when this throws
 * @throws RotationError what ended the call
 */
export function run(invocation: Invocation, task: Task, report: RunReport): Promise<Outcome> {
  return new Run(invocation, task, report).toTheEnd();
}
