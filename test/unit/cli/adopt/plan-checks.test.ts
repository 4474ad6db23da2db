import { describe, expect, test } from "vitest";
import type { Planned } from "../../../../src/cli/adopt/plan.ts";
import { requireNamesOnce } from "../../../../src/cli/adopt/plan-checks.ts";

/** What is planned for a client, whose secret's name takes no account of its realm. */
function planned(realm: string, vaultId: string): Planned {
  const client = {
    issuer: "keycloak",
    base: "https://sso.example",
    realm,
    tenant: null,
    tokenUrl: null,
    subject: null,
  };
  return {
    task: {
      client: { ...client, clientId: "shop" },
      secretName: "oauth-shop",
      place: { compartmentId: "ocid1.compartment.oc1..a", vaultId, keyId: "ocid1.key.oc1.iad.a" },
      ...{
        isCreated: false,
        given: null,
        newValue: "none",
        isEnabled: true,
        tags: {},
        definedTags: {},
        schedule: null,
      },
    },
  };
}

describe("the names of what is planned", () => {
  test("are refused if two clients would meet in one name of a vault", () => {
    const twice = [planned("one", "vault-a"), planned("two", "vault-a")];
    expect(() => requireNamesOnce(twice)).toThrow("two clients would get the secret's name oauth-shop");
  });

  test("may be the same in two vaults", () => {
    expect(() => requireNamesOnce([planned("one", "vault-a"), planned("two", "vault-b")])).not.toThrow();
  });
});
