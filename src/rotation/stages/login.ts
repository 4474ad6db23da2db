import type { Credential } from "../../clients/issuers/issuer.ts";
import type { Login } from "../../clients/issuers/verdict.ts";
import { keepLogin } from "../attempt/read.ts";
import { readKnown } from "../observe/contents.ts";
import { learnAge } from "../observe/value-age.ts";
import { usable } from "../observe/values.ts";
import type { Rotation } from "../rotation.ts";
import type { StageResult } from "./stage.ts";

/** Asks the issuer about a version's value and records the verdict. */
export async function keepVerdict(
  rotation: Rotation,
  versionNo: number,
  logIn: (credential: Credential) => Promise<Login>,
): Promise<StageResult> {
  const { context, attempt } = rotation;
  // Steps that write nothing read only the list, and a version's content when they need it.
  if (!attempt.read.contents.has(versionNo)) await readKnown(rotation, { versionNo });
  const login = await logIn(usable(attempt.read, versionNo).credential);
  keepLogin(attempt.read, versionNo, login, context.clock.monotonic());
  if (login.verdict === "rejected") await learnAge(rotation, versionNo);
  return { outcome: login.verdict, next: "decide" };
}
