import type { Secret } from "../../base/secret.ts";
import type { NoValue } from "../../clients/issuers/inventory/read-value.ts";

/** How a client came under rotation, or why not. `unfinished`: a secret names it, and holds no value yet. */
export interface Adoption {
  readonly outcome: "adopted" | "already" | "unfinished" | "skipped" | "failed";
  readonly secretId: string | null;
  /** A login with what was read back from Vault was accepted. */
  readonly isProven: boolean;
  /** Null: nothing is wrong. */
  readonly why: string | null;
  readonly next: string | null;
  /** Vault refused the creation for want of a right, as it will refuse the others. */
  readonly isRefused?: boolean;
}

/** What an issuer shows of a client secret. */
export type KnownValue = Secret | NoValue;

export const skipped = (why: string, next: string): Adoption => ({
  outcome: "skipped",
  secretId: null,
  isProven: false,
  why,
  next,
});

/** In words, for the report. */
export const NO_VALUE: Readonly<Record<NoValue, readonly [why: string, next: string]>> = {
  "never-shown": [
    "this issuer shows no client secret",
    "give the value that works now in the input, or have a new one made: --add at a UAA, --reset at an Ed-Fi CMS",
  ],
  "not-shown": [
    "the issuer does not show this client's secret to the authority",
    "give the value that works now in the input, or give the authority the right to read it, or have a new one made with --reset",
  ],
  reference: [
    "the client's secret is a reference to a store of the issuer's own",
    "rotate it there: setting a value here would replace the reference",
  ],
  gone: ["the client is not there any more", "read the list again"],
};
