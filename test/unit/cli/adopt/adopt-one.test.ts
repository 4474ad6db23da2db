import { describe, expect, test } from "vitest";
import { RotationError } from "../../../../src/base/errors.ts";
import { Secret } from "../../../../src/base/secret.ts";
import { adopt, giveValue } from "../../../../src/cli/adopt/adopt-one.ts";
import type { AdoptionParts, Healed, Task } from "../../../../src/cli/adopt/task.ts";
import { CliError } from "../../../../src/cli/cli-error.ts";
import { contentOf } from "../../../../src/clients/issuers/content-of.ts";
import type { Login } from "../../../../src/clients/issuers/verdict.ts";
import { thrownBy } from "../../../support/failures.ts";
import { accepted, rejected } from "../../rotation/rig.ts";

const client = {
  ...{ issuer: "uaa", base: "https://uaa.example.org", realm: null, tenant: null, tokenUrl: null },
  ...{ clientId: "shop", subject: null },
} as const;
const schedule = { functionId: "F", intervalDays: 30, isScheduled: true };
const task: Task = {
  ...{ client, secretName: "oauth-shop", place: { compartmentId: "C", vaultId: "V", keyId: "K" } },
  ...{ isCreated: false, given: new Secret("value"), newValue: "none", isEnabled: true, tags: { a: "b" } },
  ...{ definedTags: {}, schedule },
};
const FULL = contentOf(client, new Secret("value"));
const PLACEHOLDER = contentOf(client, null);
const silent: Login = {
  ...{ verdict: "unknown", final: false },
  error: new RotationError("ISSUER_UNAVAILABLE", "no answer came", "wait"),
};

interface Given {
  /** The secret of its name, by what Vault holds; null: none. */
  readonly held?: Secret | null;
  readonly lifecycle?: string;
  readonly login?: Login;
  readonly parts?: Partial<AdoptionParts>;
}

/** Vault and an issuer, and what was asked of them. */
function adopting({ held = null, lifecycle = "ACTIVE", login = accepted, parts = {} }: Given = {}) {
  const asked: unknown[] = [];
  let stored = held;
  const all: AdoptionParts = {
    mayBeUnproven: false,
    readValue: async () => "never-shown",
    findByName: async (name) => {
      asked.push(`find ${name}`);
      return stored === null ? null : ({ secretId: "S", lifecycle } as never);
    },
    create: async ({ base64, ...rest }) => {
      stored = new Secret(Buffer.from(base64.reveal(), "base64").toString());
      asked.push(["create", rest]);
      return { outcome: "done" };
    },
    replace: async (secretId, versionNo, text) => {
      stored = text;
      asked.push(`replace ${versionNo} of ${secretId}`);
      return { outcome: "done" };
    },
    waitUntilActive: async () => {
      asked.push("wait until active");
    },
    readText: async () => stored ?? new Secret("{}"),
    open: () => ({ login: async () => login }) as never,
    heal: () => Promise.reject(new Error("no heal is expected")),
    setSchedule: async (secretId, wanted) => {
      asked.push(["schedule", secretId, wanted]);
    },
    wait: async (ms) => {
      asked.push(`wait ${ms}`);
    },
    ...parts,
  };
  return {
    run: (more: Partial<Task> = {}) => adopt({ ...task, ...more }, all),
    give: () => giveValue(task, "S", all),
    asked,
  };
}

const ADOPTED = { outcome: "adopted", secretId: "S", isProven: true, why: null, next: null };
const SCHEDULED = ["schedule", "S", schedule];

