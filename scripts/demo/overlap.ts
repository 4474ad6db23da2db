import { systemClock } from "../../src/base/clock.ts";
import type { Secret } from "../../src/base/secret.ts";
import type { Verdict } from "../../src/clients/issuers/verdict.ts";
import { verdictOn } from "./asking.ts";
import type { IssuerProfile } from "./profiles.ts";
import type { Rig, SeenAction } from "./rig.ts";

/** How it ended that both client secrets worked; null at an issuer where they never do. */
export type SeenOverlap =
  | {
      readonly kind: "retired";
      /** The verdict on the old client secret while nothing had ended it yet. */
      readonly overlapSecret: Verdict;
      readonly retire: SeenAction;
      /** A first one that failed; null: none did. */
      readonly failed: SeenAction | null;
    }
  | {
      readonly kind: "expires";
      readonly overlapSecret: Verdict;
      /** Until when the issuer accepts the old one, in ms; null: the rotation ended it, as after some faults. */
      readonly until: number | null;
      /** The verdict on the old one once the emulator's clock has been put past it; null if there is no such time. */
      readonly expiredSecret: Verdict | null;
    };

/** The issuer counts in seconds, the last one included. */
const PAST_MS = 1000;

async function retire(rig: Rig, old: Secret, waitMs: number): Promise<SeenOverlap> {
  const overlapSecret = await verdictOn(old, rig.url);
  await rig.configure({ OROT_GRACE_HOURS: "0" });
  const first = await rig.send("retire");
  if (first.responseCode === 200 || waitMs === 0) {
    return { kind: "retired", overlapSecret, retire: first, failed: null };
  }
  await systemClock.sleep(waitMs);
  return { kind: "retired", overlapSecret, retire: await rig.send("retire"), failed: first };
}

async function expire(rig: Rig, profile: IssuerProfile, old: Secret): Promise<SeenOverlap> {
  const overlapSecret = await verdictOn(old, rig.url);
  const until = profile.oldSecretUntil(rig.emulator, rig.clientId);
  if (until === null) return { kind: "expires", overlapSecret, until, expiredSecret: null };
  rig.putForward(until + PAST_MS);
  return { kind: "expires", overlapSecret, until, expiredSecret: await verdictOn(old, rig.url) };
}

/**
 * Shows that both client secrets work, and ends it in the issuer's way.
 * @param waitMs after which a retirement that failed is sent once more, its lease being over then; 0: it is not
 */
export async function endOverlap(
  rig: Rig,
  profile: IssuerProfile,
  old: Secret,
  waitMs: number,
): Promise<SeenOverlap | null> {
  switch (profile.overlap) {
    case "none":
      return null;
    case "retired":
      return retire(rig, old, waitMs);
    case "expires":
      return expire(rig, profile, old);
  }
}
