import * as z from "zod/mini";
import { RotationError } from "../../../base/errors.ts";
import {
  type AdminReader,
  type ClientKind,
  type ClientList,
  type ListedClient,
  textOf,
  timeOf,
} from "./listed-client.ts";

/** A domain sends at most 1,000. */
const PAGE = 200;
const MOST_PAGES = 500;

/** What is asked for by name: without names the list holds every client secret in clear (Source: identity domains REST API, App). */
const ATTRIBUTES = [
  ...["id", "name", "displayName", "active", "clientType", "isOAuthClient", "isOPCService", "infrastructure"],
  ...["contactEmailAddress", "basedOnTemplate", "meta"],
].join(",");

/** Apps that an administrator makes are based on it; Oracle's own are based on others. */
const CUSTOM = "CustomWebAppTemplateId";

/** The members that are read; everything else is dropped here, also a secret that nobody asked for. */
const app = z.object({
  id: z.string(),
  name: z.string(),
  displayName: z.optional(z.unknown()),
  active: z.optional(z.boolean()),
  clientType: z.optional(z.string()),
  isOPCService: z.optional(z.boolean()),
  infrastructure: z.optional(z.boolean()),
  contactEmailAddress: z.optional(z.unknown()),
  basedOnTemplate: z.optional(z.object({ value: z.optional(z.string()) })),
  meta: z.optional(z.object({ created: z.optional(z.unknown()), lastModified: z.optional(z.unknown()) })),
});
const page = z.object({ Resources: z.optional(z.array(app)) });
type App = z.infer<typeof app>;

const KINDS: Readonly<Record<string, ClientKind>> = { confidential: "secret", trusted: "secret", public: "public" };

function clientOf(one: App): ListedClient {
  const template = one.basedOnTemplate?.value;
  return {
    clientId: one.name,
    subject: one.id.toLowerCase(),
    name: textOf(one.displayName),
    kind: KINDS[one.clientType ?? ""] ?? null,
    isEnabled: one.active ?? null,
    isBuiltIn:
      one.isOPCService === true || one.infrastructure === true || (template !== undefined && template !== CUSTOM),
    owner: null,
    contact: textOf(one.contactEmailAddress),
    madeAt: timeOf(one.meta?.created),
    changedAt: timeOf(one.meta?.lastModified),
    secretMadeAt: null,
    endsAt: "never",
    mayChange: null,
  };
}

/**
 * Every OAuth client of an identity domain. It needs a role that reads Apps, such as User Administrator. Pages go on behind the last id, since the
 * domain's guides disagree about what `startIndex` counts; so a deletion between two pages moves nothing.
 * @throws RotationError as AdminReader does
 */
export async function ociIamClients(reader: AdminReader, base: string): Promise<ClientList> {
  const what = "the domain's list of Apps";
  const apps: App[] = [];
  for (let pages = 0; pages < MOST_PAGES; pages++) {
    const last = apps.at(-1)?.id ?? null;
    const filter = `isOAuthClient eq true${last === null ? "" : ` and id gt "${last}"`}`;
    const query = new URLSearchParams({
      attributes: ATTRIBUTES,
      filter,
      sortBy: "id",
      sortOrder: "ascending",
      count: String(PAGE),
    });
    const { body } = await reader.get(`${base}/admin/v1/Apps?${query}`, what);
    const parsed = page.safeParse(body);
    if (!parsed.success) throw new RotationError("VERDICT_UNKNOWN", `${what} could not be read`);
    const found = parsed.data.Resources ?? [];
    if (found.length === 0) return { clients: apps.map(clientOf), isComplete: true };
    for (const one of found) {
      const before = apps.at(-1)?.id;
      if (before !== undefined && one.id <= before) {
        throw new RotationError(
          "VERDICT_UNKNOWN",
          `${what} does not go on behind the last App's id`,
          "report this with the domain's version; until then compare with the console",
        );
      }
      apps.push(one);
    }
  }
  return { clients: apps.map(clientOf), isComplete: false };
}
