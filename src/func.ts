import "./base/silence.ts";
import { handle } from "@fnproject/fdk";
import { systemClock } from "./base/clock.ts";
import { systemEntropy } from "./base/entropy.ts";
import { createNetworkTransport } from "./clients/http/network.ts";
import type { VaultAccess } from "./clients/vault/oci-store.ts";
import { resourcePrincipalAccess } from "./clients/vault/resource-principal.ts";
import { createHandler } from "./rotation/handler.ts";

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
