import { describe, expect, test } from "vitest";
import { ociIamClients } from "../../../../../src/clients/issuers/inventory/oci-iam-clients.ts";
import { expectFailure } from "../../../../support/failures.ts";
import { createReader } from "./reader.ts";

const BASE = "https://idcs-1.identity.oraclecloud.com";

/** A domain that goes on behind the id in the filter, with so many in a page. */
function listing(all: readonly { readonly id: string }[], most = 200) {
  const filters: (string | null)[] = [];
  const { reader, asked } = createReader((path) => {
    const { searchParams } = new URL(path, BASE);
    filters.push(searchParams.get("filter"));
    const after = /id gt "(.*)"$/.exec(searchParams.get("filter") ?? "")?.[1] ?? "";
    const rest = all.filter(({ id }) => id > after);
    return rest.length === 0 ? {} : { Resources: rest.slice(0, most) };
  });
  return { asked, filters, go: () => ociIamClients(reader, BASE) };
}

const only = async (members: object) => (await listing([{ id: "0A", ...members }]).go()).clients[0];

describe("the OAuth clients of an identity domain", () => {
  test("are listed with what the domain tells of them, and no secret is asked for", async () => {
    const { go, asked } = listing([
      {
        id: "0A",
        ...{ name: "client-a", displayName: "App", active: true, clientType: "confidential", clientSecret: "shown" },
        ...{ contactEmailAddress: "ada@example.org", basedOnTemplate: { value: "CustomWebAppTemplateId" } },
        meta: { created: "2026-01-02T00:00:00Z", lastModified: "2026-02-03T00:00:00Z" },
      } as { id: string },
    ]);
    expect(await go()).toEqual({
      isComplete: true,
      clients: [
        {
          ...{ clientId: "client-a", subject: "0a", name: "App", kind: "secret", isEnabled: true, isBuiltIn: false },
          ...{ owner: null, contact: "ada@example.org", madeAt: Date.UTC(2026, 0, 2), changedAt: Date.UTC(2026, 1, 3) },
          ...{ secretMadeAt: null, endsAt: "never", mayChange: null },
        },
      ],
    });
    const attributes = new URL(asked[0]?.path ?? "", BASE).searchParams.get("attributes")?.split(",") ?? [];
    for (const named of ["id", "name", "displayName", "active", "clientType", "meta"])
      expect(attributes).toContain(named);
    for (const own of ["isOPCService", "infrastructure", "basedOnTemplate", "isOAuthClient", "contactEmailAddress"])
      expect(attributes).toContain(own);
    expect(attributes.filter((name) => /secret/i.test(name))).toEqual([]);
  });

  test.each<[string | undefined, string | null]>([
    ["confidential", "secret"],
    ["trusted", "secret"],
    ["public", "public"],
    ["dancing", null],
    [undefined, null],
  ])("of the type %s show who they are by it: %s", async (clientType, kind) => {
    expect((await only({ name: "a", clientType }))?.kind).toBe(kind);
  });

  test.each<[string, boolean, object]>([
    ["of a service of Oracle's are its own", true, { isOPCService: true }],
    ["of its infrastructure are its own", true, { infrastructure: true }],
    ["on a template of Oracle's are its own", true, { basedOnTemplate: { value: "OracleTemplateId" } }],
    ["on the template for custom Apps are not", false, { basedOnTemplate: { value: "CustomWebAppTemplateId" } }],
    ["on a template without a name are not", false, { basedOnTemplate: {} }],
    ["of no service and no infrastructure are not", false, { isOPCService: false, infrastructure: false }],
  ])("%s", async (_what, isBuiltIn, members) => {
    expect(await only({ name: "a", ...members })).toMatchObject({
      isBuiltIn,
      isEnabled: null,
      name: null,
      madeAt: null,
    });
  });

  test("are all read, each page behind the last id of the one before", async () => {
    const many = ["a", "b", "c", "d", "e"].map((id) => ({ id, name: `client-${id}` }));
    const { go, filters } = listing(many, 2);
    expect(await go()).toMatchObject({ isComplete: true, clients: { length: 5 } });
    expect(filters).toEqual(
      ["", ' and id gt "b"', ' and id gt "d"', ' and id gt "e"'].map((more) => `isOAuthClient eq true${more}`),
    );
  });

  test("cannot be told from a list that begins anew with each page", async () => {
    const { reader } = createReader(() => ({ Resources: [{ id: "a", name: "client-a" }] }));
    const { nextAction } = await expectFailure(
      () => ociIamClients(reader, BASE),
      "VERDICT_UNKNOWN",
      "the domain's list of Apps does not go on behind the last App's id",
    );
    expect(nextAction).toBe("report this with the domain's version; until then compare with the console");
  });

  test("cannot be told from a list of another form", async () => {
    await expectFailure(listing([{ id: "a" }]).go, "VERDICT_UNKNOWN", "the domain's list of Apps could not be read");
  });
});
