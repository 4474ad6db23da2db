import type { Look } from "./reads.ts";
import { type Credential, identityOf } from "./version.ts";

/** The credential that is handed out. */
interface Held {
  readonly credential: Credential;
  /** On `Time.monotonic`: from then on CURRENT is read again. */
  readonly freshUntil: number;
}

export interface Holder {
  readonly held: Held | null;
  /** What CURRENT was seen to be. A look that began before the one in force changes nothing, however late it ends. */
  seeCurrent(look: Look, freshUntil: number): void;
  /** One of the two credentials of a look, taken because the issuer refused the other. */
  take(look: Look, credential: Credential, freshUntil: number): void;
  /** CURRENT could not be read: the known credential stays in use. */
  extend(freshUntil: number): void;
}

export function createHolder(): Holder {
  let held: Held | null = null;
  let inForce = 0;
  /** CURRENT in place of which PENDING was taken. */
  let passedOver: string | null = null;
  return {
    get held() {
      return held;
    },
    seeCurrent({ number, current }, freshUntil) {
      if (current === null || number < inForce) return;
      inForce = number;
      if (held !== null && passedOver === identityOf(current.credential)) {
        // Not promoted yet: what was taken in its place stays until CURRENT says something new.
        held = { ...held, freshUntil };
        return;
      }
      passedOver = null;
      held = { credential: current.credential, freshUntil };
    },
    take({ number, current }, credential, freshUntil) {
      if (current === null || number < inForce) return;
      inForce = number;
      passedOver = credential === current.credential ? null : identityOf(current.credential);
      held = { credential, freshUntil };
    },
    extend(freshUntil) {
      if (held !== null) held = { ...held, freshUntil };
    },
  };
}
