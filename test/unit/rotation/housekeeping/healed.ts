import type { RotationError } from "../../../../src/base/errors.ts";
import type { Expiry } from "../../../../src/clients/issuers/issuer.ts";
import type { SecretState } from "../../../../src/clients/vault/store.ts";
import { current, type Run, startRun, type Toys, type Written } from "../rig.ts";

export interface Heal extends Pick<Toys, "annotate" | "capabilities" | "authorities" | "issuer"> {
  /** CURRENT's content. */
  readonly content?: unknown;
  /** The versions beside CURRENT. */
  readonly beside?: readonly Written[];
  readonly state?: Partial<SecretState>;
  /** How Vault's state differs from the second read on; an error: it does not answer any more. */
  readonly later?: Partial<SecretState> | RotationError;
  /** The issuer's answer to each question for the expiry, in order; left out: the issuer cannot be asked. */
  readonly expiries?: readonly Expiry[];
}

/** A heal that has looked at version 7 in CURRENT, and may write tags and metadata. */
export function healed({
  content = current.content,
  beside = [],
  state,
  later,
  expiries,
  ...toys
}: Heal = {}): Promise<Run> {
  const left = [...(expiries ?? [])];
  return startRun({
    versions: [{ ...current, content }, ...beside],
    token: null,
    annotate: { outcome: "done" },
    stateOf(vault, reads) {
      if (reads > 1 && later !== undefined && "code" in later) throw later;
      return { ...vault, tags: { team: "payments" }, ...state, ...(reads > 1 ? later : {}) };
    },
    ...toys,
    issuer: { ...toys.issuer, ...(expiries && { readExpiry: async () => left.shift() ?? { outcome: "unknown" } }) },
  });
}
