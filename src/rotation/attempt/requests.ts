import type { Secret } from "../../base/secret.ts";

/** What this run has sent to the issuer to change it, and how that was answered. */
export class AttemptRequests {
  mints = 0;
  /** The number of mints that the issuer deferred because of another change under way. */
  busyMints = 0;
  /** The last unanswered mint; null: none is open. `at` is when it was given up, on `Clock.monotonic`. */
  openMint: { readonly at: number; readonly wasCurrentAccepted: boolean } | null = null;
  /** When the change was asked for that ended the value in CURRENT, on `Clock.monotonic`; null: this call asked for none. */
  deadSince: number | null = null;
  isReadBackSpent = false;
  /** The first read-back since the last mint, on `Clock.monotonic`. */
  readBackSince: number | null = null;
  /** If we choose the value: the one that this call generated and stored, or tried to. */
  generated: { readonly clientSecret: Secret; readonly startedAt: number } | null = null;
  values = 0;
  installs = 0;
  /** One of them was answered with success. */
  isInstallAnswered = false;
  /** When the last install was given up without an answer, on `Clock.monotonic`; null: answered, or none sent. */
  unansweredInstallAt: number | null = null;
  /** The last value sent to the issuer. `isRefused`: the issuer's policy refused it. */
  install: { readonly clientSecret: Secret; readonly at: number; readonly isRefused: boolean } | null = null;
  /** Since when the issuer reports that it holds its maximum number of values, on `Clock.monotonic`. */
  occupiedSince: number | null = null;
  retires = 0;
  /** The issuer has answered that it keeps CURRENT's value alone. */
  isAlone = false;
  /** When this call last asked the issuer to delete PREVIOUS's value, on `Clock.monotonic`. */
  retiredAt: number | null = null;
}

/** Before each mint: what was learnt about the one before it is over. */
export function beginMint(requests: AttemptRequests): void {
  requests.openMint = null;
  requests.isReadBackSpent = false;
  requests.readBackSince = null;
}

/** Records that the issuer was given a value, and how it answered. */
export function keepInstall(
  requests: AttemptRequests,
  clientSecret: Secret,
  outcome: "installed" | "unknown" | "occupied" | "policy-refused",
  at: number,
): void {
  requests.install = { clientSecret, at, isRefused: outcome === "policy-refused" };
  if (outcome === "occupied") requests.occupiedSince ??= at;
  if (outcome !== "installed" && outcome !== "unknown") return;
  requests.installs += 1;
  requests.unansweredInstallAt = outcome === "unknown" ? at : null;
  requests.isInstallAnswered ||= outcome === "installed";
}

/** Records that the issuer was asked to delete PREVIOUS's value. */
export function keepRetire(requests: AttemptRequests, at: number): void {
  requests.retires += 1;
  requests.retiredAt = at;
  if (requests.occupiedSince === null) return;
  // There may be room now, so the same value is sent again.
  requests.occupiedSince = null;
  requests.install = null;
}
