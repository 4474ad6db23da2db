import { RotationError } from "../../base/errors.ts";
import type { Credential } from "../../clients/issuers/issuer.ts";
import type { Verdict } from "../../clients/issuers/verdict.ts";
import type { VersionSummary } from "../../clients/vault/store.ts";
import type { Context } from "../context.ts";
import { listVersions, logInVersion, readCredentialOf, requireTaggedNow } from "../observe/read-versions.ts";

export interface Check {
  /** `pending` is null if there is no such credential. */
  readonly verdicts: { readonly current: Verdict; readonly pending: Verdict | null };
  readonly versionNo: number;
  /** What the operator should fix although CURRENT is accepted. */
  readonly warning: string | null;
  /** Why the check fails; null if CURRENT is accepted. */
  readonly problem: RotationError | null;
}

/** If Vault keeps several PENDING versions, a claim may stand above the credential. */
async function newestPendingCredential(
  context: Context,
  versions: readonly VersionSummary[],
  currentNo: number,
): Promise<Credential | null> {
  for (const { versionNo, versionStages } of versions) {
    if (versionNo <= currentNo || !versionStages.includes("PENDING")) continue;
    const read = await readCredentialOf(context, versionNo);
    if (read !== null && !read.isClaim) return read.credential;
  }
  return null;
}

/** Logs in with CURRENT and with the newest PENDING credential. Sends only GETs and token requests. */
export async function check(context: Context): Promise<Check> {
  const { versions } = await listVersions(context);
  const current = versions.find((version) => version.versionStages.includes("CURRENT"));
  if (current === undefined) throw new RotationError("SECRET_NOT_ROTATABLE", "no version of the secret is CURRENT");
  const read = await readCredentialOf(context, current.versionNo);
  if (read === null) throw new RotationError("CONTENT_INVALID", "CURRENT holds no credential");
  await requireTaggedNow(context, read.credential);
  const login = await logInVersion(context, read.credential);
  const pending = await newestPendingCredential(context, versions, current.versionNo);
  const pendingLogin = pending === null ? null : await logInVersion(context, pending);
  return {
    verdicts: { current: login.verdict, pending: pendingLogin?.verdict ?? null },
    versionNo: current.versionNo,
    warning: read.isClaim ? "CURRENT is the claim of a rotation that was interrupted" : null,
    problem: problemOf(login.verdict === "unknown" ? login.error : null, login.verdict),
  };
}

function problemOf(unknown: RotationError | null, verdict: Verdict): RotationError | null {
  if (unknown !== null) return unknown;
  return verdict === "rejected"
    ? new RotationError("SECRET_REJECTED", "the issuer refuses the client secret in CURRENT")
    : null;
}
