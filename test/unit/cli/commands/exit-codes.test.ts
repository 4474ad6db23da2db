import { describe, expect, test } from "vitest";
import { type CliRun, type CliWorld, useCli } from "../../../support/cli.ts";
import { DAY_MS } from "../../../support/cli-fleet.ts";
import { contentWith, keepUpdating, regenerateByHand, writeVersion } from "../../../support/outside-changes.ts";

const cli = useCli();

type Case = readonly [what: string, exitCode: number, arrange: (w: CliWorld) => unknown, more?: readonly string[]];

const PLACE = "ocid1.compartment.oc1..place";
const NOTED = "2026-01-01T00:00:00Z v1";

interface Listed {
  readonly next?: number;
  readonly expires?: number;
  readonly outcome?: string;
  /** An expiry rule of Vault's, in days. */
  readonly rule?: number;
  readonly functionId?: string | null;
}

/** A secret in the place that is scanned; dates in days from now. */
function listed(w: CliWorld, { next, expires, outcome, rule, functionId = "ocid1.fnfunc.oc1.iad.f" }: Listed = {}) {
  const target = functionId === null ? {} : { functionId };
  const id = w.emulator.admin.createSecret({ name: "listed", content: "{}", compartmentId: PLACE, ...target });
  const secret = w.emulator.admin.secret(id);
  const at = (days: number) => w.clock.now() + days * DAY_MS;
  secret.nextRotationAt = next === undefined ? null : at(next);
  secret.rules =
    rule === undefined ? [] : [{ ruleType: "SECRET_EXPIRY_RULE", secretVersionExpiryInterval: `P${rule}D` }];
  secret.freeformTags = {
    ...(outcome === undefined ? {} : { "orot-outcome": `${outcome} ${NOTED}` }),
    ...(expires === undefined ? {} : { "orot-expires-on": `${new Date(at(expires)).toISOString()} v1` }),
  };
}

async function aged(w: CliWorld, days: number) {
  listed(w);
  await w.clock.sleep(days * DAY_MS);
}

const SESSION_OVER = (w: CliWorld) => {
  w.writeSession(-1);
};
const SAYS_NOTHING = { kind: "server-error-before", count: 1_000 } as const;

const scans: readonly Case[] = [
  ["nothing has a date", 0, (w) => listed(w)],
  ["everything is later", 0, (w) => listed(w, { next: 1, expires: 2, outcome: "OK" })],
  ["a client secret ends before its next rotation", 4, (w) => listed(w, { next: 30, expires: 29 })],
  ["a client secret ends while it is rotated", 4, (w) => listed(w, { next: 30, expires: 30 })],
  ["a rule of Vault's ends a version before its next rotation", 4, (w) => listed(w, { next: 30, rule: 30 })],
  [
    "one ends before its next rotation, and that is after the time asked for",
    4,
    (w) => listed(w, { next: 31, expires: 29 }),
    ["--within", "7d"],
  ],
  ["a value is as old as asked for", 4, (w) => aged(w, 90), ["--max-age", "90d"]],
  ["a value is not quite as old", 0, (w) => aged(w, 89), ["--max-age", "90d"]],
  ["a value will be as old within the time", 4, (w) => listed(w), ["--max-age", "90d", "--within", "90d"]],
  ["no age counts", 0, (w) => aged(w, 900), ["--max-age", "0d"]],
  ["everything is after the time asked for", 0, (w) => listed(w, { next: 31, expires: 32 }), ["--within", "30d"]],
  ["a rotation's time has come", 4, (w) => listed(w, { next: 0 })],
  ["a rotation's time has passed", 4, (w) => listed(w, { next: -1 })],
  ["a rotation is due within the time asked for", 4, (w) => listed(w, { next: 30 }), ["--within", "30d"]],
  ["the issuer has ended a client secret", 4, (w) => listed(w, { expires: -1 })],
  ["the issuer ends one within the time asked for", 4, (w) => listed(w, { expires: 30 }), ["--within", "30d"]],
  ["an expiry rule ends one within the time asked for", 4, (w) => listed(w, { rule: 30 }), ["--within", "30d"]],
  ["the last outcome of one is a failure", 4, (w) => listed(w, { outcome: "LOCKED_OUT" })],
  [
    "the last outcome of one is a failure, and nothing is due by then",
    4,
    (w) => listed(w, { outcome: "LOCKED_OUT", next: 31 }),
    ["--within", "30d"],
  ],
  ["one of many is due, as CSV", 4, (w) => [listed(w), listed(w, { next: -1 })], ["--csv"]],
  ["one of many is due, as JSON", 4, (w) => [listed(w), listed(w, { next: -1 })], ["--json"]],
  ["nothing is due, as JSON", 0, (w) => listed(w), ["--json"]],
  ["there is no secret", 1, () => undefined],
  ["no secret there is known to be a client's", 1, (w) => listed(w, { functionId: null })],
  ["the list is refused", 1, (w) => [listed(w), Object.assign(w.emulator.switches, { deny: ["list-secrets"] })]],
  ["Vault does not answer", 1, (w) => w.emulator.faults.add({ call: "list-secrets", ...SAYS_NOTHING })],
  ["an option is unknown", 2, (w) => listed(w), ["--no-such"]],
  ["a length of time is none", 2, (w) => listed(w), ["--within", "soon"]],
  ["the session has ended", 3, (w) => [listed(w, { next: -1 }), SESSION_OVER(w)]],
];

