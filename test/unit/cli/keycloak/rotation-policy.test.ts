import { describe, expect, test } from "vitest";
import {
  type Meets,
  meetsOf,
  periodText,
  planPolicies,
  type RealmPolicies,
  rotatingPolicies,
} from "../../../../src/cli/keycloak/rotation-policy.ts";

const WANTED = {
  ...{ name: "oci-rotate", meets: { kind: "client-role", role: "rotated" } as Meets },
  ...{ expiration: 7_776_000, rotated: 86_400, remaining: 3_600 },
};
const EMPTY: RealmPolicies = { profiles: [], policies: [] };
const made = planPolicies(EMPTY, WANTED).merged;
const differencesOf = (current: RealmPolicies, wanted = WANTED) =>
  planPolicies(current, wanted).changes.map(({ step, differences }) => [step, differences]);

/** The realm as we made it, with its policy changed. */
const policyWith = (more: object): RealmPolicies => ({
  ...made,
  policies: made.policies.map((policy) => ({ ...policy, ...more })),
});

describe("a realm's own lists", () => {
  const mine = { profiles: [{ name: "p", executors: [] }], policies: [{ name: "q", profiles: ["p"] }] };

  test("are kept, with what is wanted behind them", () => {
    const { merged, changes } = planPolicies(mine, WANTED);
    expect(changes.map(({ of, step }) => [of, step])).toEqual([
      ["profile", "add"],
      ["policy", "add"],
    ]);
    expect(merged.profiles[0]).toBe(mine.profiles[0]);
    expect(merged.policies[0]).toBe(mine.policies[0]);
    expect(merged.profiles[1]).toMatchObject({
      name: "oci-rotate",
      description: "Client secrets rotated by oci-rotate",
    });
    expect(merged.policies[1]).toMatchObject({
      name: "oci-rotate",
      description: "Clients whose secrets oci-rotate rotates",
      enabled: true,
      profiles: ["oci-rotate"],
    });
  });

  test("are the very same if nothing is to be changed", () => {
    const { merged, changes } = planPolicies(made, WANTED);
    expect(changes.map(({ step }) => step)).toEqual(["keep", "keep"]);
    expect(merged.profiles).toBe(made.profiles);
    expect(merged.policies).toBe(made.policies);
  });

  test("keep their order and what else an entry of ours holds", () => {
    const before = {
      profiles: [{ ...made.profiles[0], description: "mine", executors: [{ executor: "other" }] }, ...mine.profiles],
      policies: [{ ...made.policies[0], description: "mine too", enabled: false, more: 7 }, ...mine.policies],
    };
    const { merged } = planPolicies(before, WANTED);
    expect(merged.profiles.map(({ name }) => name)).toEqual(["oci-rotate", "p"]);
    expect(merged.profiles[0]).toMatchObject({
      description: "mine",
      executors: [{ executor: "other" }, expect.anything()],
    });
    expect(merged.policies[0]).toMatchObject({ description: "mine too", enabled: true, more: 7 });
  });
});

describe("what is to be changed is told", () => {
  test("for what is new, with what it is to be", () => {
    expect(differencesOf(EMPTY)).toEqual([
      ["add", ["expiration-period: 90d", "rotated-expiration-period: 1d", "remaining-rotation-period: 1h"]],
      ["add", ["meets: owns the client role rotated"]],
    ]);
  });

  test("for periods, with what they were", () => {
    expect(differencesOf(made, { ...WANTED, rotated: 61 })[0]).toEqual([
      "change",
      ["rotated-expiration-period: 1d -> 61s"],
    ]);
  });

  test.each<[string, object, string[]]>([
    [
      "another condition",
      { conditions: [{ condition: "any-client" }] },
      ["meets: every client -> owns the client role rotated"],
    ],
    ["no condition", { conditions: [] }, ["meets: no client -> owns the client role rotated"]],
    ["a policy that is off", { enabled: false }, ["enabled: no -> yes"]],
    ["a policy without the profile", { profiles: ["p"] }, ["profiles: also oci-rotate"]],
  ])("for %s", (_what, more, differences) => {
    expect(differencesOf(policyWith(more))[1]).toEqual(["change", differences]);
  });
});

test("other policies that rotate are named if they are on", () => {
  const also = (name: string, enabled: boolean) => ({ ...made.policies[0], name, enabled });
  const current = { ...made, policies: [...made.policies, also("on", true), also("off", false)] };
  expect(planPolicies(current, WANTED).others).toEqual(["on"]);
  expect(rotatingPolicies(current).map(({ name, isEnabled }) => [name, isEnabled])).toEqual([
    ["oci-rotate", true],
    ["on", true],
    ["off", false],
  ]);
});

const ROLE = { condition: "client-roles", configuration: { roles: ["rotated"] } };

describe("which clients a policy matches", () => {
  test.each<[string, object, Meets | null]>([
    ["a client role", {}, WANTED.meets],
    [
      "confidential clients",
      { conditions: [{ condition: "client-access-type", configuration: { type: ["public", "confidential"] } }] },
      { kind: "confidential" },
    ],
    [
      "public clients",
      { conditions: [{ condition: "client-access-type", configuration: { type: ["public"] } }] },
      null,
    ],
    [
      "another kind of condition",
      { conditions: [{ condition: "any", configuration: { type: ["confidential"] } }] },
      null,
    ],
    [
      "the opposite",
      { conditions: [{ condition: "client-roles", configuration: { roles: ["r"], "is-negative-logic": true } }] },
      null,
    ],
    ["no role", { conditions: [{ condition: "client-roles", configuration: { roles: [] } }] }, null],
    ["two conditions", { conditions: [ROLE, { condition: "any" }] }, null],
    ["no condition", { conditions: [] }, null],
  ])("is known of %s, or not", (_what, more, meets) => {
    expect(meetsOf(policyWith(more), "oci-rotate")).toEqual(meets);
  });
});

test.each([
  [null, "not set"],
  [0, "0s"],
  [59, "59s"],
  [120, "2m"],
  [5_400, "90m"],
  [7_200, "2h"],
  [172_800, "2d"],
])("a period of %s is written %s", (count, text) => {
  expect(periodText(count)).toBe(text);
});
