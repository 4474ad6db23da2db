import { describe, expect, test } from "vitest";
import type { InputLine } from "../../../../src/cli/adopt/input.ts";
import { type PlanOptions, planForInput, planForList } from "../../../../src/cli/adopt/plan.ts";
import type { Joined } from "../../../../src/cli/clients/join.ts";
import type { ListedClient } from "../../../../src/clients/issuers/inventory/listed-client.ts";

const listed = (clientId: string | null, more: Partial<ListedClient> = {}): ListedClient => ({
  ...{ clientId, subject: null, name: null, kind: "secret", isEnabled: true, isBuiltIn: false, owner: null },
  ...{ contact: null, madeAt: null, changedAt: null, secretMadeAt: null, endsAt: null, mayChange: null, ...more },
});
const joined = (one: ListedClient | null, realm = "r", heldBy: readonly string[] = []): Joined => ({
  place: {
    ...{ issuer: "keycloak", base: "https://sso.example.org", realm, zone: null, tenant: null, isAddressKnown: true },
  } as unknown as Joined["place"],
  listed: one,
  secrets: heldBy.map((name) => ({
    row: { name, secretId: `id-${name}`, compartmentId: "c", vaultId: "v" },
  })) as unknown as Joined["secrets"],
});
const PLACE = { compartmentId: "c", vaultId: "v", keyId: "k" };
const OPTIONS: PlanOptions = {
  ...{ template: "{client}", owner: null, contact: null, definedTags: {}, bindingTag: null, mayBeUnproven: false },
  ...{ tokenUrl: null, adds: false, resets: [], now: 0, speaker: null, placeFor: () => PLACE, scheduleFor: () => null },
};
const line = (clientId: string, more: Partial<InputLine> = {}): InputLine => ({
  ...{ line: 3, clientId, realm: null, tenant: null, value: null, owner: null, contact: null, ...more },
});
const whyOf = (planned: ReturnType<typeof planForInput>) =>
  planned.map((one) => ("task" in one ? [one.task.client.clientId] : [one.why, one.next]));

describe("a line of the input", () => {
  test("meets the one client that it names", () => {
    expect(whyOf(planForInput([joined(listed("a"))], [line("a")], OPTIONS))).toEqual([["a"]]);
    const two = [joined(listed("a"), "one"), joined(listed("a"), "two")];
    expect(whyOf(planForInput(two, [line("a", { realm: "two" })], OPTIONS))).toEqual([["a"]]);
  });

  test.each<[string, readonly Joined[], readonly InputLine[], string, string]>([
    [
      "no client",
      [joined(listed("a"))],
      [line("b")],
      "line 3: the issuer lists no such client",
      "correct the id, the realm or the tenant",
    ],
    [
      "clients of several realms",
      [joined(listed("a"), "one"), joined(listed("a"), "two")],
      [line("a")],
      "line 3: several realms or tenants have such a client",
      "add a column realm or tenant",
    ],
    [
      "a client again",
      [joined(listed("a"))],
      [line("a"), line("a")],
      "line 3 names a client for the second time",
      "leave it out",
    ],
  ])("that meets %s is told so", (_what, all, lines, why, next) => {
    expect(whyOf(planForInput(all, lines, OPTIONS)).at(-1)).toEqual([why, next]);
  });
});

describe("a client is not adopted", () => {
  test.each<[string, Joined, string, string]>([
    ["that a secret holds", joined(listed("a"), "r", ["x"]), "it is already in the secret x", "nothing: it is managed"],
    ["of the issuer's own", joined(listed("a", { isBuiltIn: true })), "it is the issuer's own", "leave it alone"],
    [
      "that uses no secret",
      joined(listed("a", { kind: "public" })),
      "it uses no client secret (public)",
      "nothing: there is nothing to rotate",
    ],
    [
      "that is disabled",
      joined(listed("a", { isEnabled: false })),
      "it is disabled, so no login can prove its secret",
      "enable it, or add --unproven to store the value all the same",
    ],
  ])("%s, and why is told", (_what, one, why, next) => {
    expect(whyOf(planForInput([one], [line("a")], OPTIONS))).toEqual([[why, next]]);
  });

  test("that the issuer does not name, and where to store it is told", () => {
    expect(whyOf(planForList([joined(listed(null))], OPTIONS))).toEqual([
      ["the issuer does not tell how a secret would name it", "store it by hand (docs/deploying.md)"],
    ]);
  });

  test("that only Vault holds, or that needs no rotation, without a word", () => {
    const all = [joined(null), joined(listed("a", { kind: "key" })), joined(listed("b", { isEnabled: false }))];
    expect(planForList(all, OPTIONS)).toEqual([]);
    expect(whyOf(planForList(all, { ...OPTIONS, mayBeUnproven: true }))).toEqual([["b"]]);
  });
});
