import "./silence.ts";
import { handle } from "@fnproject/fdk";
import { systemClock } from "./clock.ts";
import { systemEntropy } from "./entropy.ts";
import { createNetworkTransport } from "./http/network.ts";
import { createMirrorHandler } from "./mirror/handler.ts";
import type { VaultAccess } from "./vault/oci-store.ts";
import { resourcePrincipalAccess } from "./vault/resource-principal.ts";

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
