import { RotationError } from "../../base/errors.ts";
import type { Secret } from "../../base/secret.ts";
import { makeOwnValue } from "../../clients/issuers/own-value.ts";
import { contentWith } from "../../clients/vault/content.ts";
import { noGraceUpTo } from "../../clients/vault/own-metadata.ts";
import { versionName } from "../../clients/vault/version-name.ts";
import { grantFor, proofOf, refuse, requireAnotherAuthority } from "../authorities.ts";
import type { Invocation } from "../invocation.ts";
import type { Memory } from "../memory.ts";
import type { Observation } from "../observe/observe.ts";
import { writesOf } from "../observe/second-pending.ts";
import { usable } from "../observe/view.ts";
import { requireTimeToMint } from "../stages/regenerate.ts";
import { writePending } from "../stages/write-pending.ts";
import type { Effect } from "./effect.ts";
import { afterWrite } from "./writes.ts";

/** Makes a value of our own and stores it before the issuer hears of it. One that was not stored is simply forgotten. */
export async function generate(invocation: Invocation, memory: Memory, observation: Observation): Promise<Effect> {
  const { content, credential } = usable(memory, observation.current.versionNo);
  const { entropy, secretId } = invocation;
  const clientSecret = storedInVain(memory) ?? makeOwnValue(entropy, { ...credential, secretId });
  const text = content.withSecret(credential.rotatedMember, clientSecret);
  const understood = contentWith(content, credential.rotatedMember, clientSecret);
  const name = versionName(observation.list, memory.takenName, entropy);
  memory.generated = { clientSecret, startedAt: invocation.clock.monotonic() };
  // What the list of versions shows is not enough: nothing is in hand, so it may be tried.
  if (writesOf(memory) === "current" && memory.secondPending.tries > 0) {
    const why = memory.writeFailure === null ? "" : `: ${memory.writeFailure.message}`;
    throw new RotationError(
      "SECRET_NOT_ROTATABLE",
      `Vault keeps an older PENDING version and takes no second one${why}`,
    );
  }
  const write = await writePending(invocation, name, "PENDING", text, memory.etag);
  if (write.outcome === "done") {
    memory.writeFailure = null;
    memory.values += 1;
    memory.install = null;
    memory.written.push({
      name,
      known: { kind: "credential", content: understood, credential: credential.withSecret(clientSecret) },
    });
    return { outcome: "stored", next: "look" };
  }
  const effect = await afterWrite(invocation, memory, observation, name, memory.etag, write);
  if (effect === null) throw write.error;
  return effect;
}

/**
 * A value that the issuer accepts, in a version that somebody has pushed out and Vault will not promote: it is stored once more. Another value
 * would find no room at an issuer that keeps two.
 */
function storedInVain(memory: Memory): Secret | null {
  for (const versionNo of memory.unpromotable) {
    const isAccepted = memory.logins.get(versionNo)?.login.verdict === "accepted";
    if (isAccepted) return usable(memory, versionNo).credential.clientSecret;
  }
  return null;
}

/** Gives the issuer a stored value. Repeating it is harmless: it is the same value. */
export async function install(
  invocation: Invocation,
  memory: Memory,
  observation: Observation,
  versionNo: number,
): Promise<Effect> {
  const { credential } = usable(memory, observation.current.versionNo);
  const value = usable(memory, versionNo).credential;
  const { clientSecret } = value;
  const { versionNo: currentNo } = observation.current;
  const isCurrentAccepted = memory.logins.get(currentNo)?.login.verdict === "accepted";
  // Compromised values have no grace, also where another call finishes what that rotation began.
  const keepsCurrent =
    isCurrentAccepted && currentNo > noGraceUpTo(memory.metadata, observation.list.versions[0]?.versionNo ?? 0);
  const grant = await grantFor(invocation, memory, observation, credential);
  const proof = await proofOf(invocation, memory, grant);
  if (proof === null) return { outcome: "authority-unusable", next: "decide" };
  requireTimeToMint(invocation);
  const installed = await credential.install(proof, value, keepsCurrent);
  const at = invocation.clock.monotonic();
  switch (installed.outcome) {
    case "proof-refused":
      refuse(memory, grant);
      if (isCurrentAccepted) await requireAnotherAuthority(invocation, memory, credential, installed.error);
      return { outcome: "token-refused", next: "decide" };
    case "refused":
      throw installed.error;
    case "policy-refused":
      memory.install = { clientSecret, at, isRefused: true };
      return { outcome: "policy-refused", next: "look" };
    case "occupied":
      memory.occupiedSince ??= at;
      memory.install = { clientSecret, at, isRefused: false };
      memory.logins.clear();
      return { outcome: "occupied", next: "look" };
    default:
      if (memory.lease !== null && installed.outcome === "unknown") memory.lease.isOpen = true;
      memory.installs += 1;
      memory.unansweredInstallAt = installed.outcome === "unknown" ? at : null;
      memory.isInstallAnswered ||= installed.outcome === "installed";
      memory.install = { clientSecret, at, isRefused: false };
      memory.logins.clear();
      return { outcome: installed.outcome, next: installed.outcome === "installed" ? "decide" : "look" };
  }
}
