import * as common from "oci-common";
import { SecretsClient } from "oci-secrets";
import { VaultsClient } from "oci-vault";
import { systemClock } from "../../src/base/clock.ts";
import { fingerprintOf, makeKeyPair } from "../../src/emulator/core/principal.ts";
import { createSeededEntropy } from "../../src/emulator/core/seeded-entropy.ts";
import { createEmulator, type EmulatorOptions } from "../../src/emulator/emulator.ts";
import { startServer } from "../../src/emulator/server.ts";

const TENANCY = "ocid1.tenancy.oc1..t";
const USER = "ocid1.user.oc1..u";

/** An emulator on a loopback port that checks signatures, and SDK clients that sign for it. */
export async function openEmulator(switches: NonNullable<EmulatorOptions["switches"]> = {}) {
  const emulator = createEmulator({
    clock: systemClock,
    entropy: createSeededEntropy(1),
    verifySignatures: true,
    switches,
  });
  const server = await startServer(emulator);
  const keys = makeKeyPair();
  const fingerprint = fingerprintOf(keys.publicKey);
  emulator.signatures.registerKey(`${TENANCY}/${USER}/${fingerprint}`, keys.publicKey);
  const app = emulator.admin.createApp();
  const functionId = emulator.admin.createFunction();
  const secretId = emulator.admin.createSecret({ name: "contract", content: "zeroth", functionId });
  const clients = (privateKey: string) => {
    const provider = new common.SimpleAuthenticationDetailsProvider(
      TENANCY,
      USER,
      fingerprint,
      privateKey,
      null,
      common.Region.US_ASHBURN_1,
    );
    const configuration = {
      circuitBreaker: new common.CircuitBreaker({ disableClientCircuitBreaker: true }),
      retryConfiguration: common.NoRetryConfigurationDetails,
    };
    const parameters = { authenticationDetailsProvider: provider };
    const vaults = new VaultsClient(parameters, configuration);
    const secrets = new SecretsClient(parameters, configuration);
    vaults.endpoint = server.url;
    secrets.endpoint = server.url;
    return { vaults, secrets };
  };
  return {
    emulator,
    server,
    app,
    functionId,
    secretId,
    keyId: `${TENANCY}/${USER}/${fingerprint}`,
    privateKey: keys.privateKey,
    ...clients(keys.privateKey),
    /** Clients that sign with a key that the emulator does not know. */
    strangers: () => clients(makeKeyPair().privateKey),
    stop: () => server.close(),
  };
}
