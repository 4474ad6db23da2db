import type { Secret } from "../../base/secret.ts";

/** What this run has sent to the issuer to change it, and how that was answered. */
export interface AttemptRequests {
  mints: number;
  /** Mints that the issuer put off because of another change under way there. */
  busyMints: number;
  /** The last unanswered mint; null: none is open. `at` is when it was given up, on `Clock.monotonic`. */
  openMint: { readonly at: number; readonly wasCurrentAccepted: boolean } | null;
  isReadBackSpent: boolean;
  /** The first read-back since the last mint, on `Clock.monotonic`. */
  readBackSince: number | null;
  /** Where we choose the value: what this call generated and stored, or tried to. */
  generated: { readonly clientSecret: Secret; readonly startedAt: number } | null;
  values: number;
  installs: number;
  /** One of them was answered with success. */
  isInstallAnswered: boolean;
  /** When the answer to the last of them was given up, on `Clock.monotonic`; null: it was answered, or there was none. */
  unansweredInstallAt: number | null;
  /** The last value sent to the issuer. `isRefused`: by the issuer's policy. */
  install: { readonly clientSecret: Secret; readonly at: number; readonly isRefused: boolean } | null;
  /** Since when the issuer says that it holds as many values as it may, on `Clock.monotonic`. */
  occupiedSince: number | null;
  retires: number;
  /** When this call last asked the issuer to delete PREVIOUS's value, on `Clock.monotonic`. */
  retiredAt: number | null;
}

export function createAttemptRequests(): AttemptRequests {
  return {
    mints: 0,
    busyMints: 0,
    openMint: null,
    isReadBackSpent: false,
    readBackSince: null,
    generated: null,
    values: 0,
    installs: 0,
    isInstallAnswered: false,
    unansweredInstallAt: null,
    install: null,
    occupiedSince: null,
    retires: 0,
    retiredAt: null,
  };
}
