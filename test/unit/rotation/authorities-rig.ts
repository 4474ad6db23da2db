import { RotationError } from "../../../src/base/errors.ts";
import type { Authority } from "../../../src/clients/issuers/issuer.ts";
import { type Attempt, createAttempt } from "../../../src/rotation/attempt.ts";
import { nextRequester, type Requester } from "../../../src/rotation/authorities.ts";
import { readAll } from "../../../src/rotation/observe/contents.ts";
import { observe, type Snapshot } from "../../../src/rotation/observe/observe.ts";
import { bearer, toyClient } from "../../support/held.ts";
import { claim, createRig, credential, type Rig, type Written } from "./rig.ts";

export const current: Written = { no: 1, stages: ["CURRENT"], content: credential("S0") };

type Proven = Awaited<ReturnType<Authority["prove"]>>;
interface Toy extends Authority {
  asked: number;
}

export function authority(name: string, proven: Proven): Toy {
  return {
    name,
    asked: 0,
    async prove() {
      this.asked += 1;
      return proven;
    },
  };
}
export const willing = (name: string, token = `token of ${name}`) =>
  authority(name, { verdict: "accepted", authorization: bearer(token, toyClient, "authority") });
export const mute = (name: string) =>
  authority(name, { verdict: "unknown", error: new RotationError("ISSUER_UNAVAILABLE", `${name} was not answered`) });

/** A claim whose token expires so many milliseconds after the rig's start. */
export const held = (no: number, token: string, rig: Rig, lifeMs: number): Written => ({
  no,
  stages: ["DEPRECATED"],
  content: claim("S0", {
    callId: `call-${no}`,
    token,
    tokenExpiresAt: new Date(rig.clock.now() + lifeMs).toISOString(),
  }),
});

export async function setUp(
  versions: (rig: Rig) => readonly Written[] = () => [],
): Promise<{ rig: Rig; attempt: Attempt; seen: Snapshot; next: () => Requester | null }> {
  const rig = createRig([]);
  rig.vault.versions = [...versions(rig), current];
  const attempt = createAttempt(null);
  const seen = await observe(rig.context, attempt, true, null);
  if (seen === null) throw new Error("the secret is UPDATING");
  await readAll(rig.context, attempt, seen.list);
  return { rig, attempt, seen, next: () => nextRequester(rig.context, attempt, seen) };
}

/** A requester as a test writes it down. */
export function shown(requester: Requester | null): string | null {
  if (requester === null) return null;
  return requester.kind === "token"
    ? `token ${requester.token.reveal()}`
    : `${requester.kind} ${requester.authority.name}`;
}
