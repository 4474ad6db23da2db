import { execFileSync } from "node:child_process";
import { cpSync, existsSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { DAY_MS } from "../../../../src/base/durations.ts";
import { scanned } from "../../../../src/cli/inventory/scan-data.ts";
import { type CliWorld, expectOnlyReads, useCli } from "../../../support/cli.ts";
import { COMPARTMENT, OTHER_COMPARTMENT } from "../../../support/fleet.ts";
import { OWNER_ONLY } from "../../../support/modes.ts";

const cli = useCli();
const FUNCTION = "ocid1.fnfunc.oc1.iad.ours";

interface Made {
  readonly next?: number;
  readonly expires?: number;
  readonly tags?: Record<string, string>;
  readonly compartmentId?: string;
  readonly vaultId?: string;
  readonly functionId?: string | null;
  readonly content?: string;
  readonly isReplica?: boolean;
}

/** A secret whose dates are days from now. */
function make(w: CliWorld, name: string, { next, expires, tags = {}, functionId = FUNCTION, ...options }: Made = {}) {
  const target = functionId === null ? {} : { functionId };
  const id = w.emulator.admin.createSecret({ name, content: "{}", ...target, ...options });
  const secret = w.emulator.admin.secret(id);
  const at = (days: number) => w.clock.now() + days * DAY_MS;
  secret.nextRotationAt = next === undefined ? null : at(next);
  secret.freeformTags = {
    ...tags,
    ...(expires === undefined ? {} : { "orot-expires-on": new Date(at(expires)).toISOString() }),
  };
  return id;
}

const HERE = ["scan", "--compartment", OTHER_COMPARTMENT] as const;
const there = (options: Made = {}) => ({ compartmentId: OTHER_COMPARTMENT, ...options });
const names = (json: Record<string, unknown>) =>
  scanned.parse(json).secrets.map(({ name, state }) => `${name} ${state}`);

describe("oci-rotate scan", () => {
  test("lists what is due first first, reads the list alone, and ends with 4", async () => {
    const w = await cli();
    make(w, "later", there({ next: 40 }));
    make(w, "over", there({ next: 10, expires: -1 }));
    make(w, "soon", there({ next: 2 }));
    make(w, "never", there());
    const run = await w.run(...HERE, "--json");
    expect(run).toMatchObject({ exitCode: 4, stderr: "" });
    expect(names(run.json())).toEqual(["over expired", "soon later", "later later", "never no-date"]);
    expect(run.json()).toMatchObject({ counts: { seen: 4, rotatable: 4, expired: 1, due: 1, unhealthy: 0 } });
    expect(run.requests.map(({ method, call }) => `${method} ${call}`)).toEqual(["GET list-secrets"]);
  });

  test("--within shows what is due by then, and what failed", async () => {
    const w = await cli();
    make(w, "later", there({ next: 31 }));
    make(w, "soon", there({ expires: 29, next: 50 }));
    make(w, "failed", there({ tags: { "orot-outcome": "LOCKED_OUT 2026-01-01T00:00:00Z v3" } }));
    const run = await w.run(...HERE, "--within", "30d", "--json");
    expect(run.exitCode).toBe(4);
    expect(names(run.json())).toEqual(["failed no-date", "soon due"]);
    expect(run.json()).toMatchObject({ withinSeconds: 2_592_000, counts: { rotatable: 3, due: 1, unhealthy: 1 } });
  });

  test("lists what is locked out first, then what failed, then by date", async () => {
    const w = await cli();
    const outcome = (code: string) => ({ tags: { "orot-outcome": `${code} 2026-01-01T00:00:00Z v3` } });
    make(w, "expired", there({ expires: -3 }));
    make(w, "later", there({ next: 40 }));
    make(w, "failed late", there({ next: 9, ...outcome("POLICY_REFUSED") }));
    make(w, "failed early", there({ next: 8, ...outcome("POLICY_REFUSED") }));
    make(w, "locked out", there({ next: 90, ...outcome("LOCKED_OUT") }));
    make(w, "in order", there({ next: 1, ...outcome("OK") }));
    const order = ["locked out", "failed early", "failed late", "expired", "in order", "later"];
    const run = await w.run(...HERE, "--json");
    expect(scanned.parse(run.json()).secrets.map(({ name }) => name)).toEqual(order);
    const lines = (await w.run(...HERE)).stdout.split("\n").slice(1, 7);
    expect(lines.map((line) => line.split(/ {2,}/).slice(0, 2))).toEqual(
      ["locked out", "failed", "failed", "expired", "ok", "ok"].map((state, index) => [state, order[index]]),
    );
  });

  test("prints commands to paste that do what they say, as the same operator and in the same places", async () => {
    const w = await cli();
    const vaultId = "ocid1.vault.oc1.iad.mine";
    make(w, "due", there({ next: 5, vaultId }));
    make(w, "failed", there({ vaultId, tags: { "orot-outcome": "POLICY_REFUSED 2026-01-01T00:00:00Z v3" } }));
    const config = path.join(w.home, "my config");
    cpSync(path.join(w.home, ".oci", "config"), config);
    const signing = [
      "--config-file",
      config,
      "--region",
      "us-ashburn-1",
      "--endpoint",
      "http://127.0.0.1:4711",
      "--profile",
      "DEFAULT",
    ];
    const words = [...HERE, "--vault", vaultId, "--within", "7d", ...signing, "--auth", "api-key"];
    const run = await w.runWith({ answers: [], environment: { NO_COLOR: "1" } }, ...words);
    const pasted = run.stderr.split("\n").flatMap((line) => /: oci-rotate (.*)$/.exec(line)?.[1] ?? []);
    expect(pasted).toHaveLength(2);
    for (const line of pasted) {
      const typed = execFileSync("sh", ["-c", `printf '%s\\n' ${line}`], { encoding: "utf8" })
        .trim()
        .split("\n");
      const again = await w.run(...typed, "--dry-run", "--json");
      expect(again.stderr).toBe("");
      expect(again.requests[0]).toMatchObject({ call: "list-secrets", host: "127.0.0.1:4711" });
      expect(again.requests[0]?.target).toContain(OTHER_COMPARTMENT);
      expect(again.json()).toMatchObject({ dryRun: true });
      const { secrets } = again.json() as { secrets: { name: string }[] };
      const names = secrets.map(({ name }) => name);
      const isRotate = typed.includes("rotate");
      expect(isRotate ? names : names.toSorted()).toEqual(isRotate ? ["due"] : ["due", "failed"]);
    }
  });

  test("ends with 0 where nothing is due and nothing failed", async () => {
    const w = await cli();
    make(w, "later", there({ next: 31, tags: { "orot-outcome": "OK 2026-01-01T00:00:00Z v3" } }));
    expect(await w.run(...HERE, "--within", "30d")).toMatchObject({
      exitCode: 0,
      stdout: "1 secret: 0 due within 30d; no failure noted\n",
    });
    expect((await w.run(...HERE)).exitCode).toBe(0);
  });

  test("shows what the rotator and the operator keep in tags, and whose expiry it is", async () => {
    const w = await cli();
    const tags = {
      "orot-issuer": "keycloak",
      "orot-client": "shop",
      "orot-owner": "Payments",
      "orot-contact": "pay@example.com",
      "orot-outcome": "OK 2026-01-02T03:04:05Z v3",
    };
    const secretId = make(w, "a", there({ next: 5, expires: 9, tags }));
    const run = await w.run(...HERE, "--json");
    expect(scanned.parse(run.json()).secrets[0]).toMatchObject({
      secretId,
      issuer: "keycloak",
      clientId: "shop",
      owner: "Payments",
      contact: "pay@example.com",
      functionId: FUNCTION,
      expirySource: "issuer",
      freeSlots: null,
      outcome: { code: "OK", at: "2026-01-02T03:04:05Z", versionNo: 3 },
    });
    const text = (await w.run(...HERE)).stdout;
    expect(text).toMatch(/\(in 9d\).*\(in 5d\)/);
    expect(text).toContain(secretId);
  });

  test("shows whose subscribers have not acknowledged CURRENT, by a read of each secret", async () => {
    const w = await cli();
    const id = make(w, "a", there());
    const subscribers = [
      { endpoint: "https://one.example.org/T0KEN", has: 1 },
      { endpoint: "https://two.example.org/T0KEN" },
    ];
    w.emulator.admin.secret(id).metadata = { orot: JSON.stringify({ subscribers }) };
    make(w, "b", there());
    const run = await w.run(...HERE, "--waiting", "--json");
    expectOnlyReads(run);
    expect(scanned.parse(run.json()).secrets.map(({ waiting }) => waiting)).toEqual([["two.example.org"], []]);
    expect((await w.run(...HERE, "--waiting")).stdout).toMatch(/WAITING FOR[\s\S]*two\.example\.org/i);
    expect((await w.run(...HERE, "--waiting", "--csv")).stdout).toContain(",two.example.org\r\n");
    const without = await w.run(...HERE, "--json");
    expect(scanned.parse(without.json()).secrets.map(({ waiting }) => waiting)).toEqual([null, null]);
    expect(without.requests.map(({ call }) => call)).not.toContain("get-secret");
  });

  test("takes Vault's expiry where the issuer has none", async () => {
    const w = await cli();
    const id = make(w, "a", there());
    w.emulator.admin.secret(id).rules = [{ ruleType: "SECRET_EXPIRY_RULE", secretVersionExpiryInterval: "P30D" }];
    const [secret] = scanned.parse((await w.run(...HERE, "--json", "--within", "31d")).json()).secrets;
    expect(secret).toMatchObject({ state: "due", expirySource: "vault" });
  });

  test("takes the earlier of the issuer's expiry and that of a rule", async () => {
    const w = await cli();
    const rules = [{ ruleType: "SECRET_EXPIRY_RULE", secretVersionExpiryInterval: "P20D" }];
    w.emulator.admin.secret(make(w, "by rule", there({ expires: 40 }))).rules = rules;
    w.emulator.admin.secret(make(w, "by issuer", there({ expires: 10 }))).rules = rules;
    const { secrets } = scanned.parse((await w.run(...HERE, "--json")).json());
    expect(secrets.map(({ name, expirySource }) => [name, expirySource])).toEqual([
      ["by issuer", "issuer"],
      ["by rule", "vault"],
    ]);
  });

  test("leaves out, with --versions alone, an expiry that was noted for another version than CURRENT", async () => {
    const w = await cli();
    const expires = new Date(w.clock.now() + 3 * DAY_MS).toISOString();
    make(w, "another's", there({ tags: { "orot-expires-on": `${expires} v2` } }));
    make(w, "its own", there({ tags: { "orot-expires-on": `${expires} v1` } }));
    make(w, "not asked for", there({ tags: { "orot-expires-on": "unknown v1" } }));
    const states = async (...more: readonly string[]) =>
      names((await w.run(...HERE, "--within", "7d", "--json", ...more)).json()).sort();
    expect(await states()).toEqual(["another's due", "its own due"]);
    expect(await states("--versions")).toEqual(["its own due"]);
  });

  test("says what is to end before its next rotation, also if that is far ahead, with the command that mends it", async () => {
    const w = await cli();
    const late = make(w, "late", there({ next: 30, expires: 29 }));
    make(w, "in time", there({ next: 30, expires: 45 }));
    make(w, "at once", there({ next: 30, expires: 30 }));
    const run = await w.run(...HERE, "--within", "7d", "--json");
    expect(run.exitCode).toBe(4);
    const found = scanned.parse(run.json());
    expect(found.secrets.map(({ name, state, endsFirst }) => [name, state, endsFirst])).toEqual([
      ["late", "later", true],
      ["at once", "later", true],
    ]);
    expect(found.counts).toMatchObject({ rotatable: 3, due: 0, unhealthy: 0, endsFirst: 2 });
    const shown = await w.runWith({ answers: [], environment: { NO_COLOR: "1" } }, ...HERE);
    expect(shown.stdout).toMatch(/^ends first +late /m);
    expect(shown.stdout).toMatch(/^ok +in time /m);
    expect(shown.stdout).toMatch(/; 2 to end before the next rotation\.?$/m);
    expect(shown.stderr).toContain(`late ends before its next rotation: oci-rotate schedule set ${late} --every 19d`);
  });

  test("tells a value that never ends from one of which nobody is told", async () => {
    const w = await cli();
    for (const text of ["never v1", "unknown v1", "2027-01-01T00:00:00Z v1"]) {
      make(w, text, there({ tags: { "orot-expires-on": text } }));
    }
    make(w, "none", there());
    const { secrets } = scanned.parse((await w.run(...HERE, "--json")).json());
    expect(Object.fromEntries(secrets.map(({ name, expiry }) => [name, expiry]))).toEqual({
      "2027-01-01T00:00:00Z v1": "date",
      "never v1": "never",
      "unknown v1": "not-told",
      none: "not-told",
    });
    expect((await w.run(...HERE)).stdout).toMatch(/^no date +never v1 .* never /m);
  });

  test("counts slots and tells the age with --versions, one call each", async () => {
    const w = await cli();
    const id = make(w, "a", there({ next: 5 }));
    w.emulator.admin.secret(id).lastRotationAt = w.clock.now() - 9 * DAY_MS;
    expect(scanned.parse((await w.run(...HERE, "--json")).json()).secrets[0]).toMatchObject({ ageDays: 9 });
    const run = await w.run(...HERE, "--json", "--versions");
    expect(scanned.parse(run.json()).secrets[0]).toMatchObject({ freeSlots: 29, ageDays: 0 });
    expect(run.requests.map(({ call }) => call)).toEqual(["list-secrets", "list-versions"]);
    expectOnlyReads(run);
  });

  test("finds clients by their content with --read-content, and shows nothing of it", async () => {
    const w = await cli();
    const content = w.emulator.admin.content(w.secretId, 1) ?? "";
    make(w, "ours", there({ functionId: null, content }));
    make(w, "password", there({ functionId: null, content: "a-password" }));
    expect(await w.run(...HERE)).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/^error: none of the 2 secrets there .+\nnext: {2}add --read-content/),
    });
    const run = await w.run(...HERE, "--read-content", "--json");
    expect(run.exitCode).toBe(0);
    expect(scanned.parse(run.json()).secrets).toMatchObject([
      { name: "ours", issuer: "oci-iam", clientId: w.app.clientId },
    ]);
    expectOnlyReads(run);
  });

  test("goes on where one secret may not be looked at, and says which right is missing", async () => {
    const w = await cli();
    make(w, "a", there({ next: 5 }));
    w.emulator.switches.deny = ["list-versions"];
    const run = await w.run(...HERE, "--versions", "--json");
    expect(run.exitCode).toBe(0);
    expect(scanned.parse(run.json()).secrets).toMatchObject([
      { name: "a", freeSlots: null, problem: "SECRET_NOT_FOUND" },
    ]);
    expect(run.stderr).toMatch(/warning: 1 could not be examined more closely.+read secret-versions/);
  });

  test("leaves out replicas and what is being deleted; --vault narrows", async () => {
    const w = await cli();
    make(w, "replica", there({ isReplica: true }));
    w.emulator.admin.secret(make(w, "gone", there())).lifecycle = "PENDING_DELETION";
    make(w, "a", there({ vaultId: "ocid1.vault.oc1.iad.other" }));
    make(w, "b", there());
    expect(names((await w.run(...HERE, "--json")).json())).toEqual(["a no-date", "b no-date"]);
    const narrowed = await w.run(...HERE, "--vault", "ocid1.vault.oc1.iad.other", "--json");
    expect(names(narrowed.json())).toEqual(["a no-date"]);
  });

  test("looks in all compartments named, once each, else where heal looks", async () => {
    const w = await cli();
    make(w, "there", there());
    const both = ["scan", "--compartment", COMPARTMENT, OTHER_COMPARTMENT, "--compartment", COMPARTMENT, "--json"];
    expect((await w.run(...both)).requests.map(({ call }) => call)).toEqual(["list-secrets", "list-secrets"]);
    const environment = { OROT_HEAL_COMPARTMENT_IDS: OTHER_COMPARTMENT };
    expect(names((await w.runWith({ environment }, "scan", "--json")).json())).toEqual(["there no-date"]);
  });

  test("writes CSV, with texts that a spreadsheet would run made harmless", async () => {
    const w = await cli();
    make(w, "a", there({ next: 5, tags: { "orot-owner": "=HYPERLINK(1)" } }));
    const [head = "", row = ""] = (await w.run(...HERE, "--csv")).stdout.split("\r\n");
    expect(head).toMatch(/^secretId,name,.+,problem,expiry,endsFirst,tooOldOn,waiting$/);
    expect(row).toContain(",'=HYPERLINK(1),");
    expect(row.split(",")).toHaveLength(head.split(",").length);
  });

  test("writes the report beside the table", async () => {
    const w = await cli();
    make(w, "a<b>", there({ next: 5 }));
    const file = path.join(w.home, "report.html");
    const run = await w.run(...HERE, "--html", file);
    expect(run.exitCode).toBe(0);
    expect(run.stdout).toContain("a<b>");
    expect(readFileSync(file, "utf8")).toContain("<strong>a&lt;b&gt;</strong>");
    expect(statSync(file).mode & 0o777).toBe(OWNER_ONLY);
    expectOnlyReads(run);
  });

  test("cannot be made to move a terminal's cursor by a tag", async () => {
    const w = await cli();
    make(w, "a", there({ tags: { "orot-owner": "\u001b[2Jgone" } }));
    expect((await w.run(...HERE)).stdout).not.toContain("\u001b");
  });
});