describe("a client is adopted", () => {
  test("with a value that a login has proven, into a new secret, and its rotation is set", async () => {
    const { run, asked } = adopting();
    expect(await run()).toEqual(ADOPTED);
    const created = {
      ...task.place,
      name: "oauth-shop",
      description: "OAuth client shop",
      tags: { a: "b" },
      definedTags: {},
    };
    expect(asked).toEqual(["find oauth-shop", ["create", created], "find oauth-shop", SCHEDULED]);
  });

  test("already, if its secret is there", async () => {
    const { run, asked } = adopting({ held: FULL });
    expect(await run()).toEqual({ ...ADOPTED, outcome: "already" });
    expect(asked).toEqual(["find oauth-shop", SCHEDULED]);
  });

  test.each(["UPDATING", "CREATING"])("into a secret that is %s once it is ACTIVE", async (lifecycle) => {
    const { run, asked } = adopting({ held: FULL, lifecycle });
    expect(await run({ schedule: null })).toEqual({ ...ADOPTED, outcome: "already" });
    expect(asked).toEqual(["find oauth-shop", "wait until active"]);
  });

  test("into the placeholder that an earlier run has left", async () => {
    const { run, asked } = adopting({ held: PLACEHOLDER });
    expect(await run()).toEqual(ADOPTED);
    expect(asked).toEqual(["find oauth-shop", "replace 1 of S", "wait until active", SCHEDULED]);
  });

  test("unproven, if that is accepted of a disabled one", async () => {
    const parts = { mayBeUnproven: true };
    expect(await adopting({ login: rejected, parts }).run({ isEnabled: false })).toEqual({
      ...ADOPTED,
      isProven: false,
    });
  });

  test("later, where no value is known and a new one may be made", async () => {
    const unfinished = {
      ...{ outcome: "unfinished", secretId: "S", isProven: false, why: "its secret in Vault holds no value yet" },
      next: "run the command again with the same options, or give the value that works now in the input",
    };
    expect(await adopting().run({ given: null, newValue: "add" })).toEqual(unfinished);
    const shown = { readValue: async () => new Secret("old") };
    expect(await adopting({ login: rejected, parts: shown }).run({ given: null, newValue: "reset" })).toEqual(
      unfinished,
    );
  });
});

const skip = (why: string, next: string, secretId: string | null = null) => ({
  ...{ outcome: "skipped", secretId, isProven: false, why, next },
});
const REFUSED = [
  "the issuer refuses the value",
  "it may have expired, or the client may use another way to log in: give the value that works now, or see --add and --reset",
] as const;

