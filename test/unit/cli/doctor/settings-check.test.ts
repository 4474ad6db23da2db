import { describe, expect, test } from "vitest";
import { IN_THIS_SHELL, problemOf } from "../../../../src/cli/cli-error.ts";
import type { Facts } from "../../../../src/cli/doctor/facts.ts";
import { checkSettings, inItsPlace, setLine } from "../../../../src/cli/doctor/settings-check.ts";
import { facts, settingsOf, told, unread } from "./facts-rig.ts";

const HEAL = { OROT_HEAL_COMPARTMENT_IDS: "ocid1.compartment.oc1..a", OROT_ISSUER_ORIGINS: "https://sso.example.org" };
const named = {
  fn: { value: { displayName: "rotator" } },
  application: { value: { displayName: "app" } },
} as never as Facts;

describe("a setting is set", () => {
  test.each<[Partial<Facts>, string, string]>([
    [{ settingsFrom: "environment" }, "7", "export OROT_X=7"],
    [{ settingsFrom: "environment" }, "a b", "export OROT_X='a b'"],
    [named, "https://sso.example.org/a,~b%", "fn config function app rotator OROT_X https://sso.example.org/a,~b%"],
    [named, "<namespace>.<key>", "fn config function app rotator OROT_X <namespace>.<key>"],
    [named, "<OCID of the key's secret>", "fn config function app rotator OROT_X <OCID of the key's secret>"],
    [named, "$(rm)", "fn config function app rotator OROT_X '$(rm)'"],
    [{}, "7", "fn config function <application> <function> OROT_X 7"],
    [{ fn: unread(), application: unread() }, "7", "fn config function <application> <function> OROT_X 7"],
    [{ ...named, fn: { value: { displayName: "a;b" } } as never }, "7", "fn config function app 'a;b' OROT_X 7"],
  ])("by %o to %j as %j", (more, value, line) => {
    expect(setLine(facts(more), "OROT_X", value)).toBe(line);
  });
});

test("what is wrong is corrected where the settings are", () => {
  const failure = { ...problemOf(new Error("any")), next: IN_THIS_SHELL };
  const next = "correct it in the configuration of the function or its application";
  expect(inItsPlace(facts(), failure)).toEqual({ ...failure, next });
  expect(inItsPlace(facts({ settingsFrom: "environment" }), failure)).toBe(failure);
  const other = { ...failure, next: "wait" };
  expect(inItsPlace(facts(), other)).toBe(other);
});

const OURS = ["ok", "the settings are the function's and its application's"];
const VALID = ["ok", "every setting is valid"];
const find = (environment: Readonly<Record<string, string>>, more: Partial<Facts> = {}) =>
  told(
    checkSettings(
      facts({ ...named, environment, settings: { value: settingsOf({ ...HEAL, ...environment }) }, ...more }),
    ),
  );

