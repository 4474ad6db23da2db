import { RotationError } from "../../base/errors.ts";
import type { Credential } from "../../clients/issuers/issuer.ts";
import type { Login } from "../../clients/issuers/verdict.ts";
import type { Invocation } from "../invocation.ts";
import type { Memory } from "../memory.ts";
import type { Observation } from "../observe/observe.ts";
import { keepVerdict } from "./login.ts";
import type { Stage, StageResult } from "./stage.ts";

/** What follows if the version logs in. Beside a CURRENT that works, others are asked to learn whether they must be brought to an end. */
function isToBePromoted(memory: Memory, observation: Observation | null, versionNo: number): boolean {
  if (observation === null) return true;
  const { current, pending } = observation;
  return versionNo === pending?.versionNo || memory.logins.get(current.versionNo)?.login.verdict === "rejected";
}

/**
 * A fresh token request, but where a login that this process has just made may serve: the issuer has answered 429, so that it must not be
 * asked, and CURRENT may be dead for as long. Its token is not kept, so none is brought.
 */
async function logInToPromote(
  {
    clients: {
      issuers: { pauseMs },
    },
    acceptances,
    log,
  }: Invocation,
  credential: Credential,
): Promise<Login> {
  const mustNotAsk = () => pauseMs(credential.client) > 0;
  const kept = (): Login => {
    log.info("login-not-repeated", { stage: "verify-pending" });
    return { verdict: "accepted", token: null };
  };
  if (mustNotAsk() && acceptances.has(credential)) return kept();
  const login = await credential.login(null);
  return login.verdict === "unknown" && mustNotAsk() && acceptances.has(credential) ? kept() : login;
}

/**
 * Logs in with a stored value that is not CURRENT. Its token is not kept: nothing is done with it yet.
 * @param observation the one that the login was decided from; null where the version itself was asked about, to be promoted
 */
export function logInWithPending(
  invocation: Invocation,
  memory: Memory,
  observation: Observation | null,
  { versionNo }: { readonly versionNo: number },
): Promise<StageResult> {
  return keepVerdict(invocation, memory, versionNo, (credential) =>
    isToBePromoted(memory, observation, versionNo) ? logInToPromote(invocation, credential) : credential.login(null),
  );
}

export async function logInWithHand(_invocation: Invocation, memory: Memory): Promise<StageResult> {
  if (memory.hand === null) throw new RotationError("INTERNAL", "a login was decided with nothing in hand");
  memory.hand.login = await memory.hand.credential.login(null);
  return { outcome: memory.hand.login.verdict, next: "decide" };
}

/** Asks the issuer whether a value works that is not CURRENT, as a rule before it is promoted. */
export const verifyPending: Stage<"verify-pending", "log-in-pending" | "log-in-hand"> = {
  name: "verify-pending",
  handles: { "log-in-pending": logInWithPending, "log-in-hand": logInWithHand },
};
