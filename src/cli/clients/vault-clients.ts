import { RotationError } from "../../base/errors.ts";
import type { Client } from "../../clients/issuers/client.ts";
import { clientIn } from "../../clients/issuers/index.ts";
import { parseContent } from "../../clients/vault/content.ts";
import { createOciStore } from "../../clients/vault/oci-store.ts";
import { mapInOrder } from "../inventory/in-order.ts";
import { createOperatorDirectory, type InventoryRow, inventory, type Places } from "../inventory/inventory.ts";
import type { Runtime } from "../runtime.ts";
import type { SignedIn } from "../sign-in/sign-in.ts";
import { vaultSeams } from "../vault-seams.ts";

/** A secret, and the client that its content names. */
export interface VaultClient {
  readonly row: InventoryRow;
  readonly client: Client;
}

export interface VaultClients {
  readonly clients: readonly VaultClient[];
  /** How many secrets could not be read: each may hold a client. */
  readonly unread: number;
}

/** Parallel reads: fast, and far below every known limit of Vault. */
const AT_ONCE = 10;
const READ_LIMIT_MS = 60_000;

/** The client of a secret; null: its content is none of a known issuer; `unread`: it could not be read. */
async function clientOf(runtime: Runtime, { access }: SignedIn, secretId: string): Promise<Client | null | "unread"> {
  const store = createOciStore(access, secretId, vaultSeams(runtime)(READ_LIMIT_MS));
  try {
    return clientIn(parseContent(await store.readCurrentText()));
  } catch (thrown) {
    if (!(thrown instanceof RotationError) || thrown.code === "VAULT_UNAVAILABLE") throw thrown;
    return ["CONTENT_INVALID", "ISSUER_UNKNOWN", "ORIGIN_NOT_ALLOWED"].includes(thrown.code) ? null : "unread";
  }
}

/**
 * Every secret in these compartments whose content names a client. Reads each secret, since tags do not say at which address a client lives.
 * @throws CliError, RotationError as `inventory` does; RotationError VAULT_UNAVAILABLE
 */
export async function clientsInVault(runtime: Runtime, signedIn: SignedIn, places: Places): Promise<VaultClients> {
  const listed = inventory(createOperatorDirectory(runtime, signedIn), places, runtime.clock.now());
  const read = mapInOrder(listed, AT_ONCE, async (row) => ({
    row,
    client: await clientOf(runtime, signedIn, row.secretId),
  }));
  const clients: VaultClient[] = [];
  let unread = 0;
  for await (const { row, client } of read) {
    if (client === "unread") unread += 1;
    else if (client !== null) clients.push({ row, client });
  }
  return { clients, unread };
}
