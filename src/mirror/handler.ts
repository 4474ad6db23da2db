import { type BaseAnswer, failure, success } from "../base/answer.ts";
import { noteId } from "../base/call-secrets.ts";
import { asRotationError } from "../base/errors.ts";
import { framesOf } from "../base/frames.ts";
import { masked, withNet } from "../base/last-net.ts";
import type { LastNet } from "../base/log.ts";
import { createLog, type Log } from "../base/log.ts";
import { requireNoNetworkDebug } from "../base/node-debug.ts";
import { shownCode } from "../base/server-codes.ts";
import { readProxyRules } from "../clients/http/proxy.ts";
import { createRegistration, registerMissing, removeOwn } from "./callbacks.ts";
import { type BegunCall, createMirrorCalls, type MirrorSeams } from "./calls.ts";
import { certificateWarning } from "./certificates.ts";
import { type MirrorEvent, parseMirrorEvent } from "./event.ts";
import { aboutCallbacks, type MirrorOutcome, mirror } from "./run.ts";
import { parseMirrorSettings } from "./settings.ts";

/** What the platform says of one call; the FDK's context has these members. */
export interface MirrorContext {
  readonly callID: string | null;
  readonly deadline: Date | null;
  readonly headers: Readonly<Record<string, readonly string[]>>;
}

export interface MirrorDependencies extends MirrorSeams {
  /** The function's configuration: the process environment. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Takes one finished log line. */
  readonly write: (line: string) => void;
}

/** `endpoints`: the callbacks that the Credential Exchange lists; of those that are not in the settings only how long they are. */
export type MirrorAnswer = BaseAnswer & { readonly endpoints?: readonly string[] };

export type MirrorHandler = (body: Uint8Array, context: MirrorContext) => Promise<MirrorAnswer>;

/** Whoever sends a hint hears this, whatever became of it. */
const RECEIVED = success("OK", "received", null);

function answerTo(outcome: MirrorOutcome, { call }: BegunCall): MirrorAnswer {
  if (outcome.kind === "covered") {
    return success("NOTHING_TO_DO", "another call fetches after this one was sent", null);
  }
  if (outcome.kind === "too-early") {
    const what = `the next fetch may begin in ${outcome.seconds} s, after the end of this call`;
    return success("NOTHING_TO_DO", what, null, "nothing: the schedule fetches");
  }
  const { versionNo, kind, wallets, unregistered } = outcome;
  const what =
    kind === "stored"
      ? `version ${versionNo} of the manifest names the new set`
      : `version ${versionNo} of the manifest names what the Credential Exchange holds`;
  const certificates = certificateWarning(wallets, call.clock.now(), call.settings.certificateWarnDays);
  const warnings: { readonly what: string; readonly next: string }[] = [];
  if (certificates !== null) {
    call.log.warn("certificate-ends", { what: certificates });
    const next = "see to it that Oracle rotates the wallet before then, and open a service request if it does not";
    warnings.push({ what: certificates, next });
  }
  if (unregistered !== null) {
    const { message, nextAction } = unregistered;
    warnings.push({ what: `the callbacks are not registered: ${message}`, next: nextAction });
  }
  const told = [what, ...warnings.map((warning) => `warning: ${warning.what}`)].join("; ");
  const next = warnings.length === 0 ? "nothing" : warnings.map((warning) => warning.next).join("; ");
  return success(kind === "stored" ? "OK" : "NOTHING_TO_DO", told, versionNo, next);
}

/** An unexpected error's origin, without its text: that may hold anything. */
function logFailure(log: Log, thrown: unknown): void {
  const error = asRotationError(thrown);
  const frames = error.code === "INTERNAL" ? framesOf(thrown) : [];
  log.error("call-failed", {
    returnMessage: error.returnMessage,
    ...(frames.length === 0 ? {} : { frames: frames.slice(0, 8) }),
  });
}

/**
 * The mirror's function: one event in, one answer out. It never rejects and never resolves to null, since the FDK logs and returns whatever a
 * handler throws, and crashes on null.
 */
export function createMirrorHandler(dependencies: MirrorDependencies): MirrorHandler {
  const { clock, entropy, environment } = dependencies;
  const begin = createMirrorCalls(dependencies);
  const registration = createRegistration();

  const answer = async (event: MirrorEvent, begun: BegunCall): Promise<MirrorAnswer> => {
    const { call } = begun;
    const action = event.kind === "hint" ? "mirror" : event.action;
    switch (action) {
      case "mirror":
        return answerTo(await mirror(begun, registration), begun);
      case "register": {
        const { length } = await aboutCallbacks(begun, () => registerMissing(call));
        return success(length === 0 ? "NOTHING_TO_DO" : "OK", `${length} callbacks were registered anew`, null);
      }
      case "unregister": {
        const { length } = await aboutCallbacks(begun, () => removeOwn(call));
        const next = "unset OROT_MIRROR_CALLBACK_URL, else the next start registers them again";
        return success(length === 0 ? "NOTHING_TO_DO" : "OK", `${length} callbacks were removed`, null, next);
      }
      case "callbacks": {
        const listed = await aboutCallbacks(begun, () => call.ces.listCallbacks());
        const endpoints = listed.map((url) => shownCode(url, new Set(call.settings.callbackUrls), "an endpoint"));
        return { ...success("OK", `${endpoints.length} callbacks are registered`, null), endpoints };
      }
    }
  };

  const handle = async (body: Uint8Array, context: MirrorContext, net: LastNet): Promise<MirrorAnswer> => {
    const started = clock.monotonic();
    const callId = context.callID ?? entropy.uuid();
    noteId(callId);
    let log = createLog(dependencies.write, clock, false, { callId }, net);
    let isHint = false;
    const ended = (result: MirrorAnswer): MirrorAnswer => {
      const said = masked(net, log, result);
      const { responseCode, returnMessage, versionNo } = said;
      const ms = Math.round(clock.monotonic() - started);
      const fields = { outcome: returnMessage.split(":")[0], responseCode, versionNo, returnMessage, ms };
      if (responseCode === 200) log.info("call-ended", fields);
      else log.error("call-ended", fields);
      return isHint ? RECEIVED : said;
    };
    try {
      const event = parseMirrorEvent(body, context.headers);
      isHint = event.kind === "hint";
      requireNoNetworkDebug(environment);
      readProxyRules(environment);
      const settings = parseMirrorSettings(environment);
      log = createLog(dependencies.write, clock, settings.core.logFullOcids, { callId }, net).with({
        step: event.kind === "hint" ? "HINT" : event.action.toUpperCase(),
      });
      log.info("call-started");
      return ended(await answer(event, await begin(settings, context.deadline, log)));
    } catch (thrown) {
      logFailure(log, thrown);
      return ended(failure(asRotationError(thrown)));
    }
  };

  return (body, context) => withNet((net) => handle(body, context, net));
}