describe("of settings", () => {
  test.each<[string, Readonly<Record<string, string>>, readonly (readonly string[])[]]>([
    ["in order", {}, []],
    [
      "that pause it",
      { OROT_PAUSED: "true" },
      [
        [
          "warning",
          "OROT_PAUSED is on, so no new client secret is asked for",
          "fn config function app rotator OROT_PAUSED false",
        ],
      ],
    ],
    [
      "with an endpoint of their own",
      { OROT_VAULT_ENDPOINT: "https://vault.example.org" },
      [
        [
          "warning",
          "OROT_VAULT_ENDPOINT or OROT_SECRETS_ENDPOINT is set, which leads away from OCI's own addresses",
          "remove both, unless a private endpoint is intended",
        ],
      ],
    ],
    [
      "with the other endpoint",
      { OROT_SECRETS_ENDPOINT: "https://vault.example.org" },
      [
        [
          "warning",
          "OROT_VAULT_ENDPOINT or OROT_SECRETS_ENDPOINT is set, which leads away from OCI's own addresses",
          "remove both, unless a private endpoint is intended",
        ],
      ],
    ],
    ["with all the time that there is", { OROT_BUDGET_SECONDS: "300" }, []],
    [
      "with more time than there is",
      { OROT_BUDGET_SECONDS: "301" },
      [
        [
          "problem",
          "OROT_BUDGET_SECONDS is 301, longer than the platform lets a function run",
          "fn config function app rotator OROT_BUDGET_SECONDS 280",
        ],
      ],
    ],
  ])("%s it finds what it must", (_what, environment, findings) => {
    expect(find(environment)).toEqual([OURS, VALID, ...findings]);
  });

  test("that are not set it says what that means", () => {
    const unset = (more: Partial<Facts>) => told(checkSettings(facts({ ...named, ...more })));
    const origins = ["ok", "OROT_ISSUER_ORIGINS is not set, so credentials go only to Oracle's own identity domains"];
    const heal = (compartment: string) => [
      ...["warning", "OROT_HEAL_COMPARTMENT_IDS is not set, so a scheduled heal finds nothing to heal and answers 400"],
      `fn config function app rotator OROT_HEAL_COMPARTMENT_IDS ${compartment}`,
    ];
    expect(unset({})).toEqual([OURS, VALID, origins, heal("<compartment>")]);
    expect(unset({ secret: { value: { compartmentId: "C" } } as never })).toEqual([OURS, VALID, origins, heal("C")]);
  });

  test("that are wrong it finds only that", () => {
    expect(find({}, { settings: unread("correct it") })).toEqual([OURS, ["problem", "you may not", "correct it"]]);
  });

  test.each<[string, Partial<Facts>, readonly string[]]>([
    [
      "this shell's",
      { settingsFrom: "environment" },
      ["warning", "the settings are those of this shell, not the function's", "give --function to examine its own"],
    ],
    [
      "this shell's, as the function cannot be read",
      { settingsFrom: "environment", functionId: "F" },
      [
        "warning",
        "the settings are those of this shell, not the function's",
        "allow yourself to read the function, as shown above",
      ],
    ],
    [
      "the function's alone",
      { application: unread("ask for it") },
      ["warning", "the settings are the function's; its application's could not be read", "ask for it"],
    ],
    ["the function's, which has no application", { application: null }, OURS],
  ])("it says that they are %s", (_what, more, finding) => {
    expect(find({}, more)).toEqual([finding, VALID]);
  });

  test("it says which compartments a heal can list", () => {
    const healed = [
      { compartmentId: "A", read: { value: true as const } },
      { compartmentId: "B", read: unread("ask") },
    ];
    expect(find({}, { healed })).toEqual([
      OURS,
      VALID,
      ["ok", "the secrets of the compartment A can be listed for a heal"],
      ["problem", "you may not", "Allow dynamic-group oci-rotate-function to inspect secrets in compartment id B"],
    ]);
  });
});

describe("of a proxy", () => {
  const other = (name: string) => ["warning", `${name} is set, which is not read`, "set HTTPS_PROXY instead"];
  const list = (name: string, places: string) => [
    ...["warning", `${name} has entries that stand for no host, and are passed over: number ${places}`],
    "write names, addresses, or networks such as 10.0.0.0/8",
  ];
  test.each<[Readonly<Record<string, string>>, readonly (readonly string[])[]]>([
    [{ HTTPS_PROXY: "http://proxy:80" }, []],
    [{ ALL_PROXY: "http://proxy:80" }, [other("ALL_PROXY")]],
    [{ all_proxy: "http://proxy:80", ALL_PROXY: "x" }, [other("all_proxy")]],
    [{ ALL_PROXY: " " }, []],
    [{ ALL_PROXY: "x", HTTPS_PROXY: "http://proxy:80" }, []],
    [{ ALL_PROXY: "x", https_proxy: "http://proxy:80" }, []],
    [{ NO_PROXY: "a.example.org,10.0.0.0/99,b,10.0.0.0/98" }, [list("NO_PROXY", "2, 4")]],
    [{ no_proxy: "10.0.0.0/99", NO_PROXY: "a,10.0.0.0/99" }, [list("no_proxy", "1")]],
  ])("in %j it finds %j", (environment, findings) => {
    expect(told(checkSettings(facts({ ...named, environment, settings: { value: settingsOf(HEAL) } })))).toEqual([
      OURS,
      ...findings,
      VALID,
    ]);
  });

  test("that is none it finds that, and where to correct it", () => {
    const [, finding] = told(checkSettings(facts({ ...named, environment: { HTTPS_PROXY: "socks5://x" } })));
    expect(finding?.[0]).toBe("problem");
    expect(finding?.[1]).toContain("HTTPS_PROXY");
  });
});
