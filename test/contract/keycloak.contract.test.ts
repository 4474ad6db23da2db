import { type Clock, systemClock } from "../../src/base/clock.ts";
import { createSeededEntropy } from "../../src/emulator/core/seeded-entropy.ts";
import { createEmulator } from "../../src/emulator/emulator.ts";
import { startServer } from "../../src/emulator/server.ts";
import { describeKeycloak } from "./keycloak.suite.ts";
import type { KeycloakUnderTest } from "./keycloak-calls.ts";

const REALM = "contract";

/** @param prefix of all paths, as `--http-relative-path` sets it */
async function openEmulated(prefix: string): Promise<KeycloakUnderTest> {
  let ahead = 0;
  const clock: Clock = { ...systemClock, now: () => systemClock.now() + ahead };
  const emulator = createEmulator({ clock, entropy: createSeededEntropy(1) });
  const { admin } = emulator;
  const server = await startServer(emulator);
  admin.createRealm({ name: REALM });
  admin.createRealm({ name: "master" });
  const administrator = admin.createKeycloakClient({ realm: REALM, roles: ["manage-clients", "manage-realm"] });
  return {
    url: `${server.url}${prefix}`,
    realm: REALM,
    administrator,
    makeClient: async (client = {}) => admin.createKeycloakClient({ realm: REALM, ...client }),
    pass: async (seconds) => {
      ahead += seconds * 1000;
    },
    stop: () => server.close(),
  };
}

describeKeycloak("the emulator", () => openEmulated(""));
describeKeycloak("the emulator under /auth", () => openEmulated("/auth"));
