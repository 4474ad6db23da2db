import * as z from "zod/mini";
import { RotationError } from "../../../base/errors.ts";
import { type AdminReader, type ClientList, type ListedClient, readByOffset, textOf, timeOf } from "./listed-client.ts";

/** Without a limit, releases before 8.0 send only 25. */
const PAGE = 200;

const id = z.union([z.number(), z.string()]);
/** The members that are read; everything else is dropped here (Source: Ed-Fi Configuration Service, releases 0.4 to 8.0). */
const apiClient = z.object({
  id,
  applicationId: z.optional(id),
  clientId: z.string(),
  name: z.optional(z.unknown()),
  isApproved: z.optional(z.boolean()),
  createdAt: z.optional(z.unknown()),
  lastModifiedAt: z.optional(z.unknown()),
});
const application = z.object({ id, applicationName: z.optional(z.unknown()), vendorId: z.optional(id) });
const vendor = z.object({
  id,
  company: z.optional(z.unknown()),
  contactName: z.optional(z.unknown()),
  contactEmailAddress: z.optional(z.unknown()),
});

type ApiClient = z.infer<typeof apiClient>;
type Application = z.infer<typeof application>;
type Vendor = z.infer<typeof vendor>;

interface Whole<T> {
  readonly all: readonly T[];
  readonly isComplete: boolean;
}

/** A whole list; null: this release has none. */
async function readList<T extends { readonly id: string | number }>(
  reader: AdminReader,
  url: string,
  what: string,
  shape: z.ZodMiniType<T>,
): Promise<Whole<T> | null> {
  let isServed = true;
  const readPage = async (offset: number, limit: number): Promise<readonly T[]> => {
    const { status, body } = await reader.get(
      `${url}?offset=${offset}&limit=${limit}`,
      what,
      offset === 0 ? [404] : [],
    );
    if (status === 404) {
      isServed = false;
      return [];
    }
    const parsed = z.array(shape).safeParse(body);
    if (!parsed.success) throw new RotationError("VERDICT_UNKNOWN", `${what} could not be read`);
    return parsed.data;
  };
  const whole = await readByOffset(readPage, (one) => String(one.id), PAGE);
  return isServed ? whole : null;
}

const unknown = {
  isBuiltIn: false,
  secretMadeAt: null,
  endsAt: "never",
  mayChange: null,
} as const;

function ownersOf(applications: readonly Application[], vendors: readonly Vendor[]) {
  const byId = new Map(applications.map((one) => [String(one.id), one]));
  const vendorsById = new Map(vendors.map((one) => [String(one.id), one]));
  return (applicationId: string | number | undefined) => {
    const found = byId.get(String(applicationId));
    const owner = vendorsById.get(String(found?.vendorId));
    return {
      applicationName: textOf(found?.applicationName),
      owner: textOf(owner?.company) ?? textOf(owner?.contactName),
      contact: textOf(owner?.contactEmailAddress),
    };
  };
}

/**
 * Every client of the tenant that `reader` asks about. It needs the scope `readonly_access` and the role `cms-client`. Releases before 0.7
 * list applications and no client ids.
 * @throws RotationError as AdminReader does
 */
export async function edfiCmsClients(reader: AdminReader, base: string): Promise<ClientList> {
  const what = "the Configuration Service's list of clients";
  for (const version of ["v3", "v2"]) {
    const at = (resource: string) => `${base}/${version}/${resource}`;
    const clients = await readList<ApiClient>(reader, at("apiClients"), what, apiClient);
    const applications = await readList<Application>(
      reader,
      at("applications"),
      "its list of applications",
      application,
    );
    if (clients === null && applications === null) continue;
    const vendors = await readList<Vendor>(reader, at("vendors"), "its list of vendors", vendor);
    const ownerOf = ownersOf(applications?.all ?? [], vendors?.all ?? []);
    const isComplete = [clients, applications, vendors].every((list) => list === null || list.isComplete);
    if (clients !== null) {
      return {
        isComplete,
        clients: clients.all.map((one): ListedClient => {
          const { applicationName, owner, contact } = ownerOf(one.applicationId);
          return {
            ...unknown,
            clientId: one.clientId,
            subject: `apiClients/${one.id}`,
            name: textOf(one.name) ?? applicationName,
            kind: "secret",
            isEnabled: one.isApproved ?? null,
            owner,
            contact,
            madeAt: timeOf(one.createdAt),
            changedAt: timeOf(one.lastModifiedAt),
          };
        }),
      };
    }
    return {
      isComplete,
      clients: (applications?.all ?? []).map((one): ListedClient => {
        const { applicationName, owner, contact } = ownerOf(one.id);
        return {
          ...unknown,
          clientId: null,
          subject: `applications/${one.id}`,
          name: applicationName,
          kind: "secret",
          isEnabled: null,
          owner,
          contact,
          madeAt: null,
          changedAt: null,
        };
      }),
    };
  }
  throw new RotationError(
    "ISSUER_CONFIGURATION",
    `${what} was answered 404`,
    "check the authority's member url: it is the Configuration Service's address up to and not including /v2 or /v3",
  );
}

const tenants = z.array(z.object({ name: z.string() }));

/** Names of all tenants; null: the installation has only one, without a name. @throws RotationError as AdminReader does */
export async function edfiCmsTenants(reader: AdminReader, base: string): Promise<readonly string[] | null> {
  const what = "its list of tenants";
  for (const version of ["v3", "v2"]) {
    const { status, body } = await reader.get(`${base}/${version}/tenants`, what, [404]);
    if (status === 404) continue;
    const parsed = tenants.safeParse(body);
    if (!parsed.success) throw new RotationError("VERDICT_UNKNOWN", `${what} could not be read`);
    return parsed.data.map(({ name }) => name).toSorted();
  }
  return null;
}
