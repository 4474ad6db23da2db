import { handle } from "@fnproject/fdk";
import { systemClock } from "../base/clock.ts";
import { systemEntropy } from "../base/entropy.ts";
import type { CallContext, FunctionSeams } from "../base/function.ts";
import { createNetworkTransport } from "./http/network.ts";
import type { CallSeams } from "./seams.ts";
import type { VaultAccess } from "./vault/oci-store.ts";
import { resourcePrincipalAccess } from "./vault/resource-principal.ts";

/** What the platform says of one call to any of our functions. */
interface PlatformContext extends CallContext {
  readonly headers: Readonly<Record<string, readonly string[]>>;
}

/**
 * Serves the platform's calls. The only place where the real clock, entropy, network and principal are put together.
 * @param listen the platform's own listener
 */
export function serve(
  createHandler: (seams: FunctionSeams & CallSeams) => (body: Uint8Array, context: PlatformContext) => Promise<object>,
  listen: typeof handle = handle,
): void {
  const transport = createNetworkTransport(systemClock, process.env);
  let access: VaultAccess | null = null;
  const handler = createHandler({
    clock: systemClock,
    entropy: systemEntropy,
    transport,
    vaultAccess: (settings) => {
      access ??= resourcePrincipalAccess(transport, settings);
      return access;
    },
    environment: process.env,
    write: (line) => process.stdout.write(line),
  });
  listen(handler, { inputMode: "buffer" });
}
