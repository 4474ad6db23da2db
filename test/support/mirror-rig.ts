import type { Clock } from "../../src/base/clock.ts";
import { createLog } from "../../src/base/log.ts";
import { createSeededEntropy } from "../../src/emulator/core/seeded-entropy.ts";
import type { MirrorCall } from "../../src/mirror/call.ts";
import { createMirrorCalls } from "../../src/mirror/calls.ts";
import { parseMirrorSettings } from "../../src/mirror/settings.ts";
import { createMirrorWorld, type MirrorWorld, type MirrorWorldOptions } from "../prove/mirror/world.ts";

const COMPARTMENT = "ocid1.compartment.oc1..mirror";
const VAULT = "ocid1.vault.oc1..mirror";

export interface MirrorRig extends MirrorWorld {
  /**
   * What one call works with, in its own container.
   * @param clock the container's
   */
  begin(clock?: Clock): Promise<MirrorCall>;
  /** Makes a secret where the mirror looks for its own. */
  addSecret(name: string, content?: string): string;
}

/** The mirror's parts in a mirror's world, to be called one by one. */
export function createMirrorRig(options: MirrorWorldOptions = {}): MirrorRig {
  const world = createMirrorWorld(options);
  const { emulator, clock, clientSecretId, log } = world;
  const settings = parseMirrorSettings({
    OROT_MIRROR_CES_URL: "https://home.retail.emulated.example/rgbu-common-abc123-prd",
    OROT_MIRROR_TENANT_ID: "abc123",
    OROT_MIRROR_CLIENT_SECRET_ID: clientSecretId,
    OROT_MIRROR_VAULT_ID: VAULT,
    OROT_MIRROR_KEY_ID: "ocid1.key.oc1..mirror",
    OROT_MIRROR_COMPARTMENT_ID: COMPARTMENT,
    ...options.environment,
  });
  let containers = 0;
  return {
    ...world,
    watch: world.watch,
    begin: async (containerClock = clock) => {
      containers += 1;
      const { transport } = emulator.startCaller(`rig${containers}`);
      const access = {
        transport,
        signer: { signHttpRequest: () => Promise.resolve() },
        vaultEndpoint: "https://vaults.emulated.example",
        secretsEndpoint: "https://secrets.vaults.emulated.example",
      };
      const entropy = createSeededEntropy(100 + containers);
      const calls = createMirrorCalls({ clock: containerClock, entropy, transport, vaultAccess: () => access });
      const written = createLog((line) => (log as string[]).push(line), containerClock, false, { callId: "rig" });
      return (await calls(settings, null, written)).call;
    },
    addSecret: (name, content = "zeroth") =>
      emulator.admin.createSecret({ name, content, compartmentId: COMPARTMENT, vaultId: VAULT }),
  };
}
