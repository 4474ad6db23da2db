import { type ErrorCode, RotationError } from "../../base/errors.ts";
import type { SecretStore } from "../../clients/vault/store.ts";
import type { Action } from "../decide/decide.ts";
import type { Invocation } from "../invocation.ts";
import { createMemory, type Memory } from "../memory.ts";
import { claimSeen, type Lock, leaseSeen } from "../observe/locks.ts";
import type { Observation } from "../observe/observe.ts";
import { graceEndsAt, isCallerChosen } from "../observe/view-caller.ts";
import { findWayBack } from "../observe/way-back.ts";
import { runStage } from "../pipeline.ts";
import { type Look, planOf, type Task } from "../task.ts";
import { nextText, type SeenVersion, type StateName, stateOf } from "./plan-text.ts";
import { askTheRest, previousOf, seenOf } from "./planning-seen.ts";

/** What the task would do next, had it been started now, and why. */
export interface Planned {
  readonly state: StateName;
  /** The action that `decide` comes to. Where it changes nothing (`wait`, `done`, `fail`), nothing is planned. */
  readonly action: Action;
  readonly changes: boolean;
  /** The action in words. */
  readonly next: string;
  /** The words of the decide table's rule. */
  readonly why: string;
  /** Its row; null where no table is asked. */
  readonly row: string | null;
  /** What an operator does where nothing happens by itself; null elsewhere. */
  readonly nextAction: string | null;
  readonly current: SeenVersion | null;
  readonly pending: SeenVersion | null;
  /** PREVIOUS where the issuer keeps two values at once, and holds another value than CURRENT. */
  readonly previous: SeenVersion | null;
  /** When the grace of `previous` is over, in milliseconds since the epoch; null: the issuer itself ends it, or nobody knows yet. */
  readonly graceEndsAt: number | null;
  readonly claim: ReturnType<typeof claimSeen>;
  readonly lease: Lock | null;
  /** The look that this rests on; null while Vault does not list the versions. */
  readonly observation: Observation | null;
  /** What was learnt on the way: contents, metadata, tags. */
  readonly memory: Memory;
}

/** These ask, and change nothing but what this call knows. */
const ASKING: readonly Action["kind"][] = [
  "log-in-current",
  "log-in-pending",
  "log-in-hand",
  "read-others",
  "read-back",
  "take",
  "drop",
];
const CHANGING: readonly Action["kind"][] = [
  ...(["prepare", "claim", "mint", "generate", "install", "store", "promote"] as const),
  ...(["retire", "take-lease", "note-current", "note-no-grace", "try-pending", "note-pending"] as const),
];
/** Every stored version may be asked about once; more is a defect. */
const MOST_TURNS = 200;
/** Looks that a passing state of Vault, or a stray refusal of CURRENT, is given. */
const MOST_LOOKS = 4;
const LOOK_AGAIN_MS = 1_000;

const NO_WRITE = () => Promise.reject(new RotationError("INTERNAL", "a plan would have written"));

/** Reads alone; whoever would write has a defect, and nothing is sent. */
function readOnly(store: SecretStore): SecretStore {
  return {
    readSecret: () => store.readSecret(),
    listVersions: () => store.listVersions(),
    readVersion: (versionNo) => store.readVersion(versionNo),
    readCurrentText: () => store.readCurrentText(),
    writeVersion: NO_WRITE,
    promote: NO_WRITE,
    writeNotes: NO_WRITE,
    cancelVersionDeletion: NO_WRITE,
    scheduleVersionDeletion: NO_WRITE,
  };
}

/** One refusal of CURRENT may be a slip: then, and while Vault is between two states, it is worth looking once more. */
function isWorthAnotherLook(action: Action, memory: Memory): boolean {
  if (action.kind !== "wait") return false;
  return action.until === "active" || (action.until === "verdict" && memory.dead?.looks === 1);
}

/** What ends the run before it has changed anything, as its last action. Vault's own refusals are no plan: nothing could be looked at. */
function asFailure(thrown: unknown): Action {
  if (!(thrown instanceof RotationError) || thrown.code === "INTERNAL" || isOfVault(thrown.code)) throw thrown;
  return { kind: "fail", code: thrown.code, what: thrown.message, nextAction: thrown.nextAction };
}

const isOfVault = (code: ErrorCode) => code.startsWith("VAULT_") || code === "SECRET_NOT_FOUND";

/** Why the issuer's verdict is not known; null: nobody said why. */
function troubleOf(memory: Memory): { readonly error: RotationError; readonly final: boolean } | null {
  for (const { login } of memory.logins.values()) if (login.verdict === "unknown") return login;
  return null;
}

/** Where the run would come to, and the rule that led there. */
interface Decided {
  readonly look: Look;
  readonly action: Action;
  readonly rule: ReturnType<Look["explain"]>;
}

