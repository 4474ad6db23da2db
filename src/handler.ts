import { check } from "./actions/check.ts";
import { rollback } from "./actions/rollback.ts";
import { createBudget } from "./budget.ts";
import type { Clock } from "./clock.ts";
import type { Entropy } from "./entropy.ts";
import { asRotationError, type RotationError } from "./errors.ts";
import { parseEvent, type RotationEvent } from "./event.ts";
import { createIssuerHttp } from "./http/issuer-http.ts";
import { createRateGate } from "./http/rate-gate.ts";
import { createTokenCache } from "./http/token-cache.ts";
import type { Transport } from "./http/transport.ts";
import type { Invocation } from "./invocation.ts";
import { openCredential } from "./issuers/index.ts";
import type { Verdict } from "./issuers/issuer.ts";
import { createLog, type Log } from "./log.ts";
import { type Outcome, type RunReport, run } from "./pipeline.ts";
import { parseSettings, type Settings } from "./settings.ts";
import type { StageReport } from "./stages/stage.ts";
import { createOciStore, type VaultAccess } from "./vault/oci-store.ts";

/** What the platform says of one call; the FDK's context has these members. */
export interface CallContext {
  readonly callID: string | null;
  readonly deadline: Date | null;
}

/** Out: always these three members. A whole rotation adds `stages` and `rotationId`, `check` adds `verdicts`. */
export interface Answer {
  readonly responseCode: number;
  /** `CODE: what happened. Next: what to do.` */
  readonly returnMessage: string;
  readonly versionNo: number | null;
  readonly stages?: readonly StageReport[];
  readonly rotationId?: string | null;
  readonly verdicts?: { readonly current: Verdict; readonly pending: Verdict | null };
}

/** The real clients and the seams, given once per process by func.ts, or by a test. */
export interface Dependencies {
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly transport: Transport;
  /** Made at the first call, so that a wrong configuration becomes an answer and not a crash at start. */
  readonly vaultAccess: (settings: Settings) => VaultAccess;
  /** The function's configuration: the process environment. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Takes one finished log line. */
  readonly write: (line: string) => void;
}

export type Handler = (body: Uint8Array, context: CallContext) => Promise<Answer>;

/** What happened, for whoever reads a success: Vault's work request, or an operator at a terminal. */
function successMessage(event: Exclude<RotationEvent, { kind: "action" }>, { code, versionNo }: Outcome): string {
  if (code === "ALREADY_ROTATED") return `version ${versionNo} is CURRENT already and logs in`;
  if (event.kind === "rotation") return `version ${versionNo} holds a new client secret, logs in and is CURRENT`;
  switch (event.step) {
    case "VERIFY_CONNECTION":
      return versionNo === null
        ? "the issuer refuses every client secret in Vault, and CREATE_PENDING_VERSION says whether a way back exists"
        : `the client secret of version ${versionNo} logs in`;
    case "CREATE_PENDING_VERSION":
      return `version ${versionNo} holds a new client secret and is PENDING`;
    case "UPDATE_TARGET_SYSTEM":
      return `the client secret of version ${versionNo} logs in`;
    case "PROMOTE_PENDING_VERSION":
      return `version ${versionNo} logs in and is CURRENT`;
  }
}

function failure(error: RotationError): Answer {
  return { responseCode: error.responseCode, returnMessage: error.returnMessage, versionNo: null };
}

async function runPipeline(invocation: Invocation, event: Exclude<RotationEvent, { kind: "action" }>): Promise<Answer> {
  const report: RunReport = { stages: [], rotationId: null };
  const further = event.kind === "rotation" ? report : {};
  try {
    const outcome = await run(invocation, event, report);
    const returnMessage = `${outcome.code}: ${successMessage(event, outcome)}. Next: nothing.`;
    return { responseCode: 200, returnMessage, versionNo: outcome.versionNo, ...further };
  } catch (thrown) {
    logUnexpected(invocation.log, thrown);
    return { ...failure(asRotationError(thrown)), ...further };
  }
}

async function runAction(invocation: Invocation, event: Extract<RotationEvent, { kind: "action" }>): Promise<Answer> {
  if (event.action === "rollback") {
    const versionNo = await rollback(invocation);
    return { responseCode: 200, returnMessage: "OK: PREVIOUS is CURRENT again. Next: nothing.", versionNo };
  }
  const { verdicts, versionNo, problem } = await check(invocation);
  if (problem !== null) return { ...failure(problem), versionNo, verdicts };
  return { responseCode: 200, returnMessage: "OK: the issuer accepts CURRENT. Next: nothing.", versionNo, verdicts };
}

/** Where an unexpected error came from, without its text: that may hold anything. */
function logUnexpected(log: Log, thrown: unknown): void {
  if (asRotationError(thrown).code !== "INTERNAL") return;
  const frames = thrown instanceof Error ? (thrown.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line)) : [];
  log.error("internal-error", {
    type: thrown instanceof Error ? thrown.name : typeof thrown,
    frames: frames.slice(0, 8).map((line) => line.trim()),
  });
}

/**
 * The function: one event in, one answer out. It never rejects and never resolves to null, since the FDK logs and returns whatever a
 * handler throws, and crashes on null.
 */
export function createHandler(dependencies: Dependencies): Handler {
  const { clock, entropy, transport } = dependencies;
  const gate = createRateGate(clock);
  const tokens = createTokenCache(clock);

  const invoke = (event: RotationEvent, settings: Settings, context: CallContext, log: Log): Promise<Answer> => {
    const budget = createBudget(clock, context.deadline, {
      budgetMs: settings.budgetSeconds * 1000,
      marginMs: settings.deadlineMarginSeconds * 1000,
      callTimeoutMs: settings.callTimeoutSeconds * 1000,
    });
    const http = createIssuerHttp(transport, gate, budget, { ratePauseMs: settings.ratePauseSeconds * 1000 }, clock);
    const { secretId } = event;
    const invocation: Invocation = {
      secretId,
      settings,
      clock,
      entropy,
      budget,
      log,
      tokens,
      store: createOciStore(dependencies.vaultAccess(settings), secretId, { clock, entropy, budget }),
      open: (content) => openCredential(content, { http, clock }, settings.issuerOrigins),
    };
    return event.kind === "action" ? runAction(invocation, event) : runPipeline(invocation, event);
  };

  return async (body, context) => {
    const started = clock.monotonic();
    const callId = context.callID ?? entropy.uuid();
    let log = createLog(dependencies.write, clock, false, { callId });
    try {
      const settings = parseSettings(dependencies.environment);
      log = createLog(dependencies.write, clock, settings.logFullOcids, { callId });
      const event = parseEvent(body);
      log = log.with({
        step: event.kind === "step" ? event.step : event.kind === "action" ? event.action : "ROTATION",
        secretId: event.secretId,
      });
      log.info("call-started");
      const answer = await invoke(event, settings, context, log);
      const { responseCode, versionNo, returnMessage } = answer;
      log.info("call-ended", {
        outcome: returnMessage.split(":")[0],
        responseCode,
        versionNo,
        returnMessage,
        ms: Math.round(clock.monotonic() - started),
      });
      return answer;
    } catch (thrown) {
      const error = asRotationError(thrown);
      logUnexpected(log, thrown);
      log.error("call-ended", {
        outcome: error.code,
        responseCode: error.responseCode,
        returnMessage: error.returnMessage,
        ms: Math.round(clock.monotonic() - started),
      });
      return failure(error);
    }
  };
}
