import type { Pacer } from "../../rotation/pace/pacer.ts";
import { CliError } from "../cli-error.ts";
import { createFunctionClient, expectSuccess, partsOf } from "../function.ts";
import type { Runtime } from "../runtime.ts";
import type { SignedIn } from "../sign-in/sign-in.ts";
import { NOT_STARTED, type Way } from "./target.ts";

/** The pipeline's words for a 429 from the issuer. */
export const RATE_LIMITED = /answered 429/;

/** InvokeFunction with the event of a whole rotation. */
export function viaFunction(runtime: Runtime, signedIn: SignedIn, pacer: Pacer, isCompromised: boolean): Way {
  const client = createFunctionClient(runtime.transport, runtime.clock, signedIn);
  return async ({ secretId, functionId }, onStep) => {
    if (functionId === null) {
      throw new CliError("USAGE", {
        what: "the secret's rotation targets no function",
        next: "name one with --function, or use --via local",
      });
    }
    const admitted = await pacer.admitRemote(functionId);
    if (admitted === null) return NOT_STARTED;
    try {
      onStep("invoked");
      const answer = await client.invoke(
        functionId,
        isCompromised ? { secretId, reason: "compromised" } : { secretId },
      );
      if (RATE_LIMITED.test(answer.returnMessage)) admitted.refused();
      for (const { stage, outcome } of answer.stages ?? []) onStep(`${stage} ${outcome}`);
      const { versionNo } = expectSuccess(answer);
      const { code, what, next } = partsOf(answer);
      return { outcome: code === "ALREADY_ROTATED" ? "already" : "rotated", versionNo, code, what, next };
    } finally {
      admitted.end();
    }
  };
}
