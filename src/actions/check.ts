import { RotationError } from "../errors.ts";
import type { Invocation } from "../invocation.ts";
import type { Verdict } from "../issuers/issuer.ts";
import { listVersions, logIn, readCredentialOf } from "./versions.ts";

export interface Check {
  /** Null where there is no such credential. */
  readonly verdicts: { readonly current: Verdict; readonly pending: Verdict | null };
  readonly versionNo: number;
  /** Why the answer is no success; null where CURRENT is accepted. */
  readonly problem: RotationError | null;
}

/** Logs in with CURRENT, and with the newest PENDING credential. Sends nothing but GET and token requests. */
export async function check(invocation: Invocation): Promise<Check> {
  const { versions } = await listVersions(invocation);
  const current = versions.find((version) => version.versionStages.includes("CURRENT"));
  if (current === undefined) throw new RotationError("SECRET_NOT_ROTATABLE", "no version of the secret is CURRENT");
  const credential = await readCredentialOf(invocation, current.versionNo);
  if (credential === null) throw new RotationError("CONTENT_INVALID", "CURRENT holds no credential");
  const login = await logIn(invocation, credential);
  const pending = versions.find(
    (version) => version.versionStages.includes("PENDING") && version.versionNo > current.versionNo,
  );
  const pendingCredential = pending === undefined ? null : await readCredentialOf(invocation, pending.versionNo);
  const pendingLogin = pendingCredential === null ? null : await logIn(invocation, pendingCredential);
  return {
    verdicts: { current: login.verdict, pending: pendingLogin?.verdict ?? null },
    versionNo: current.versionNo,
    problem: problemOf(login.verdict === "unknown" ? login.error : null, login.verdict),
  };
}

function problemOf(unknown: RotationError | null, verdict: Verdict): RotationError | null {
  if (unknown !== null) return unknown;
  return verdict === "rejected"
    ? new RotationError("SECRET_REJECTED", "the issuer refuses the client secret in CURRENT")
    : null;
}
