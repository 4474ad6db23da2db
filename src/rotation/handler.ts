import { failure, success } from "../base/answer.ts";
import { noteId } from "../base/call-secrets.ts";
import { asRotationError } from "../base/errors.ts";
import { type CallContext, createFunction, type FunctionSeams, logInternal } from "../base/function.ts";
import type { Log } from "../base/log.ts";
import { requireNoNetworkDebug } from "../base/node-debug.ts";
import { parseSettings, type Settings } from "../base/settings/settings.ts";
import type { Step, Tally } from "../base/tally.ts";
import { PROXY_VARIABLES, readProxyRules } from "../clients/http/proxy.ts";
import { acknowledgeVersion, listSubscribers, removeSubscriber } from "../notify/subscribers.ts";
import { check } from "./actions/check.ts";
import type { ClientTurns } from "./actions/client-turns.ts";
import { healAll } from "./actions/heal-all.ts";
import type { ManyContext } from "./actions/many.ts";
import { rollback } from "./actions/rollback.ts";
import { rotateDue } from "./actions/rotate-due.ts";
import { subscribe } from "./actions/subscription.ts";
import { testNotification } from "./actions/test-notification.ts";
import { type Answer, answerOf } from "./answer.ts";
import { type BeginCall, createCalls, type RotationSeams } from "./calls.ts";
import type { Context } from "./context.ts";
import { parseEvent, type RotationEvent } from "./event.ts";
import { measured, noteRun } from "./measured.ts";
import { requireSubject } from "./own-secrets.ts";
import { createPacer, type Pacer } from "./pace/pacer.ts";
import { type RunReport, run } from "./pipeline.ts";
import { createProcessMemory } from "./process-memory.ts";
import type { Task } from "./task.ts";

export type { CallContext } from "../base/function.ts";
export type { Answer } from "./answer.ts";

/** The clients and seams of a process, given once by func.ts or by a test. */
export interface Dependencies extends FunctionSeams, RotationSeams {
  /** For a process that has calls of several secrets under way. The platform sends one call at a time. */
  readonly clientTurns?: Pick<ClientTurns, "taking">;
}

export interface PlatformContext extends CallContext {
  /** Called as each stage ends; the platform does not set it. */
  readonly onStage?: Context["onStage"];
}

export type Handler = (body: Uint8Array, platform: PlatformContext) => Promise<Answer>;

function taskOf(event: Exclude<RotationEvent, { kind: "heal-all" | "rotate-due" | "action" | "subscription" }>): Task {
  if (event.kind === "rotation") return { name: "ROTATION", isCompromised: event.isCompromised };
  if (event.step === "UPDATE_TARGET_SYSTEM") return { name: event.step, versionNo: event.versionNo };
  return event.step === "PROMOTE_PENDING_VERSION"
    ? { name: event.step, versionNo: event.versionNo }
    : { name: event.step };
}

function nameOf(event: RotationEvent): Step {
  if (event.kind === "step") return event.step;
  if (event.kind === "action" || event.kind === "subscription") {
    return event.action.toUpperCase() as Uppercase<typeof event.action>;
  }
  if (event.kind === "rotate-due") return "ROTATE_DUE";
  return event.kind === "rotation" ? "ROTATION" : "HEAL";
}

/** A heal of many is a sign that the schedule works only if the schedule has sent it. */
function stepOf(event: RotationEvent): Step {
  if (event.kind !== "heal-all") return nameOf(event);
  if (event.by === undefined) return "HEAL_ALL";
  return `HEAL_ALL_BY_${event.by.toUpperCase() as Uppercase<typeof event.by>}`;
}

async function runPipeline(context: Context, task: Task): Promise<Answer> {
  const report: RunReport = { stages: [], rotationId: null };
  const further = task.name === "ROTATION" ? report : {};
  try {
    const outcome = await run(context, task, report);
    noteRun(context.tally, task.name, outcome.code);
    return { ...answerOf(task, outcome), ...further };
  } catch (thrown) {
    logInternal(context.log, thrown);
    const error = asRotationError(thrown);
    noteRun(context.tally, task.name, error.code);
    return { ...failure(error), ...further };
  }
}

type Subscription = Extract<RotationEvent, { kind: "subscription" }>;

async function runSubscription(context: Context, event: Subscription): Promise<Answer> {
  const { action, endpoint } = event;
  if (action === "acknowledge") {
    const { versionNo } = event;
    return (await acknowledgeVersion(context, endpoint, versionNo))
      ? success("OK", `the endpoint has version ${versionNo}`, versionNo)
      : success("NOTHING_TO_DO", "the endpoint has acknowledged this version, or a later one, before", versionNo);
  }
  if (action === "subscribe") {
    return (await subscribe(context, endpoint, event.noticeBeforeMs ?? null))
      ? success("OK", "the endpoint is registered", null)
      : success("NOTHING_TO_DO", "the endpoint was registered before", null);
  }
  return (await removeSubscriber(context, endpoint))
    ? success("OK", "the endpoint is removed", null)
    : success("NOTHING_TO_DO", "the endpoint is not registered", null);
}

