import { type BaseAnswer, failure } from "./answer.ts";
import { BUILD } from "./build.ts";
import { noteId } from "./call-secrets.ts";
import type { Clock } from "./clock.ts";
import type { Entropy } from "./entropy.ts";
import { asRotationError, RotationError } from "./errors.ts";
import { framesOf } from "./frames.ts";
import { masked, withNet } from "./last-net.ts";
import { createLog, type LastNet, type Log, type LogFields } from "./log.ts";

/** The platform's facts about one call; the FDK's context has these members. */
export interface CallContext {
  readonly callID: string | null;
  readonly deadline: Date | null;
}

/** The outside of a function, passed once per process by its entry or by a test. */
export interface FunctionSeams {
  readonly clock: Clock;
  readonly entropy: Entropy;
  /** The function's configuration: the process environment. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Takes one finished log line. */
  readonly write: (line: string) => void;
}

/** A call whose event and settings were parsed. */
export interface ReadCall<A> {
  /** Members of every log line of the call, besides its event. */
  readonly fields: LogFields;
  readonly logFullOcids: boolean;
  /** @throws RotationError, which becomes the answer */
  answer(log: Log): Promise<A>;
}

/** The parts that differ between functions. */
export interface FunctionParts<C extends CallContext, A extends BaseAnswer> {
  /** Parses event and settings, and sends nothing. @throws RotationError, which becomes the answer */
  read(body: Uint8Array, context: C): ReadCall<A>;
  /** Logs what ended a call; default: `logInternal`. */
  readonly logFailure?: (log: Log, thrown: unknown) => void;
}

const MAX_FRAMES = 8;

/** Where an unexpected error was thrown, without its text, which may hold anything. Empty for an expected one. */
export function internalFrames(thrown: unknown): readonly string[] {
  return asRotationError(thrown).code === "INTERNAL" ? framesOf(thrown).slice(0, MAX_FRAMES) : [];
}

/** Logs an unexpected error; an expected one is in the answer. */
export function logInternal(log: Log, thrown: unknown): void {
  if (asRotationError(thrown).code !== "INTERNAL") return;
  log.error("internal-error", {
    // Our own errors hold nothing but our own words.
    message: thrown instanceof RotationError ? thrown.message : null,
    type: thrown instanceof Error ? thrown.name : typeof thrown,
    frames: internalFrames(thrown),
  });
}

/**
 * A function: one event in, one answer out, with `call-started` and `call-ended` in the log. It never rejects and never resolves to null,
 * since the FDK logs and returns whatever a handler throws, and crashes on null.
 */
export function createFunction<C extends CallContext, A extends BaseAnswer>(
  { clock, entropy, write }: FunctionSeams,
  { read, logFailure = logInternal }: FunctionParts<C, A>,
): (body: Uint8Array, context: C) => Promise<A | BaseAnswer> {
  const handle = async (body: Uint8Array, context: C, net: LastNet): Promise<A | BaseAnswer> => {
    const started = clock.monotonic();
    const callId = context.callID ?? entropy.uuid();
    noteId(callId);
    // Until the settings are read, OCIDs are short.
    let log = createLog(write, clock, false, { callId }, net);
    const ended = (result: A | BaseAnswer): A | BaseAnswer => {
      const said = masked(net, log, result);
      const { responseCode, versionNo, returnMessage } = said;
      const ms = Math.round(clock.monotonic() - started);
      const fields = { outcome: returnMessage.split(":")[0], responseCode, versionNo, returnMessage, ms };
      if (responseCode === 200) log.info("call-ended", fields);
      else log.error("call-ended", fields);
      return said;
    };
    try {
      const { fields, logFullOcids, answer } = read(body, context);
      log = createLog(write, clock, logFullOcids, { callId, ...fields }, net);
      log.info("call-started", BUILD);
      return ended(await answer(log));
    } catch (thrown) {
      logFailure(log, thrown);
      return ended(failure(asRotationError(thrown)));
    }
  };
  return (body, context) => withNet((net) => handle(body, context, net));
}
