import { type ErrorCode, RotationError } from "../../base/errors.ts";
import type { SecretStore } from "../../clients/vault/store.ts";
import { type Attempt, createAttempt } from "../attempt/attempt.ts";
import type { AttemptRead } from "../attempt/read.ts";
import type { Context } from "../context.ts";
import type { Decision } from "../decide/decide.ts";
import { claimSeen, type Lock, leaseSeen } from "../observe/locks.ts";
import type { Observed, Snapshot } from "../observe/observe.ts";
import { graceEndsAt, isCallerChosen } from "../observe/overlap.ts";
import { usable } from "../observe/values.ts";
import { findWayBack } from "../observe/way-back.ts";
import { runStage } from "../pipeline.ts";
import type { Rotation } from "../rotation.ts";
import { inspect } from "../stages/fetch-token.ts";
import { endsUnstored, type LookResult, observerOf, type Task } from "../task.ts";
import { nextText, type StateName, stateNameOf, type VersionVerdict } from "./plan-text.ts";
import { askTheRest, previousVerdict, summaryOf } from "./planning-seen.ts";

/** What the task would do next if it started now, and why. */
export interface Planned {
  readonly state: StateName;
  /** The decision of the table. If it changes nothing (`wait`, `done`, `fail`), nothing is planned. */
  readonly decision: Decision;
  readonly changes: boolean;
  /** The action in words. */
  readonly next: string;
  /** The words of the decide table's rule. */
  readonly why: string;
  /** Its id, as in docs/decide.md; null if the table is not asked. */
  readonly row: string | null;
  /** What an operator must do if nothing happens by itself; otherwise null. */
  readonly nextAction: string | null;
  readonly current: VersionVerdict | null;
  readonly pending: VersionVerdict | null;
  /** PREVIOUS if the issuer keeps two values at once and PREVIOUS holds another value than CURRENT. */
  readonly previous: VersionVerdict | null;
  /**
   * When the grace of `previous` is over, in milliseconds since the epoch; null: the issuer itself ends it, or it is
   * not known yet.
   */
  readonly graceEndsAt: number | null;
  readonly claim: ReturnType<typeof claimSeen>;
  readonly lease: Lock | null;
  /** The snapshot behind this plan; null while Vault does not list the versions. */
  readonly snapshot: Snapshot | null;
  /** The attempt with what was learnt: contents, metadata, tags. */
  readonly attempt: Attempt;
}

/** Decisions that only ask, and change nothing but what this call knows. */
const ASKING: readonly Decision["kind"][] = [
  "log-in-current",
  "log-in-pending",
  "log-in-unsaved",
  "read-others",
  "read-back",
  "copy",
  "drop",
];
const CHANGING: readonly Decision["kind"][] = [
  ...(["prepare", "claim", "mint", "generate", "install", "store", "promote"] as const),
  ...(["retire", "keep-alone", "take-lease", "note-current", "note-no-grace", "try-pending", "note-pending"] as const),
];
/** Each stored version may be asked about once. More is a defect. */
const MAX_TURNS = 200;
/** The number of looks granted to a passing state of Vault or a spurious refusal of CURRENT. */
const MAX_LOOKS = 4;
const LOOK_AGAIN_MS = 1_000;

const NO_WRITE = () => Promise.reject(new RotationError("INTERNAL", "a plan would have written"));

/** A store that only reads. A write is a defect and is not sent. */
function readOnly(store: SecretStore): SecretStore {
  return {
    updating: store.updating,
    readSecret: () => store.readSecret(),
    listVersions: () => store.listVersions(),
    readVersion: (versionNo) => store.readVersion(versionNo),
    readCurrentText: () => store.readCurrentText(),
    writeVersion: NO_WRITE,
    promote: NO_WRITE,
    writeAnnotations: NO_WRITE,
    cancelVersionDeletion: NO_WRITE,
    scheduleVersionDeletion: NO_WRITE,
  };
}

/** One refusal of CURRENT can be spurious, and Vault may be between two states. Both are worth another look. */
function isWorthAnotherLook(decision: Decision, attempt: Attempt): boolean {
  if (decision.kind !== "wait") return false;
  return decision.until === "active" || (decision.until === "verdict" && attempt.read.currentRefusal?.looks === 1);
}

/**
 * The error that would end the run before any change, as its last decision. Vault's own refusals are thrown: without
 * Vault there is nothing to plan from.
 */
function asFailure(thrown: unknown): Decision {
  if (!(thrown instanceof RotationError) || thrown.code === "INTERNAL" || isOfVault(thrown.code)) throw thrown;
  return { kind: "fail", code: thrown.code, what: thrown.message, nextAction: thrown.nextAction };
}

const isOfVault = (code: ErrorCode) => code.startsWith("VAULT_") || code === "SECRET_NOT_FOUND";

/** Why the issuer's verdict is not known; null: no reason was given. */
function troubleOf(read: AttemptRead): { readonly error: RotationError; readonly final: boolean } | null {
  for (const { login } of read.logins.values()) if (login.verdict === "unknown") return login;
  return null;
}

/** The decision that the run would reach, and the rule behind it. */
interface Decided {
  readonly look: LookResult;
  readonly decision: Decision;
  readonly rule: ReturnType<LookResult["explain"]>;
}

/** Decisions that find a value, which is then unsaved. The reason for the search is also the reason to store it. */
const FINDING: readonly Decision["kind"][] = ["read-back", "copy"];