const checks: readonly Case[] = [
  ["CURRENT is accepted and nothing is pending", 0, () => undefined],
  ["CURRENT is accepted, as JSON", 0, () => undefined, ["--json"]],
  ["CURRENT and PENDING are accepted", 0, (w) => writeVersion(w, w.client.content)],
  ["CURRENT is accepted and PENDING refused", 0, (w) => writeVersion(w, contentWith(w, "never-was-one"))],
  ["CURRENT is refused", 4, (w) => regenerateByHand(w, "made-in-the-console")],
  ["CURRENT is refused, as JSON", 4, (w) => regenerateByHand(w, "made-in-the-console"), ["--json"]],
  [
    "CURRENT is refused and PENDING accepted",
    4,
    async (w) => {
      regenerateByHand(w, "made-in-the-console");
      await writeVersion(w, contentWith(w, "made-in-the-console"));
    },
  ],
  ["nobody can tell of CURRENT", 4, (w) => w.emulator.faults.add({ call: "token-current", ...SAYS_NOTHING })],
  [
    "nobody can tell of PENDING",
    4,
    async (w) => {
      await writeVersion(w, contentWith(w, "never-was-one"));
      w.emulator.faults.add({ call: "token-pending", ...SAYS_NOTHING });
    },
  ],
  [
    "CURRENT's content names no client",
    1,
    (w) => {
      const { versions } = w.emulator.admin.secret(w.secretId);
      Object.assign(versions[0] ?? {}, { content: Buffer.from("{}").toString("base64") });
    },
  ],
  ["the content may not be read", 1, (w) => Object.assign(w.emulator.switches, { deny: ["read-current"] })],
  ["Vault does not answer", 1, (w) => w.emulator.faults.add({ call: "list-versions", ...SAYS_NOTHING })],
  ["the secret stays UPDATING", 1, (w) => keepUpdating(w, { ms: DAY_MS })],
  ["an option is unknown", 2, () => undefined, ["--no-such"]],
  ["the session has ended", 3, SESSION_OVER],
  ["the session has ended, as JSON", 3, SESSION_OVER, ["--json"]],
];

const named = ([what, exitCode, arrange, more = []]: Case) => ({ what, exitCode, arrange, more });

async function exitCodeOf(arrange: Case[2], run: (w: CliWorld) => Promise<CliRun>): Promise<number> {
  const w = await cli();
  await arrange(w);
  return (await run(w)).exitCode;
}

describe("the exit code of scan", () => {
  test.each(scans.map(named))("where $what: $exitCode", async ({ exitCode, arrange, more }) => {
    expect(await exitCodeOf(arrange, (w) => w.run("scan", "--compartment", PLACE, ...more))).toBe(exitCode);
  });
});

describe("the exit code of check", () => {
  test.each(checks.map(named))("where $what: $exitCode", async ({ exitCode, arrange, more }) => {
    expect(await exitCodeOf(arrange, (w) => w.run("check", w.secretId, ...more))).toBe(exitCode);
  });

  test("where the settings are wrong: 1", async () => {
    const environment = { OROT_CALL_TIMEOUT_SECONDS: "never" };
    expect(
      await exitCodeOf(
        () => undefined,
        (w) => w.runWith({ environment }, "check", w.secretId),
      ),
    ).toBe(1);
  });
});
