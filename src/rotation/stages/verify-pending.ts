import { RotationError } from "../../base/errors.ts";
import type { Credential } from "../../clients/issuers/issuer.ts";
import type { Login } from "../../clients/issuers/verdict.ts";
import type { Attempt } from "../attempt/attempt.ts";
import type { AttemptRead } from "../attempt/read.ts";
import type { Context } from "../context.ts";
import type { Observed, Snapshot } from "../observe/observe.ts";
import type { Rotation } from "../rotation.ts";
import { keepVerdict } from "./login.ts";
import type { Stage, StageResult } from "./stage.ts";

/**
 * Whether the version is promoted if it logs in. While CURRENT works, other versions are asked only to learn whether
 * they must be retired.
 */
function isToBePromoted(read: AttemptRead, snapshot: Snapshot | null, versionNo: number): boolean {
  if (snapshot === null) return true;
  const { current, pending } = snapshot;
  return versionNo === pending?.versionNo || read.logins.get(current.versionNo)?.login.verdict === "rejected";
}

/**
 * Sends a fresh token request. The exception: the issuer answered 429, and this process has just logged in with the
 * value. Then the earlier login counts, because the issuer must not be asked and CURRENT may be dead meanwhile. The
 * result has no token, since that login's token was not kept.
 */
export async function logInToPromote(
  {
    clients: {
      issuers: { pauseMs },
    },
    acceptances,
    log,
  }: Context,
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

/** The login that was sent beside the list of this look, if it was with this version's value; null: none was. */
function sentBeside({ stored }: Attempt, snapshot: Snapshot | null, versionNo: number): Promise<Login> | null {
  const version = snapshot?.list.versions.find((candidate) => candidate.versionNo === versionNo);
  return stored !== null && version?.name === stored.name ? stored.login : null;
}

/**
 * Logs in with a stored value that is not CURRENT. Its token is not kept, since nothing uses it yet.
 * @param rotation with a snapshot of null if only the version itself was read, to be promoted
 */
export function logInWithPending(
  rotation: Observed<Snapshot | null>,
  { versionNo }: { readonly versionNo: number },
): Promise<StageResult> {
  const { context, attempt } = rotation;
  const sent = sentBeside(attempt, rotation.snapshot, versionNo);
  return keepVerdict(rotation, versionNo, (credential) => {
    if (sent !== null) return sent;
    return isToBePromoted(attempt.read, rotation.snapshot, versionNo)
      ? logInToPromote(context, credential)
      : credential.login(null);
  });
}

export async function logInWithHand({ attempt }: Rotation): Promise<StageResult> {
  if (attempt.unsaved === null) throw new RotationError("INTERNAL", "a login was decided with nothing unsaved");
  attempt.unsaved.login = await attempt.unsaved.credential.login(null);
  return { outcome: attempt.unsaved.login.verdict, next: "decide" };
}

/** Asks the issuer whether a value that is not CURRENT works, usually before it is promoted. */
export const verifyPending: Stage<"verify-pending", "log-in-pending" | "log-in-unsaved"> = {
  name: "verify-pending",
  handles: { "log-in-pending": logInWithPending, "log-in-unsaved": logInWithHand },
};
