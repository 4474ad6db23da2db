import type { Credential } from "../../clients/issuers/issuer.ts";
import type { Login } from "../../clients/issuers/verdict.ts";
import type { Invocation } from "../invocation.ts";
import type { Memory } from "../memory.ts";
import { readKnown } from "../observe/contents.ts";
import { learnAge } from "../observe/value-age.ts";
import { usable } from "../observe/view.ts";
import type { StageResult } from "./stage.ts";

/** Asks the issuer of a version's value, and keeps the verdict. */
export async function keepVerdict(
  invocation: Invocation,
  memory: Memory,
  versionNo: number,
  logIn: (credential: Credential) => Promise<Login>,
): Promise<StageResult> {
  // Steps that write nothing look at the list alone, and read a version only once they need it.
  if (!memory.contents.has(versionNo)) await readKnown(invocation, memory, { versionNo });
  const login = await logIn(usable(memory, versionNo).credential);
  memory.logins.set(versionNo, { login, at: invocation.clock.monotonic() });
  if (login.verdict === "rejected") {
    memory.refusals.set(versionNo, (memory.refusals.get(versionNo) ?? 0) + 1);
    await learnAge(invocation, memory, versionNo);
  }
  return { outcome: login.verdict, next: "decide" };
}