/** These bring a value that is then in hand: why it is to be stored is why it was looked for. */
const FINDING: readonly Action["kind"][] = ["read-back", "take"];

async function toChange(invocation: Invocation, memory: Memory, task: Task): Promise<Decided> {
  const plan = planOf(task);
  let look = await plan(invocation, memory, null);
  let looks = 1;
  let found: Decided["rule"] = null;
  for (let turns = 0; turns < MOST_TURNS; turns++) {
    const action = look.decide();
    const rule = look.explain();
    if (isWorthAnotherLook(action, memory) && looks < MOST_LOOKS && invocation.budget.remaining() > LOOK_AGAIN_MS) {
      await invocation.clock.sleep(LOOK_AGAIN_MS);
      look = await plan(invocation, memory, look.observation);
      looks += 1;
      continue;
    }
    if (!ASKING.includes(action.kind)) return { look, action, rule: memory.hand === null ? rule : (found ?? rule) };
    if (FINDING.includes(action.kind)) found = rule;
    if (action.kind === "drop") memory.hand = null;
    else if (action.kind !== "wait" && action.kind !== "done" && action.kind !== "fail") {
      try {
        const { next, isRetry = false } = await runStage(invocation, memory, look.observation, action);
        // Reading back was left without an answer, or it is too early for one: asking again is the run's affair.
        if (isRetry) return { look, action: { kind: "wait", until: "verdict" }, rule };
        if (next !== "decide") look = await plan(invocation, memory, look.observation);
      } catch (thrown) {
        return { look, action: asFailure(thrown), rule };
      }
    }
  }
  throw new RotationError("INTERNAL", "the plan did not come to an end");
}

/** Going back is no matter of the tables: PREVIOUS logs in, or it does not. */
async function wayBackOf(invocation: Invocation): Promise<Action> {
  try {
    return { kind: "promote", versionNo: (await findWayBack(invocation)).versionNo };
  } catch (thrown) {
    return asFailure(thrown);
  }
}

/** What may be planned: a task, or going back to PREVIOUS. */
export type Plannable = Task | { readonly name: "ROLLBACK" };

/**
 * Observes and decides as the run of this task would, up to the first action that changes something; sends nothing but GET and token
 * requests.
 * @param invocation of this look alone, as of any call
 * @throws RotationError as the run would before it changes anything: Vault refuses, or CURRENT's content cannot be understood
 */
export async function planNext(invocation: Invocation, asked: Plannable): Promise<Planned> {
  const reading: Invocation = {
    ...invocation,
    clients: { ...invocation.clients, vault: readOnly(invocation.clients.vault) },
  };
  if (asked.name !== "ROLLBACK") return planTask(reading, asked);
  const planned = await planTask(reading, { name: "HEAL" });
  const action = await wayBackOf(reading);
  const failure = action.kind === "fail" ? action : null;
  return {
    ...planned,
    action,
    changes: failure === null,
    next: nextText(action, { isCallerChosen: false, pendingNo: null, previousNo: null }),
    why: failure?.what ?? "the issuer accepts PREVIOUS",
    row: null,
    nextAction: failure?.nextAction ?? null,
  };
}

async function planTask(reading: Invocation, task: Task): Promise<Planned> {
  const memory = createMemory(null, "isCompromised" in task && task.isCompromised);
  const { look, action: decided, rule } = await toChange(reading, memory, task);
  const trouble = decided.kind === "wait" && decided.until === "verdict" ? troubleOf(memory) : null;
  // Asking again cannot change it: the run would end with it.
  const action = trouble?.final === true ? asFailure(trouble.error) : decided;
  const { observation } = look;
  if (observation !== null) await askTheRest(reading, memory, observation);
  const seen = observation === null ? null : seenOf(reading, memory, observation);
  return {
    state: stateOf(action, seen),
    action,
    changes: CHANGING.includes(action.kind),
    next: nextText(action, {
      isCallerChosen: observation !== null && isCallerChosen(memory, observation),
      pendingNo: observation?.pending?.versionNo ?? null,
      previousNo: observation?.previous?.versionNo ?? null,
    }),
    why:
      action.kind === "fail"
        ? action.what
        : (trouble?.error.message ?? rule?.state ?? "the issuer keeps one value alone"),
    row: rule?.row ?? null,
    nextAction:
      action.kind === "fail" ? new RotationError(action.code, action.what, action.nextAction).nextAction : null,
    current: seen?.current ?? null,
    pending: seen?.pending ?? null,
    previous: observation === null ? null : previousOf(reading, memory, observation),
    graceEndsAt: observation === null ? null : graceEndsAt(reading, memory, observation),
    claim: observation === null ? null : claimSeen(reading, memory, observation),
    lease: observation === null ? null : leaseSeen(reading, memory, observation),
    observation,
    memory,
  };
}
