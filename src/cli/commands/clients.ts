import { CliError } from "../cli-error.ts";
import { clientsData, clientsDataOf } from "../clients/clients-data.ts";
import { clientsPage } from "../clients/clients-page.ts";
import { clientsCsv, clientsJson, clientsTable } from "../clients/clients-text.ts";
import { openSource, type PlacedList } from "../clients/issuer-lists.ts";
import { join } from "../clients/join.ts";
import { sourceOptions } from "../clients/source-options.ts";
import { clientsInVault } from "../clients/vault-clients.ts";
import { defineCommand } from "../command.ts";
import { exitCodes } from "../exit-codes.ts";
import { compartmentId, duration, flag, listOf, oneOf, optional, text, vaultId } from "../fields.ts";
import { placesOf } from "../inventory/inventory.ts";
import { writeAtomically } from "../output/atomic-file.ts";
import { localSettings } from "../settings.ts";

export const clientsCommand = defineCommand({
  name: "clients",
  summary: "list the clients that an issuer has, beside the secrets that Vault has",
  description: `Lists every client of an identity domain, of realms of a Keycloak, of zones of a UAA or of an Ed-Fi Configuration Service, and says
which secret in Vault holds it. So it finds clients that nobody rotates, secrets whose client is gone, and two secrets for one client.

It reads the issuer as the client of a second authority (--authority), or an identity domain as yourself (--domain). The authority's secret says where the
issuer is. It needs only a right to read: view-clients at Keycloak, clients.read at UAA, a role such as User Administrator in a domain,
readonly_access at Ed-Fi.

Issuers tell little about secrets. An empty answer is shown as "not told", never as a guess:
Keycloak tells when it made a secret, unless somebody set one since, and when a policy ends it. An identity domain and an Ed-Fi release 0.7 tell when the client was
made or changed, never its secret. UAA tells only the last change of the client. For a secret in Vault, its own versions give the age.

Lists of Keycloak and of identity domains hold every secret in clear. Those members are dropped as the list is read, and are never shown or kept.

Changes nothing: it sends only GET requests, and token requests of the authority. --probe-empty also sends logins with an
empty password. It reads the secrets in the given compartments to find out whose client they
hold ("read secret-bundles").

For monitoring: exit code 4 means that something was found, or that the list moved while it was read, so that a client may be missing. With
--within, --max-age or --unmanaged, only clients with a finding are listed.`,
  arguments: {},
  options: {
    ...sourceOptions,
    probeEmpty: {
      flags: "--probe-empty",
      does: "at a UAA, try each client's login with an empty password: only so public clients can be told from others",
      takes: flag,
    },
    compartment: {
      flags: "--compartment <ocid...>",
      does: "compartments whose secrets to compare with (default: OROT_HEAL_COMPARTMENT_IDS)",
      takes: listOf(compartmentId),
    },
    vault: {
      flags: "--vault <ocid...>",
      does: "only secrets in these vaults, in those compartments",
      takes: listOf(vaultId),
    },
    within: {
      flags: "--within <duration>",
      does: "only clients whose secret has ended or ends within this time, such as 30d",
      takes: optional(duration),
    },
    maxAge: {
      flags: "--max-age <duration>",
      does: "only clients whose secret is known to be older than this",
      takes: optional(duration),
    },
    unmanaged: { flags: "--unmanaged", does: "only clients with a secret that no secret in Vault holds", takes: flag },
    name: {
      flags: "--name <pattern>",
      does: 'only clients whose id or name fits, with * for any text, such as "shop-*"',
      takes: optional(text),
    },
    kind: {
      flags: "--kind <kind>",
      does: "only clients that show who they are in this way",
      takes: optional(oneOf("secret", "key", "certificate", "federated", "public", "bearer-only", "saml")),
    },
    html: {
      flags: "--html <file>",
      does: "also write a report that only you can read (mode 600): one self-contained page",
      takes: optional(text),
    },
    csv: { flags: "--csv", does: "print CSV (RFC 4180) instead of a table", takes: flag },
  },
  data: clientsData,
  examples: [
    {
      does: "what a Keycloak realm has that nobody rotates",
      line: "clients --authority ocid1.vaultsecret.oc1.iad.admin --compartment ocid1.compartment.oc1..example --unmanaged",
    },
    {
      does: "an identity domain, read as yourself, with secrets older than half a year",
      line: "clients --domain https://idcs-0123456789abcdef0123456789abcdef.identity.oraclecloud.com --max-age 180d",
    },
    {
      does: "every realm as a spreadsheet",
      line: "clients --authority ocid1.vaultsecret.oc1.iad.admin --all-realms --csv",
    },
  ],
  async run({ runtime, options, out, signIn }, values) {
    if (values.csv && options.json) {
      throw new CliError("USAGE", { what: "--csv and --json were both given", next: "leave one of them out" });
    }
    const vaultPlaces = placesOf(runtime, values);
    const { places, list } = await openSource(
      { runtime, signIn },
      { ...values, realms: values.realm, zones: values.zone, tenants: values.tenant },
    );
    const lists: PlacedList[] = [];
    for (const [index, place] of places.entries()) {
      const where = place.realm ?? place.zone ?? place.tenant ?? place.base;
      out.note(`reading clients of ${where} (${index + 1} of ${places.length})`);
      lists.push({ place, ...(await list(place)) });
      if (runtime.signal.aborted) {
        throw new CliError("INTERRUPTED", {
          what: "the list was interrupted",
          means: "nothing was changed",
          next: "run it again",
        });
      }
    }
    out.note("reading secrets in Vault");
    const { clients: held, unread } = await clientsInVault(runtime, await signIn(), vaultPlaces);
    const joined = join(lists, held, localSettings(runtime).issuerAliases ?? []);
    const wanted = {
      withinMs: values.within ?? null,
      maxAgeMs: values.maxAge ?? null,
      unmanaged: values.unmanaged,
      name: values.name ?? null,
      kind: values.kind ?? null,
    };
    const isComplete = lists.every((one) => one.isComplete);
    const data = clientsDataOf(joined, runtime.clock.now(), wanted, { isComplete, unreadSecrets: unread });
    if (unread > 0) {
      out.warn(
        `secrets that could not be read: ${unread}; each may hold a client shown as unmanaged; next: grant "read secret-bundles" there`,
      );
    }
    if (values.html !== undefined) {
      writeAtomically(values.html, clientsPage(data), runtime.entropy.uuid());
      out.note(`report: ${values.html}`);
    }
    if (options.json) out.parts(clientsJson(data));
    else out.parts(values.csv ? clientsCsv(data) : clientsTable(data, out.style));
    const isFound = !isComplete || data.clients.some(({ findings }) => findings.length > 0);
    return isFound ? exitCodes.attention : exitCodes.done;
  },
});
