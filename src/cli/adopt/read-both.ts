import type { Client } from "../../clients/issuers/client.ts";
import { requireAdmitted } from "../../clients/issuers/origins.ts";
import { CliError } from "../cli-error.ts";
import type { OpenedSource, PlacedList } from "../clients/issuer-lists.ts";
import { clientsInVault, type VaultClients } from "../clients/vault-clients.ts";
import type { CommandContext } from "../command.ts";
import type { Places } from "../inventory/inventory.ts";
import { localSettings } from "../settings.ts";
import type { SignedIn } from "../sign-in/sign-in.ts";

/** Where a place's credentials go, as a client without a name. */
const homeOf = ({ issuer, base, realm, tenant }: PlacedList["place"]): Client => ({
  ...{ issuer, base, realm, tenant, tokenUrl: null, clientId: "", subject: null },
});

/**
 * What the issuer has, and what Vault has.
 * @throws CliError OCI_REFUSED if a secret cannot be read, since it may hold one of these clients; RotationError ORIGIN_NOT_ALLOWED
 */
export async function readBoth(
  { runtime, out }: Pick<CommandContext<unknown>, "runtime" | "out">,
  signedIn: SignedIn,
  source: OpenedSource,
  places: Places,
): Promise<{ readonly lists: readonly PlacedList[]; readonly held: VaultClients }> {
  const lists: PlacedList[] = [];
  for (const place of source.places) {
    out.note(`reading clients of ${place.realm ?? place.zone ?? place.tenant ?? place.base}`);
    lists.push({ place, ...(await source.list(place)) });
  }
  out.note("reading secrets in Vault");
  const held = await clientsInVault(runtime, signedIn, places);
  if (held.unread > 0) {
    throw new CliError("OCI_REFUSED", {
      what: `secrets in these compartments that could not be read: ${held.unread}; each may hold a client already`,
      means: "nothing was changed",
      next: 'grant yourself "read secret-bundles" there',
    });
  }
  for (const { place } of lists) requireAdmitted(homeOf(place), localSettings(runtime).issuerOrigins);
  return { lists, held };
}