describe("what stands in its way is said in one sentence, with the next action", () => {
  test("no compartment", async () => {
    const w = await cli();
    const run = await w.run("scan");
    expect(run).toMatchObject({ exitCode: 2, stdout: "", requests: [] });
    expect(run.stderr).toMatch(/^error: no compartment was given\.\nnext: {2}add --compartment <ocid>.+\.\n$/);
  });

  test("a compartment that is unknown or forbidden", async () => {
    const w = await cli({ switches: { deny: ["list-secrets"] } });
    const file = path.join(w.home, "report.html");
    const run = await w.run(...HERE, "--html", file);
    expect(run).toMatchObject({ exitCode: 1, stdout: "" });
    expect(run.stderr).toMatch(
      /^error: ListSecrets of ocid1\.compartment\.oc1\.\.other was answered 404; .+\nnext: .+inspect secrets in compartment id/,
    );
    expect(existsSync(file)).toBe(false);
  });

  test("no secrets", async () => {
    const w = await cli();
    w.emulator.admin.createCompartment(OTHER_COMPARTMENT);
    const run = await w.run(...HERE, "--json");
    expect(run).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/^error: no secret was found there/) });
    expect(run.json()).toMatchObject({ error: { code: "NOTHING_FOUND" } });
  });

  test("a file that cannot be written", async () => {
    const w = await cli();
    make(w, "a", there());
    const run = await w.run(...HERE, "--html", path.join(w.home, "absent", "report.html"));
    expect(run).toMatchObject({
      exitCode: 1,
      stdout: "",
      stderr: expect.stringContaining("its folder does not exist"),
    });
  });

  test("two formats at once, and a page that fails in the middle of the list", async () => {
    const w = await cli({ switches: { "page-size": 1 } });
    expect((await w.run(...HERE, "--json", "--csv")).exitCode).toBe(2);
    for (const name of ["a", "b", "c"]) make(w, name, there());
    w.emulator.faults.add({ call: "list-secrets", kind: "server-error-before", occurrence: 2, count: 9 });
    const run = await w.run(...HERE, "--json");
    expect(run.exitCode).toBe(1);
    expect(run.json()).toMatchObject({ error: { code: "VAULT_UNAVAILABLE" } });
  });

  test("Ctrl-C", async () => {
    const w = await cli();
    make(w, "a", there());
    const run = await w.runWith({ signal: AbortSignal.abort() }, ...HERE);
    expect(run).toMatchObject({ exitCode: 1, stdout: "", stderr: expect.stringContaining("was interrupted") });
  });
});
