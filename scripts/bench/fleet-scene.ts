/** A function with a fleet of secrets at one identity domain, in virtual time: the real handler against the emulator. */
import "../../src/base/silence.ts";
import { HOUR_MS } from "../../src/base/durations.ts";
import { createSeededEntropy } from "../../src/emulator/core/seeded-entropy.ts";
import type { Switches } from "../../src/emulator/core/switches.ts";
import { createVirtualClock } from "../../src/emulator/core/virtual-clock.ts";
import { createEmulator } from "../../src/emulator/emulator.ts";
import { createFleet } from "../../src/emulator/fleet.ts";
import { type Answer, createHandler } from "../../src/rotation/handler.ts";

const COMPARTMENT = "ocid1.compartment.oc1..bench";
const DOMAIN = "https://idcs-0123456789abcdef0123456789abcdef.identity.oraclecloud.com";

export interface SceneOptions {
  readonly secrets: number;
  readonly switches: Partial<Switches>;
  /** Of each request. */
  readonly latencyMs: number;
  /** How soon Vault's schedule has the last of them rotated. */
  readonly dueWithinDays?: number;
}

/** An hour after the fleet was made, so that nothing is young. */
export async function openScene({ secrets, switches, latencyMs, dueWithinDays }: SceneOptions) {
  const clock = createVirtualClock();
  const emulator = createEmulator({ clock, entropy: createSeededEntropy(1), switches, latencyMs });
  const functionId = emulator.admin.createFunction();
  const fleet = createFleet(emulator.admin, clock.now(), {
    ...{ count: secrets, domainUrl: DOMAIN, functionId, compartmentId: COMPARTMENT },
    ...(dueWithinDays === undefined ? {} : { dueWithinDays }),
  });
  const { transport } = emulator;
  const handler = createHandler({
    clock,
    entropy: createSeededEntropy(2),
    transport,
    vaultAccess: () => ({
      transport,
      signer: { signHttpRequest: () => Promise.resolve() },
      vaultEndpoint: "https://vaults.emulated.example",
      secretsEndpoint: "https://secrets.vaults.emulated.example",
    }),
    environment: { OROT_HEAL_COMPARTMENT_IDS: COMPARTMENT, FN_FN_ID: functionId },
    write: () => undefined,
  });
  await clock.sleep(HOUR_MS);
  /** Invokes the function. @param seconds until the platform would kill the call */
  const invoke = (event: object, seconds: number): Promise<Answer> => {
    const deadline = new Date(clock.now() + seconds * 1000);
    return handler(Buffer.from(JSON.stringify(event)), { callID: "bench", deadline });
  };
  return { clock, emulator, fleet, invoke };
}
