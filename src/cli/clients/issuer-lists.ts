import { canonicalAddress } from "../../base/address.ts";
import { RotationError } from "../../base/errors.ts";
import { mapConcurrent } from "../../base/map-concurrent.ts";
import { type AuthorityContent, ownClient } from "../../clients/issuers/authority-content.ts";
import type { Client } from "../../clients/issuers/client.ts";
import { edfiCmsClients, edfiCmsTenants } from "../../clients/issuers/inventory/edfi-cms-clients.ts";
import { keycloakClients, keycloakRealms } from "../../clients/issuers/inventory/keycloak-clients.ts";
import type { AdminReader, ClientList } from "../../clients/issuers/inventory/listed-client.ts";
import { ociIamClients } from "../../clients/issuers/inventory/oci-iam-clients.ts";
import { probeEmpty, type UaaZone, uaaClients, uaaZones } from "../../clients/issuers/inventory/uaa-clients.ts";
import { CliError } from "../cli-error.ts";
import type { CommandContext } from "../command.ts";
import { openIssuerAdmin } from "../issuer-admin.ts";
import { createReader, signedReader } from "./reader.ts";

/** Which clients to list: those that an authority's secret leads to, or an identity domain's with the operator's own sign-in. */
export interface Source {
  readonly authority: string | undefined;
  readonly domain: string | undefined;
  readonly realms: readonly string[];
  readonly allRealms: boolean;
  readonly zones: readonly string[];
  readonly allZones: boolean;
  readonly tenants: readonly string[];
  /** Of UAA: try the login without a secret for each client whose kind is not told. */
  readonly probeEmpty: boolean;
}

/** Where clients of one list live, as a secret's content names them. */
export type Place = Pick<Client, "issuer" | "base" | "realm" | "tenant"> & {
  /** Of UAA: not part of a client's name, since each zone has a host of its own. */
  readonly zone: string | null;
  /** False: a zone's host is not told, so nothing says how a secret's content would name its clients. */
  readonly isAddressKnown: boolean;
};

export interface PlacedList extends ClientList {
  readonly place: Place;
}

const usage = (what: string, next: string) => new CliError("USAGE", { what, next });

function requireOptions(source: Source, issuer: string): void {
  const given: [string, boolean, string][] = [
    ["--realm or --all-realms", source.realms.length > 0 || source.allRealms, "keycloak"],
    ["--zone or --all-zones", source.zones.length > 0 || source.allZones, "uaa"],
    ["--tenant", source.tenants.length > 0, "edfi-cms"],
    ["--probe-empty", source.probeEmpty, "uaa"],
  ];
  for (const [option, isGiven, of] of given) {
    if (isGiven && issuer !== of) throw usage(`${option} was given for ${issuer}`, `leave it out: it is for ${of}`);
  }
}

type ListOf = (place: Place) => Promise<ClientList>;

async function keycloakPlaces(reader: AdminReader, home: Client, source: Source): Promise<[Place[], ListOf]> {
  const own = home.realm === null ? [] : [home.realm];
  const given = source.realms.length > 0 ? source.realms : own;
  const realms = source.allRealms ? await keycloakRealms(reader, home.base) : given;
  const places = realms.map((realm) => ({
    issuer: home.issuer,
    base: home.base,
    realm,
    tenant: null,
    zone: null,
    isAddressKnown: true,
  }));
  return [places, (place) => keycloakClients(reader, home.base, place.realm ?? "")];
}

/** One label of a host's name (RFC 1123, section 2.1). What else a zone's administrator may have written could lead to another host. */
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i;

/** A zone is served at a host whose first label is its subdomain (Source: UAA documentation, identity zones). Null: at none that is known. */
function zoneBase(base: string, subdomain: string): string | null {
  if (subdomain === "") return base;
  return LABEL.test(subdomain) ? base.replace("://", `://${subdomain.toLowerCase()}.`) : null;
}

