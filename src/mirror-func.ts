import "./base/silence.ts";
import { handle } from "@fnproject/fdk";
import { systemClock } from "./base/clock.ts";
import { systemEntropy } from "./base/entropy.ts";
import { createNetworkTransport } from "./clients/http/network.ts";
import type { VaultAccess } from "./clients/vault/oci-store.ts";
import { resourcePrincipalAccess } from "./clients/vault/resource-principal.ts";
import { createMirrorHandler } from "./mirror/handler.ts";

// The entry of the mirror's function: a function of its own, since an untrusted callback reaches it.
const transport = createNetworkTransport(systemClock, process.env);
let access: VaultAccess | null = null;

handle(
  createMirrorHandler({
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
