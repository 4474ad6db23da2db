import { type BaseAnswer, success } from "../base/answer.ts";
import { asRotationError } from "../base/errors.ts";
import { type CallContext, createFunction, type FunctionSeams, internalFrames } from "../base/function.ts";
import type { Log } from "../base/log.ts";
import { requireNoNetworkDebug } from "../base/node-debug.ts";
import { shownCode } from "../base/server-codes.ts";
import { readProxyRules } from "../clients/http/proxy.ts";
import type { CallSeams } from "../clients/seams.ts";
import { createRegistration, registerMissing, removeOwn } from "./callbacks.ts";
import { type BegunCall, createMirrorCalls } from "./calls.ts";
import { certificateWarning } from "./certificates.ts";
import { isHint, type MirrorEvent, parseMirrorEvent } from "./event.ts";
import { aboutCallbacks, type MirrorOutcome, mirror } from "./run.ts";
import { parseMirrorSettings } from "./settings.ts";

export interface MirrorContext extends CallContext {
  readonly headers: Readonly<Record<string, readonly string[]>>;
}

export type MirrorDependencies = FunctionSeams & CallSeams;

/** `endpoints`: the callbacks that the Credential Exchange lists; of those that are not in the settings only how long they are. */
export type MirrorAnswer = BaseAnswer & { readonly endpoints?: readonly string[] };

export type MirrorHandler = (body: Uint8Array, context: MirrorContext) => Promise<MirrorAnswer>;

/** The answer to every hint, whatever came of it. */
const RECEIVED = success("OK", "received", null);

function answerTo(outcome: MirrorOutcome, { call }: BegunCall): MirrorAnswer {
  if (outcome.kind === "covered") return success("NOTHING_TO_DO", "another call fetches after this one was sent", null);
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
    const next = "make sure that Oracle rotates the wallet before then, and open a service request if it does not";
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

function logFailure(log: Log, thrown: unknown): void {
  const frames = internalFrames(thrown);
  const { returnMessage } = asRotationError(thrown);
  log.error("call-failed", { returnMessage, ...(frames.length === 0 ? {} : { frames }) });
}

/** The function that mirrors. */
export function createMirrorHandler(dependencies: MirrorDependencies): MirrorHandler {
  const { environment } = dependencies;
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
        return success(length === 0 ? "NOTHING_TO_DO" : "OK", `${length} callbacks were registered`, null);
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

  const call = createFunction<MirrorContext, MirrorAnswer>(dependencies, {
    read: (body, context) => {
      const event = parseMirrorEvent(body, context.headers);
      requireNoNetworkDebug(environment);
      readProxyRules(environment);
      const settings = parseMirrorSettings(environment);
      return {
        fields: { step: event.kind === "hint" ? "HINT" : event.action.toUpperCase() },
        logFullOcids: settings.core.logFullOcids,
        answer: async (log) => answer(event, await begin(settings, context.deadline, log)),
      };
    },
    logFailure,
  });
  return async (body, context) => {
    const told = await call(body, context);
    return isHint(body, context.headers) ? RECEIVED : told;
  };
}
