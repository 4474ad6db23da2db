import type { RotationError } from "../../base/errors.ts";
import type { Token } from "../http/token-cache.ts";

export type Verdict = "accepted" | "rejected" | "unknown";

/**
 * The issuer's answer to a login. Only the issuer saying so makes a secret rejected; `final` marks an unknown verdict that asking again
 * in this call cannot change.
 */
export type Login =
  /** Null: the issuer knows the secret as right, and gives this client no token. */
  | { readonly verdict: "accepted"; readonly token: Token | null }
  | { readonly verdict: "rejected" }
  | {
      readonly verdict: "unknown";
      readonly error: RotationError;
      readonly final: boolean;
      /** The issuer named the scope as the reason (RFC 6749, section 5.2: `invalid_scope`). */
      readonly isScopeRefused?: boolean;
    };
