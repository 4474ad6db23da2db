import type { Credential } from "../../clients/issuers/issuer.ts";
import type { Login } from "../../clients/issuers/verdict.ts";
import type { Attempt } from "../attempt.ts";
import type { Context } from "../context.ts";
import { readKnown } from "../observe/contents.ts";
import { learnAge } from "../observe/value-age.ts";
import { usable } from "../observe/values.ts";
import type { StageResult } from "./stage.ts";

/** Asks the issuer about a version's value and records the verdict. */
export async function keepVerdict(
  context: Context,
  attempt: Attempt,
  versionNo: number,
  logIn: (credential: Credential) => Promise<Login>,
): Promise<StageResult> {
  // Steps that write nothing read only the list, and a version's content when they need it.
  if (!attempt.contents.has(versionNo)) await readKnown(context, attempt, { versionNo });
  const login = await logIn(usable(attempt, versionNo).credential);
  attempt.logins.set(versionNo, { login, at: context.clock.monotonic() });
  if (login.verdict === "rejected") {
    attempt.refusals.set(versionNo, (attempt.refusals.get(versionNo) ?? 0) + 1);
    await learnAge(context, attempt, versionNo);
  }
  return { outcome: login.verdict, next: "decide" };
}
