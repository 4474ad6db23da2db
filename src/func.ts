import "./silence.ts";
import { handle } from "@fnproject/fdk";
import { systemClock } from "./clock.ts";
import { systemEntropy } from "./entropy.ts";
import { createHandler } from "./handler.ts";
import { createNetworkTransport } from "./http/network.ts";
import type { VaultAccess } from "./vault/oci-store.ts";
import { resourcePrincipalAccess } from "./vault/resource-principal.ts";

// The entry: the only place where the real clock, entropy, network and principal are put together.
const transport = createNetworkTransport(systemClock, process.env);
let access: VaultAccess | null = null;

handle(
  createHandler({
    clock: systemClock,
    entropy: systemEntropy,
    transport,
    vaultAccess: (settings) => {
      access ??= resourcePrincipalAccess(transport, settings);
      return access;
    },
    environment: process.env,
    write: (line) => process.stdout.write(line),
  }),
  { inputMode: "buffer" },
);
