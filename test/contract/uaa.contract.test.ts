import type { EmulatorOptions } from "../../src/emulator/emulator.ts";
import { openEmulator } from "./emulated-vault.ts";
import { describeUaa } from "./uaa.suite.ts";
import type { UaaUnderTest } from "./uaa-calls.ts";

const RELEASES = {
  "4.30.0": { "uaa-bad-credentials": "unauthorized", "uaa-long-secret": "cut" },
  "78": { "uaa-bad-credentials": "invalid_client", "uaa-long-secret": "refused" },
} as const satisfies Record<string, EmulatorOptions["switches"]>;

async function open(switches: NonNullable<EmulatorOptions["switches"]>): Promise<UaaUnderTest> {
  const { server, emulator, stop } = await openEmulator(switches);
  const { admin } = emulator;
  return {
    url: `${server.url}/uaa`,
    admin: admin.createUaaClient({ authorities: ["uaa.admin", "uaa.resource"] }),
    makeClient: async (options) => admin.createUaaClient(options),
    makeZone: async () => {
      const policy = { minLength: 7, requireDigit: 1, requireUpperCaseCharacter: 1 };
      const { zoneId, subdomain } = admin.createUaaZone({ policy });
      return { zoneId, host: `${subdomain}.localhost` };
    },
    stop,
  };
}

for (const [release, switches] of Object.entries(RELEASES)) {
  describeUaa(`the emulator, as ${release},`, () => open(switches));
}