describe("a client is not adopted", () => {
  test.each<[string, Given, Partial<Task>, object]>([
    ["its value is refused", { login: rejected }, {}, skip(...REFUSED)],
    [
      "its value is refused, and a new one may only be made without it",
      { login: rejected },
      { newValue: "add" },
      skip(...REFUSED),
    ],
    ["what Vault holds is refused", { held: FULL, login: rejected }, {}, skip(...REFUSED, "S")],
    ["what a placeholder is to hold is refused", { held: PLACEHOLDER, login: rejected }, {}, skip(...REFUSED, "S")],
    [
      "it is disabled",
      { login: rejected },
      { isEnabled: false },
      skip(
        "the client is disabled, so no login can prove its secret",
        "enable it, or add --unproven to store the value all the same",
      ),
    ],
    [
      "its value is not known",
      {},
      { given: null },
      skip(
        "this issuer shows no client secret",
        "give the value that works now in the input, or have a new one made: --add at a UAA, --reset at an Ed-Fi CMS",
      ),
    ],
    [
      "its value is a reference, even if a new one may be made",
      { parts: { readValue: async () => "reference" } },
      { given: null, newValue: "reset" },
      skip(
        "the client's secret is a reference to a store of the issuer's own",
        "rotate it there: setting a value here would replace the reference",
      ),
    ],
    [
      "it is gone",
      { parts: { readValue: async () => "gone" } },
      { given: null },
      skip("the client is not there any more", "read the list again"),
    ],
    [
      "its name is taken by a secret in deletion",
      { held: FULL, lifecycle: "PENDING_DELETION" },
      {},
      skip(
        "the name oauth-shop is taken by a secret that is not active",
        "a name stays taken until its deletion is done: choose another template, or cancel the deletion",
      ),
    ],
    ...["{}", JSON.stringify({ issuer: "uaa", url: client.base, clientId: "other", clientSecret: "x" })].map(
      (content): [string, Given, Partial<Task>, object] => [
        `its name is taken by ${content}`,
        { held: new Secret(content) },
        {},
        skip("the name oauth-shop is taken by a secret with other content", "choose another template for the names"),
      ],
    ),
    [
      "nobody can say whether its value works",
      { login: silent },
      {},
      { ...skip("no answer came", "wait"), outcome: "failed" },
    ],
    [
      "a command's own error ends it",
      { parts: { create: () => Promise.reject(new CliError("OCI_REFUSED", { what: "no", next: "ask" })) } },
      {},
      { ...skip("no", "ask"), outcome: "failed" },
    ],
  ])("if %s", async (_what, given, more, expected) => {
    expect(await adopting(given).run(more)).toEqual(expected);
  });

  test.each(["VAULT_FORBIDDEN", "SECRET_NOT_FOUND"] as const)(
    "if Vault refuses with %s, as it will the others",
    async (code) => {
      const error = new RotationError(code, "you may not", "ask");
      const parts: Partial<AdoptionParts> = { create: async () => ({ outcome: "refused", error }) };
      expect(await adopting({ parts }).run()).toEqual({
        ...{ outcome: "failed", secretId: null, isProven: false, why: "you may not", isRefused: true },
        next: 'check the OCIDs of compartment, vault and key, and that you have "manage secrets", "use vaults", "use keys", and for defined tags "use tag-namespaces"',
      });
    },
  );

  test("if Vault refuses otherwise, with what that error says", async () => {
    const error = new RotationError("VAULT_UNAVAILABLE", "too many secrets", "ask for more");
    const parts: Partial<AdoptionParts> = { create: async () => ({ outcome: "refused", error }) };
    expect(await adopting({ parts }).run()).toMatchObject({ next: "ask for more", isRefused: false });
  });

  test("if Vault does not list what it has made; it is looked for ten times", async () => {
    const { run, asked } = adopting({ parts: { findByName: async () => null } });
    expect(await run()).toEqual({
      ...{ outcome: "failed", secretId: null, isProven: false, why: "the new secret is not listed" },
      next: "run the command again: it goes on where it stopped",
    });
    expect(asked.slice(1)).toEqual(Array.from({ length: 10 }, () => "wait 1000"));
  });

  test("after Ctrl-C, which ends the command", async () => {
    const stopped = new CliError("INTERRUPTED", { what: "stopped", next: "again" });
    const { run } = adopting({ parts: { create: () => Promise.reject(stopped) } });
    expect(await thrownBy(run)).toBe(stopped);
  });
});

describe("the first value of a placeholder", () => {
  const giving = (...ends: readonly Partial<Healed>[]) => {
    let heals = 0;
    const heal = async (): Promise<Healed> => {
      heals += 1;
      return {
        isDone: false,
        passes: false,
        what: "it failed",
        next: "look",
        ...ends[Math.min(heals, ends.length) - 1],
      };
    };
    return { ...adopting({ held: FULL, parts: { heal } }), heals: () => heals };
  };

  test("is made by a heal, proven, and its rotation is set", async () => {
    const { give, asked } = giving({ isDone: true });
    expect(await give()).toEqual(ADOPTED);
    expect(asked).toEqual([SCHEDULED]);
  });

  test("is tried again every 15 s as long as that may help, twenty times at most", async () => {
    const soon = giving({ passes: true }, { passes: true }, { isDone: true });
    expect(await soon.give()).toEqual(ADOPTED);
    expect(soon.asked).toEqual(["wait 15000", "wait 15000", SCHEDULED]);
    const never = giving({ passes: true });
    expect(await never.give()).toMatchObject({ outcome: "unfinished" });
    expect(never.heals()).toBe(20);
  });

  test("is missing if the heal fails, and that says why", async () => {
    expect(await giving({}).give()).toEqual({
      ...{ outcome: "unfinished", secretId: "S", isProven: false, why: "it failed", next: "look" },
    });
  });
});
