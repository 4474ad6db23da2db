import { RotationError } from "../../base/errors.ts";
import type { Login } from "../../clients/issuers/verdict.ts";
import type { Invocation } from "../invocation.ts";
import type { Memory } from "../memory.ts";
import { readKnown } from "../observe/contents.ts";
import type { Observation } from "../observe/observe.ts";
import { learnAge } from "../observe/value-age.ts";
import { noteCurrent } from "../observe/values.ts";
import { usable } from "../observe/view.ts";
import { verifyCurrent } from "../stages/verify-current.ts";
import { verifyPending, verifyToPromote } from "../stages/verify-pending.ts";
import type { Effect } from "./effect.ts";

/** What follows if the version logs in. Beside a CURRENT that works, others are asked to learn whether they must be brought to an end. */
function isToBePromoted(memory: Memory, observation: Observation | null, versionNo: number): boolean {
  if (observation === null) return true;
  const { current, pending } = observation;
  return versionNo === pending?.versionNo || memory.logins.get(current.versionNo)?.login.verdict === "rejected";
}

/** @param observation the one that the login was decided from; null where the version itself was asked about, to be promoted */
export async function logIn(
  invocation: Invocation,
  memory: Memory,
  observation: Observation | null,
  action: { readonly versionNo: number; readonly stage: "verify-current" | "verify-pending" },
): Promise<Effect> {
  const { versionNo } = action;
  // Steps that write nothing look at the list alone, and read CURRENT only once they need it.
  if (!memory.contents.has(versionNo)) {
    await readKnown(invocation, memory, { versionNo });
  }
  const { credential } = usable(memory, versionNo);
  let login: Login;
  if (action.stage === "verify-current") {
    login = await verifyCurrent(invocation, credential, versionNo, memory.tokenLifeSeconds);
    if (login.verdict === "accepted") {
      memory.token = login.token === null ? null : { client: credential.client, ...login.token };
    }
    noteCurrent(memory, versionNo, login.verdict, invocation.clock.monotonic());
  } else {
    login = isToBePromoted(memory, observation, versionNo)
      ? await verifyToPromote(invocation, credential)
      : await verifyPending(credential);
  }
  memory.logins.set(versionNo, { login, at: invocation.clock.monotonic() });
  if (login.verdict === "rejected") {
    memory.refusals.set(versionNo, (memory.refusals.get(versionNo) ?? 0) + 1);
    await learnAge(invocation, memory, versionNo);
  }
  return { outcome: login.verdict, next: "decide" };
}

export async function logInWithHand(memory: Memory): Promise<Effect> {
  if (memory.hand === null) throw new RotationError("INTERNAL", "a login was decided with nothing in hand");
  memory.hand.login = await verifyPending(memory.hand.credential);
  return { outcome: memory.hand.login.verdict, next: "decide" };
}
