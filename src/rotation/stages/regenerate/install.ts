import { noGraceUpTo } from "../../../clients/vault/own-metadata.ts";
import { grantFor, proofOf, refuse, requireAnotherAuthority } from "../../authorities.ts";
import type { Invocation } from "../../invocation.ts";
import type { Memory } from "../../memory.ts";
import type { Observation } from "../../observe/observe.ts";
import { usable } from "../../observe/view.ts";
import type { StageResult } from "../stage.ts";
import { requireTimeToMint } from "./time.ts";

/** Gives the issuer a stored value. Repeating it is harmless: it is the same value. */
export async function install(
  invocation: Invocation,
  memory: Memory,
  observation: Observation,
  { versionNo }: { readonly versionNo: number },
): Promise<StageResult> {
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
