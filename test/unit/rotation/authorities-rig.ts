import { RotationError } from "../../../src/base/errors.ts";
import type { Authority } from "../../../src/clients/issuers/issuer.ts";
import { type Grant, nextGrant } from "../../../src/rotation/authorities.ts";
import { createMemory, type Memory } from "../../../src/rotation/memory.ts";
import { readAll } from "../../../src/rotation/observe/contents.ts";
import { type Observation, observe } from "../../../src/rotation/observe/observe.ts";
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
  authority(name, { verdict: "accepted", proof: bearer(token, toyClient, "authority") });
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
): Promise<{ rig: Rig; memory: Memory; seen: Observation; next: () => Grant | null }> {
  const rig = createRig([]);
  rig.vault.versions = [...versions(rig), current];
  const memory = createMemory(null);
  const seen = await observe(rig.invocation, memory, true, null);
  if (seen === null) throw new Error("the secret is UPDATING");
  await readAll(rig.invocation, memory, seen.list);
  return { rig, memory, seen, next: () => nextGrant(rig.invocation, memory, seen) };
}

/** A grant as a test writes it down. */
export function shown(grant: Grant | null): string | null {
  if (grant === null) return null;
  return grant.kind === "token" ? `token ${grant.token.reveal()}` : `${grant.kind} ${grant.authority.name}`;
}