async function uaaPlaces(reader: AdminReader, home: Client, source: Source): Promise<[Place[], ListOf]> {
  const own = { issuer: home.issuer, base: home.base, realm: null, tenant: null };
  const plain: Place = { ...own, zone: null, isAddressKnown: true };
  // A client of a zone logs in at that zone only.
  const listOf = async (zoneReader: AdminReader, { base, isAddressKnown }: Place): Promise<ClientList> => {
    const list = await uaaClients(zoneReader, home.base);
    return source.probeEmpty && isAddressKnown ? withKinds(list, reader, base) : list;
  };
  if (!source.allZones && source.zones.length === 0) return [[plain], () => listOf(reader, plain)];
  const zones = source.allZones ? await uaaZones(reader, home.base) : await zonesIfTold(reader, home.base);
  const wanted = source.allZones ? zones.map(({ id }) => id) : source.zones;
  const places = wanted.map((zone): Place => {
    const told = zones.find(({ id }) => id === zone);
    const base = told === undefined ? null : zoneBase(home.base, told.subdomain);
    return base === null ? { ...own, zone, isAddressKnown: false } : { ...own, base, zone, isAddressKnown: true };
  });
  const inZone = (zone: string | null) => (zone === null ? reader : reader.with({ "x-identity-zone-id": zone }));
  return [places, (place) => listOf(inZone(place.zone), place)];
}

/** Parallel logins without a secret. */
const PROBES_AT_ONCE = 4;

async function withKinds({ clients, isComplete }: ClientList, reader: AdminReader, base: string): Promise<ClientList> {
  const told = await mapConcurrent(clients, PROBES_AT_ONCE, async (client) => {
    if (client.kind !== null || client.clientId === null) return client;
    return { ...client, kind: await probeEmpty(reader, base, client.clientId) };
  });
  return { clients: told, isComplete };
}

/** Who may list one zone's clients need not be allowed to list zones. */
async function zonesIfTold(reader: AdminReader, base: string): Promise<readonly UaaZone[]> {
  try {
    return await uaaZones(reader, base);
  } catch (thrown) {
    if (thrown instanceof RotationError && thrown.code === "ISSUER_FORBIDDEN") return [];
    throw thrown;
  }
}

async function edfiPlaces(reader: AdminReader, home: Client, source: Source): Promise<[Place[], ListOf]> {
  const told = source.tenants.length > 0 ? source.tenants : await edfiCmsTenants(reader, home.base);
  const tenants: readonly (string | null)[] = told ?? [null];
  const places = tenants.map((tenant) => ({
    issuer: home.issuer,
    base: home.base,
    realm: null,
    tenant,
    zone: null,
    isAddressKnown: true,
  }));
  const of = (tenant: string | null) => (tenant === null ? reader : reader.with({ tenant }));
  return [places, ({ tenant }) => edfiCmsClients(of(tenant), home.base)];
}

function domainPlace(base: string): Place {
  return { issuer: "oci-iam", base, realm: null, tenant: null, zone: null, isAddressKnown: true };
}

async function placesOf(reader: AdminReader, home: Client, source: Source): Promise<[Place[], ListOf]> {
  switch (home.issuer) {
    case "keycloak":
      return keycloakPlaces(reader, home, source);
    case "uaa":
      return uaaPlaces(reader, home, source);
    case "edfi-cms":
      return edfiPlaces(reader, home, source);
    default:
      return [[domainPlace(home.base)], () => ociIamClients(reader, home.base)];
  }
}

/** An opened source: its places, and how each is listed. */
export interface OpenedSource {
  readonly reader: AdminReader;
  /** What the authority's secret says; null: the operator reads. */
  readonly authority: AuthorityContent | null;
  readonly places: readonly Place[];
  readonly list: ListOf;
}

/**
 * Finds out which realms, zones or tenants there are. Sends only reads and token requests.
 * @throws CliError USAGE; RotationError as AdminReader does
 */
export async function openSource(
  context: Pick<CommandContext<unknown>, "runtime" | "signIn">,
  source: Source,
): Promise<OpenedSource> {
  const { authority, domain } = source;
  if ((authority === undefined) === (domain === undefined)) {
    throw usage(
      "it is not said whose clients to list",
      "give --authority with the secret of a second authority, or --domain with the URL of an identity domain to read it as yourself",
    );
  }
  if (domain !== undefined) {
    const base = canonicalAddress(domain);
    if (base === null)
      throw usage("--domain is no address such as https://idcs-….identity.oraclecloud.com", "correct it");
    requireOptions(source, "oci-iam");
    const { access } = await context.signIn();
    const reader = await signedReader(context, access.signer);
    return { reader, authority: null, places: [domainPlace(base)], list: () => ociIamClients(reader, base) };
  }
  const admin = await openIssuerAdmin(context, authority ?? "", "the issuer", (content) =>
    requireOptions(source, content.issuer.name),
  );
  const reader = createReader(
    ({ url, headers, what }) => admin.send({ method: "GET", url, headers, what }),
    admin.content.issuer.name,
  );
  const [places, list] = await placesOf(reader, ownClient(admin.content), source);
  return { reader, authority: admin.content, places, list };
}