/** What is in the way at the issuer is found before the run changes anything, so a plan names it too. */
async function afterInspection(rotation: Observed, decision: Decision): Promise<Decision> {
  const { attempt, snapshot } = rotation;
  try {
    await inspect(rotation, usable(attempt.read, snapshot.current.versionNo).credential);
    return decision;
  } catch (thrown) {
    return asFailure(thrown);
  }
}

async function toChange(rotation: Rotation, task: Task): Promise<Decided> {
  const { context, attempt } = rotation;
  const observer = observerOf(task);
  let look = await observer(rotation, null);
  let looks = 1;
  let found: Decided["rule"] = null;
  for (let turns = 0; turns < MAX_TURNS; turns++) {
    const decision = look.decide();
    const rule = look.explain();
    if (isWorthAnotherLook(decision, attempt) && looks < MAX_LOOKS && context.budget.remaining() > LOOK_AGAIN_MS) {
      await context.clock.sleep(LOOK_AGAIN_MS);
      look = await observer(rotation, look.snapshot);
      looks += 1;
      continue;
    }
    if (!ASKING.includes(decision.kind)) {
      const ended = { look, decision, rule: attempt.unsaved === null ? rule : (found ?? rule) };
      return decision.kind === "prepare" && look.snapshot !== null
        ? { ...ended, decision: await afterInspection({ ...rotation, snapshot: look.snapshot }, decision) }
        : ended;
    }
    if (FINDING.includes(decision.kind)) found = rule;
    if (decision.kind === "drop") attempt.unsaved = null;
    else if (decision.kind !== "wait" && decision.kind !== "done" && decision.kind !== "fail") {
      try {
        const { next, isRetry = false } = await runStage({ ...rotation, snapshot: look.snapshot }, decision);
        // The read-back was not answered, or was too early. The run itself would ask again.
        if (isRetry) return { look, decision: { kind: "wait", until: "verdict" }, rule };
        if (next !== "decide") look = await observer(rotation, look.snapshot);
      } catch (thrown) {
        return { look, decision: asFailure(thrown), rule };
      }
    }
  }
  throw new RotationError("INTERNAL", "the plan did not come to an end");
}

/** A rollback does not use the tables: PREVIOUS logs in, or it does not. */
async function wayBackOf(context: Context): Promise<Decision> {
  try {
    return { kind: "promote", versionNo: (await findWayBack(context)).versionNo };
  } catch (thrown) {
    return asFailure(thrown);
  }
}

/** What can be planned: a task, or a rollback to PREVIOUS. */
export type Plannable = Task | { readonly name: "ROLLBACK" };

/**
 * Observes and decides as a run of this task would, up to the first action that changes something. Sends only GETs and
 * token requests.
 * @param context of this look only, as of any call
 * @throws RotationError as the run would before any change: Vault refuses, or CURRENT's content cannot be understood
 */
export async function planNext(context: Context, asked: Plannable): Promise<Planned> {
  const reading: Context = {
    ...context,
    clients: { ...context.clients, vault: readOnly(context.clients.vault) },
  };
  if (asked.name !== "ROLLBACK") return planTask(reading, asked);
  const planned = await planTask(reading, { name: "HEAL" });
  const decision = await wayBackOf(reading);
  const failure = decision.kind === "fail" ? decision : null;
  return {
    ...planned,
    decision,
    changes: failure === null,
    next: nextText(decision, { isCallerChosen: false, pendingNo: null, previousNo: null }),
    why: failure?.what ?? "the issuer accepts PREVIOUS",
    row: null,
    nextAction: failure?.nextAction ?? null,
  };
}

async function planTask(reading: Context, task: Task): Promise<Planned> {
  const attempt = createAttempt(null, "isCompromised" in task && task.isCompromised, false, endsUnstored(task));
  const { look, decision: decided, rule } = await toChange({ context: reading, attempt }, task);
  const trouble = decided.kind === "wait" && decided.until === "verdict" ? troubleOf(attempt.read) : null;
  // Asking again cannot change this error: the run would end with it.
  const decision = trouble?.final === true ? asFailure(trouble.error) : decided;
  const { snapshot } = look;
  if (snapshot !== null) await askTheRest({ context: reading, attempt, snapshot });
  const seen = snapshot === null ? null : summaryOf({ context: reading, attempt, snapshot });
  return {
    state: stateNameOf(decision, seen),
    decision,
    changes: CHANGING.includes(decision.kind),
    next: nextText(decision, {
      isCallerChosen: snapshot !== null && isCallerChosen(attempt.read, snapshot),
      pendingNo: snapshot?.pending?.versionNo ?? null,
      previousNo: snapshot?.previous?.versionNo ?? null,
    }),
    why:
      decision.kind === "fail"
        ? decision.what
        : (trouble?.error.message ?? rule?.state ?? "the issuer keeps only one value"),
    row: rule?.id ?? null,
    nextAction:
      decision.kind === "fail" ? new RotationError(decision.code, decision.what, decision.nextAction).nextAction : null,
    current: seen?.current ?? null,
    pending: seen?.pending ?? null,
    previous: snapshot === null ? null : previousVerdict({ context: reading, attempt, snapshot }),
    graceEndsAt: snapshot === null ? null : graceEndsAt({ context: reading, attempt, snapshot }),
    claim: snapshot === null ? null : claimSeen({ context: reading, attempt, snapshot }),
    lease: snapshot === null ? null : leaseSeen({ context: reading, attempt, snapshot }),
    snapshot,
    attempt,
  };
}
