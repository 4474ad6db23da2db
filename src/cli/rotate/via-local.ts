import { notStarted, type Pacer } from "../../rotation/pace/pacer.ts";
import { expectSuccess, partsOf } from "../function.ts";
import { createLocalFunction, type LocalFunction } from "../local.ts";
import type { Runtime } from "../runtime.ts";
import type { SignedIn } from "../sign-in/sign-in.ts";
import { NOT_STARTED, type Way } from "./target.ts";

/** The function's own limit, plus the time for which a domain that refused us delays the start of a rotation. */
const LIMIT_MS = 420_000;

/** The pipeline in this process, as the operator, with paced requests to issuers. */
export function viaLocal(
  runtime: Runtime,
  signedIn: SignedIn,
  pacer: Pacer,
  { isCompromised, onLine }: { isCompromised: boolean; onLine(line: string): void },
): Way {
  const local: LocalFunction = createLocalFunction({ ...runtime, transport: pacer.transport }, signedIn, onLine);
  return async ({ secretId }, onStep) => {
    const event = isCompromised ? { secretId, reason: "compromised" } : { secretId };
    const answer = await pacer.run(() =>
      local(event, {
        limitMs: LIMIT_MS,
        onStage: ({ stage, outcome }) => onStep(`${stage} ${outcome}`),
      }),
    );
    if (answer === notStarted) return NOT_STARTED;
    const { versionNo } = expectSuccess(answer);
    const { code, what, next } = partsOf(answer);
    return { outcome: code === "ALREADY_ROTATED" ? "already" : "rotated", versionNo, code, what, next };
  };
}
