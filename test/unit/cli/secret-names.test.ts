import { describe, expect, test } from "vitest";
import { type CliWorld, expectOnlyReads, useCli } from "../../support/cli.ts";
import { COMPARTMENT, OTHER_COMPARTMENT } from "../../support/fleet.ts";

const cli = useCli();
const HERE = { OROT_CLI_COMPARTMENT: COMPARTMENT };
const VAULT = "ocid1.vault.oc1.iad.emulatedvault";
const OTHER_VAULT = "ocid1.vault.oc1.iad.other";

/** Another secret of this name. */
const another = (w: CliWorld, name: string, where: { vaultId?: string; compartmentId?: string }) =>
  w.emulator.admin.createSecret({ name, content: JSON.stringify(w.client.content), ...where });

describe("a secret is given by its name", () => {
  test.each([
    ["status", []],
    ["check", []],
    ["doctor", []],
    ["heal", ["--dry-run"]],
    ["retire", ["--dry-run"]],
    ["rollback", ["--dry-run"]],
    ["rotate", ["--dry-run"]],
    ["schedule show", []],
    ["notify list", []],
  ])("to %s, which does the same as for the OCID", async (command, options) => {
    const w = await cli();
    const words = command.split(" ");
    const byId = await w.run(...words, w.secretId, ...options, "--json");
    const byName = await w.runWith({ environment: HERE }, ...words, "app", ...options, "--json");
    const { checkedAt: _then, ...expected } = byId.json();
    expect(byName.exitCode).toBe(byId.exitCode);
    expect(byName.json()).toMatchObject(expected);
    expect(byName.requests[0]).toMatchObject({ call: "list-secrets", method: "GET" });
    expectOnlyReads(byName);
  });

  test("several to rotate, among them an OCID", async () => {
    const w = await cli();
    const id = another(w, "second", {});
    const run = await w.run("rotate", "app", id, "--compartment", COMPARTMENT, "--via", "local", "--dry-run", "--json");
    expect(run.json()).toMatchObject({ secrets: [{ secretId: w.secretId }, { secretId: id }] });
  });

  test("to a change, with the vault on the command line", async () => {
    const w = await cli();
    const run = await w.run("heal", "app", "--vault", VAULT, "--compartment", COMPARTMENT, "--yes", "--json");
    expect(run.json()).toMatchObject({ secretId: w.secretId });
  });

  test("as an option's value", async () => {
    const w = await cli();
    const url = "http://127.0.0.1:9";
    const words = ["keycloak", "policy", "show", url, "realm", "--authority", "no-such", "--compartment", COMPARTMENT];
    const run = await w.run(...words);
    expect(run.stderr).toContain("no secret of the given name");
  });
});

describe("a name is never guessed", () => {
  test("of two secrets none is taken, and both are named", async () => {
    const w = await cli();
    const other = another(w, "app", { vaultId: OTHER_VAULT });
    const run = await w.runWith({ environment: HERE }, "heal", "app", "--yes");
    expect(run).toMatchObject({ exitCode: 2, stdout: "" });
    expect(run.stderr).toContain("2 secrets have this name: ");
    expect(run.stderr).toContain(`${w.secretId} (vault ${VAULT}, compartment ${COMPARTMENT})`);
    expect(run.stderr).toContain(`${other} (vault ${OTHER_VAULT}, compartment ${COMPARTMENT})`);
    expect(run.requests.map(({ call }) => call)).toEqual(["list-secrets"]);
  });

  test("nor of two in different compartments", async () => {
    const w = await cli();
    const other = another(w, "app", { compartmentId: OTHER_COMPARTMENT });
    const environment = { OROT_CLI_COMPARTMENT: `${COMPARTMENT},${OTHER_COMPARTMENT}` };
    const run = await w.runWith({ environment }, "status", "app", "--json");
    expect(run.exitCode).toBe(2);
    expect(run.json()).toMatchObject({ error: { code: "SECRET_AMBIGUOUS" } });
    expect(run.stdout).toContain(w.secretId);
    expect(run.stdout).toContain(other);
  });

  test("a secret that is being deleted counts, since its name may be meant", async () => {
    const w = await cli();
    const other = another(w, "app", { vaultId: OTHER_VAULT });
    w.emulator.admin.secret(other).lifecycle = "PENDING_DELETION";
    expect((await w.runWith({ environment: HERE }, "status", "app")).exitCode).toBe(2);
  });

  test.each([
    ["--vault", { environment: HERE }, ["--vault", VAULT]],
    ["OROT_CLI_VAULT", { environment: { ...HERE, OROT_CLI_VAULT: VAULT } }, []],
    ["--vault before OROT_CLI_VAULT", { environment: { ...HERE, OROT_CLI_VAULT: OTHER_VAULT } }, ["--vault", VAULT]],
  ])("%s tells two apart", async (_what, options, words) => {
    const w = await cli();
    another(w, "app", { vaultId: OTHER_VAULT });
    const run = await w.runWith(options, "check", "app", ...words, "--json");
    expect(run.json()).toMatchObject({ secretId: w.secretId });
  });

  test.each(["App", "ap", "app.", "APP"])("%s is not app", async (name) => {
    const w = await cli();
    const run = await w.runWith({ environment: HERE }, "check", name);
    expect(run).toMatchObject({ exitCode: 1, stdout: "" });
    expect(run.stderr).toContain("no secret of the given name is in");
    // Somebody may have put a client secret there.
    expect(run.stderr).not.toContain(` ${name} `);
  });

  test("a Vault that lists more than was asked for changes nothing", async () => {
    const w = await cli({ switches: { "verify-signatures": "off" } });
    const other = another(w, "application", {});
    const send = w.emulator.transport;
    const all: typeof send = (request) => send({ ...request, url: request.url.replace(/&?name=app(?=&|$)/, "") });
    const run = await w.runWith({ environment: HERE, transport: all }, "check", "app", "--json");
    expect(run.json()).toMatchObject({ secretId: w.secretId });
    expect(run.stdout).not.toContain(other);
  });

  test("what starts like an OCID is none of them", async () => {
    const w = await cli();
    const run = await w.runWith({ environment: HERE }, "check", "ocid1.secret.oc1.iad.app");
    expect(run).toMatchObject({ exitCode: 2, requests: [] });
  });

  test("a compartment that is not to be seen is named, with the policy line", async () => {
    const w = await cli({ switches: { deny: ["list-secrets"] } });
    const run = await w.runWith({ environment: HERE }, "check", "app");
    expect(run).toMatchObject({ exitCode: 1, stdout: "" });
    expect(run.stderr).toContain(`"Allow group <your group> to inspect secrets in compartment id ${COMPARTMENT}"`);
  });

  test("beside an OCID a vault or compartment has no meaning", async () => {
    const w = await cli();
    const run = await w.run("check", w.secretId, "--vault", VAULT);
    expect(run).toMatchObject({ exitCode: 2, requests: [] });
    expect(run.stderr).toContain("--vault was given beside the OCID of a secret");
  });
});
