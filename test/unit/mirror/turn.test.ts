import { describe, expect, it } from "vitest";
import { RotationError } from "../../../src/base/errors.ts";
import type { SecretStore } from "../../../src/clients/vault/store.ts";
import { notePause, refuseWhilePaused, takeTurn } from "../../../src/mirror/turn.ts";
import { createMirrorWorld } from "../../prove/mirror/world.ts";
import { createMirrorRig } from "../../support/mirror-rig.ts";
import { silenceSdk } from "../../support/silence-sdk.ts";

const MIRROR = { action: "mirror" };

silenceSdk();

/** A world whose set is stored, and in which a second may pass between two fetches. */
async function mirrored() {
  const world = createMirrorWorld({ environment: { OROT_MIRROR_MIN_SECONDS_BETWEEN_FETCHES: "1" } });
  await world.startProcess().call(MIRROR);
  await world.clock.sleep(3_600_000);
  const { emulator } = world;
  /** When requests reached the identity domain or the Credential Exchange since the last 429. */
  const timesAfterRefusal = () => {
    const at = emulator.requests.findLastIndex(({ status }) => status === 429);
    const refused = emulator.requests[at]?.time ?? Number.NaN;
    return emulator.requests
      .slice(at + 1)
      .filter(({ system }) => system === "identity" || system === "ces")
      .map(({ time }) => time - refused);
  };
  return { ...world, timesAfterRefusal };
}

describe("The pause after a 429", () => {
  it.each(["precondition-failed", "conflict", "refused", "server-error-before"] as const)(
    "is noted for other containers even where another writer or a fault gets in between: %s",
    async (kind) => {
      const { startProcess, emulator, timesAfterRefusal } = await mirrored();
      emulator.faults.add({ call: "fetch-credentials", kind: "rate-limited" });
      // The first write takes the turn, the second notes the pause.
      emulator.faults.add({ call: "update-metadata", kind, occurrence: 2 });
      await startProcess().call(MIRROR);
      expect(emulator.faults.struck).toBe(2);
      await startProcess().call(MIRROR);
      const [first] = timesAfterRefusal();
      expect(first).toBeGreaterThanOrEqual(60_000);
    },
  );

  it("of a day holds for a container whose clock is some seconds behind", async () => {
    const { begin, addSecret, clock } = createMirrorRig();
    const secretId = addSecret("ces.abc123.manifest");
    const call = await begin();
    await notePause(call, call.storeOf(secretId), 86_400_000);
    const behind = await begin({ ...clock, now: () => clock.now() - 5_000 });
    await expect(refuseWhilePaused(behind, behind.storeOf(secretId))).rejects.toMatchObject({
      code: "ISSUER_UNAVAILABLE",
      message: expect.stringContaining("Oracle answered 429"),
    });
    await clock.sleep(86_410_000);
    const later = await begin();
    await expect(refuseWhilePaused(later, later.storeOf(secretId))).resolves.toBeUndefined();
  });
});

describe("The turn to fetch", () => {
  it("ends for its writes when another container may have the next one, also where Vault took note of it late", async () => {
    const { begin, addSecret, clock } = createMirrorRig();
    const call = await begin();
    const store = call.storeOf(addSecret("ces.abc123.manifest"));
    let late: (() => Promise<unknown>) | null = null;
    const slow: SecretStore = {
      ...store,
      writeAnnotations: async (annotations, etag) => {
        if (late === null) {
          late = () => store.writeAnnotations(annotations, etag);
          await clock.sleep(20_000);
          return { outcome: "unknown", error: new RotationError("VAULT_UNAVAILABLE", "no answer") };
        }
        // What was sent first takes effect just before what is sent now.
        await late();
        return store.writeAnnotations(annotations, etag);
      },
    };
    const turn = await takeTurn(call, slow);
    if (turn.kind !== "taken") throw new Error("no turn");
    await expect(turn.guard()).resolves.toBeUndefined();
    await clock.sleep(45_000);
    const other = await begin();
    expect(await takeTurn(other, store)).toMatchObject({ kind: "taken" });
    await expect(turn.guard()).rejects.toMatchObject({ code: "CLAIM_LIVE" });
  });

  it("is not needed by a call that waits while another one begins to fetch", async () => {
    const { begin, addSecret, clock } = createMirrorRig();
    const secretId = addSecret("ces.abc123.manifest");
    const first = await begin();
    expect(await takeTurn(first, first.storeOf(secretId))).toMatchObject({ kind: "taken" });
    const call = await begin();
    // The other one's clock is ahead: to it the pause is over while the first one still waits.
    const ahead = await begin({ ...clock, now: () => clock.now() + 50_000 });
    const waiting = takeTurn(call, call.storeOf(secretId));
    await clock.sleep(15_000);
    expect(await takeTurn(ahead, ahead.storeOf(secretId))).toMatchObject({ kind: "taken" });
    expect(await waiting).toEqual({ kind: "covered" });
  });

  it("is not put off by an instant of a clock that is far ahead", async () => {
    const { begin, addSecret, clock } = createMirrorRig();
    const secretId = addSecret("ces.abc123.manifest");
    const ahead = await begin({ ...clock, now: () => clock.now() + 10 * 86_400_000 });
    expect(await takeTurn(ahead, ahead.storeOf(secretId))).toMatchObject({ kind: "taken" });
    await notePause(ahead, ahead.storeOf(secretId), 60_000);
    const call = await begin();
    expect(await takeTurn(call, call.storeOf(secretId))).toMatchObject({ kind: "taken" });
  });
});
