import { RotationError } from "../../../base/errors.ts";
import { authorize, markRefused, nextRequester } from "../../authorities.ts";
import type { Observed } from "../../observe/observe.ts";
import { usable } from "../../observe/values.ts";
import type { StageResult } from "../stage.ts";
import { keepUnsaved } from "../unsaved.ts";

/** Asks the issuer for the client secret that it holds. */
export async function readBack(rotation: Observed): Promise<StageResult> {
  const { context, attempt } = rotation;
  const { credential } = usable(attempt.read, rotation.snapshot.current.versionNo);
  const requester = nextRequester(rotation);
  if (requester === null) throw new RotationError("INTERNAL", "reading back was decided with nothing to read by");
  const authorization = await authorize(rotation, requester);
  if (authorization === null) return { outcome: "authority-unusable", next: "decide" };
  const read = await credential.readBack(authorization);
  attempt.requests.readBackSince ??= context.clock.monotonic();
  if (read.outcome === "unknown") return { outcome: "read-back-unknown", next: "look", isRetry: true };
  if (read.outcome === "proof-refused") {
    markRefused(attempt.authorities, requester);
    return { outcome: "token-refused", next: "decide" };
  }
  const settledAt = attempt.requests.readBackSince + context.settings.landingBoundSeconds * 1000;
  const isEarly = context.clock.monotonic() < settledAt;
  attempt.requests.isReadBackSpent = true;
  if (read.outcome !== "read" || read.clientSecret.equals(credential.clientSecret)) {
    return { outcome: "not-readable", next: "decide" };
  }
  const isTaken = keepUnsaved(rotation, read.clientSecret, false);
  const { unsaved } = attempt;
  if (!isTaken || unsaved === null) return { outcome: "not-readable", next: "decide" };
  unsaved.login = await unsaved.credential.login(null);
  if (unsaved.login.verdict === "rejected") {
    attempt.unsaved = null;
    // A node may not know the value yet. A refusal within the landing bound proves nothing.
    attempt.requests.isReadBackSpent = !isEarly;
    const endsIn = settledAt - context.clock.monotonic();
    return { outcome: "read-back-rejected", next: "look", isRetry: isEarly, ...(endsIn > 0 && { endsIn }) };
  }
  return { outcome: `read-back-${unsaved.login.verdict}`, next: "decide" };
}