async function runTest(context: Context): Promise<Answer> {
  const deliveries = await testNotification(context);
  const reached = deliveries.filter(({ outcome }) => outcome === "delivered").length;
  const what = `${reached} of ${deliveries.length} were reached`;
  const next = reached === deliveries.length ? "nothing" : "look at those that were not, and at the function's log";
  return { ...success("OK", what, null, next), deliveries };
}

type Asked = Exclude<Extract<RotationEvent, { kind: "action" }>["action"], "heal" | "retire">;

async function runAction(context: Context, action: Asked): Promise<Answer> {
  if (action === "test-notification") return runTest(context);
  if (action === "subscribers") {
    const endpoints = await listSubscribers(context);
    return { ...success("OK", `the secret has ${endpoints.length} subscribers`, null), endpoints };
  }
  if (action === "rollback") return success("OK", "PREVIOUS is CURRENT again", await rollback(context));
  const { verdicts, versionNo, warning, problem } = await check(context);
  if (problem !== null) return { ...failure(problem), versionNo, verdicts };
  const what = "the issuer accepts CURRENT";
  const ok =
    warning === null
      ? success("OK", what, versionNo)
      : success("OK", `${what}; warning: ${warning}`, versionNo, "run heal");
  return { ...ok, verdicts };
}

/** The configuration does not change while a process lives. It is parsed again only if it does, as in a test. */
const knownSettings = new WeakMap<Dependencies["environment"], { readonly key: string; readonly settings: Settings }>();

function rememberSettings(environment: Dependencies["environment"]): () => Settings {
  const isOurs = (name: string) => name.startsWith("OROT_") || PROXY_VARIABLES.some((variable) => variable === name);
  return () => {
    const key = JSON.stringify(Object.entries(environment).filter(([name]) => isOurs(name)));
    const known = knownSettings.get(environment);
    if (known?.key === key) return known.settings;
    // The transport reads them too. Wrong rules must become an answer before any request is sent.
    readProxyRules(environment);
    const settings = parseSettings(environment);
    knownSettings.set(environment, { key, settings });
    return settings;
  };
}

interface Paced {
  readonly settings: Settings;
  readonly pacer: Pacer;
  readonly begin: BeginCall;
}

/** Calls whose rotations wait for their issuer's room. One call's requests count in the next one's. */
function rememberPaced(seams: RotationSeams): (settings: Settings) => Paced {
  let known: Paced | null = null;
  return (settings) => {
    if (known?.settings === settings) return known;
    const { clock, transport } = seams;
    const pauseMs = settings.ratePauseSeconds * 1000;
    const pacer = createPacer({ clock, transport, perMinute: null, pauseMs, signal: new AbortController().signal });
    known = { settings, pacer, begin: createCalls({ ...seams, transport: pacer.transport }) };
    return known;
  };
}

/** The function that rotates. */
export function createHandler(dependencies: Dependencies): Handler {
  const { clock, entropy, environment } = dependencies;
  const seams = { ...dependencies, memory: dependencies.memory ?? createProcessMemory(clock) };
  const begin = createCalls(seams);
  const pacedBy = rememberPaced(seams);
  const settingsNow = rememberSettings(environment);
  const measuring = { clock, vaultAccess: dependencies.vaultAccess };
  const functionId = () => environment["FN_FN_ID"] ?? null;

  const answer = async (
    event: RotationEvent,
    settings: Settings,
    platform: PlatformContext,
    log: Log,
    tally: Tally,
  ): Promise<Answer> => {
    const paced = event.kind === "rotate-due" ? pacedBy(settings) : null;
    if ("secretId" in event) requireSubject(settings, event.secretId);
    const { budget, directory, contextFor } = await (paced?.begin ?? begin)(
      settings,
      platform.deadline,
      platform.onStage,
      tally,
    );
    if (!("secretId" in event)) {
      const many: ManyContext = {
        settings,
        clock,
        budget,
        entropy,
        log,
        tally,
        directory,
        functionId: functionId(),
        contextFor: (secretId, share) => contextFor(secretId, log.with({ secretId }), share),
      };
      if (event.kind === "heal-all") return healAll(many, event.cursor ?? null);
      return rotateDue(many, event, (paced ?? pacedBy(settings)).pacer.run);
    }
    const alone = contextFor(event.secretId, log);
    const context = dependencies.clientTurns?.taking(alone) ?? alone;
    if (event.kind === "subscription") return runSubscription(context, event);
    if (event.kind !== "action") return runPipeline(context, taskOf(event));
    if (event.action === "heal") return runPipeline(context, { name: "HEAL" });
    if (event.action === "retire") {
      return runPipeline(context, event.endsUnstored ? { name: "RETIRE", endsUnstored: true } : { name: "RETIRE" });
    }
    return runAction(context, event.action);
  };

  return createFunction<PlatformContext, Answer>(dependencies, {
    read: (body, platform) => {
      requireNoNetworkDebug(environment);
      const settings = settingsNow();
      const event = parseEvent(body);
      const subject = "secretId" in event ? { secretId: event.secretId } : {};
      if ("secretId" in event) noteId(event.secretId);
      return {
        fields: { step: nameOf(event), ...subject },
        logFullOcids: settings.logFullOcids,
        answer: (log) =>
          measured(
            { ...measuring, settings, log, deadline: platform.deadline, functionId: functionId() },
            stepOf(event),
            (tally) => answer(event, settings, platform, log, tally),
          ),
      };
    },
  });
}
