import { describe, expect, test } from "vitest";
import { INTO, KEYCLOAK, madeIn, outcomes, useAdoption } from "../../../support/adoption.ts";
import { type CliOptions, expectOnlyReads } from "../../../support/cli.ts";
import { OTHER_COMPARTMENT } from "../../../support/fleet.ts";

const world = useAdoption();
const TERMINAL = { NO_COLOR: "1", OROT_ISSUER_ORIGINS: KEYCLOAK };

/** A realm with these clients, and a command that adopts them at a terminal or with other means. */
async function realm(clientIds: readonly string[], mayRotate: readonly object[] = []) {
  const { w, authority } = await world(
    { issuer: "keycloak", url: KEYCLOAK, realm: "shop", mayRotate },
    ({ emulator: { admin } }) => {
      admin.createRealm({ name: "shop" });
      return admin.createKeycloakClient({ realm: "shop", clientId: "warden", roles: ["manage-clients"] });
    },
  );
  for (const clientId of clientIds) {
    w.canary.add(w.emulator.admin.createKeycloakClient({ realm: "shop", clientId }).secret);
  }
  const adoptWith = (given: CliOptions, ...words: readonly string[]) =>
    w.runWith({ ...given, environment: TERMINAL }, "adopt", "--authority", authority, ...INTO, ...words);
  return { w, authority, adoptWith };
}

const told = ({ stderr }: { readonly stderr: string }) =>
  stderr.split("\n").filter((line) => line !== "" && !line.startsWith("as profile "));
const cells = ({ stdout }: { readonly stdout: string }) => stdout.split("\n").map((line) => line.split(/ {2,}/));

describe("what oci-rotate adopt asks and tells", () => {
  test("asks, counts clients as they are done, and reports what binds the authority", async () => {
    const { w, adoptWith } = await realm(["shop", "till"]);
    const functionId = w.emulator.admin.createFunction();
    const run = await adoptWith({ answers: ["y"] }, "--function", functionId, "--every", "30d");
    expect(run.exitCode).toBe(0);
    const question = `Create 2 secrets in ${OTHER_COMPARTMENT}? [y/N] `;
    expect(run.stderr).toContain(question);
    expect(
      told(run)
        .filter((line) => line.includes(" of 2: "))
        .map((line) => line.replace(question, "")),
    ).toEqual([
      expect.stringMatching(/^1 of 2: (shop|till) adopted$/),
      expect.stringMatching(/^2 of 2: (shop|till) adopted$/),
    ]);
    expect(cells(run).slice(0, 3)).toEqual([
      ["outcome", "client", "secret", "every", "why, and what to do"],
      ["adopted", "shop", "oauth-shop", "30 d"],
      ["adopted", "till", "oauth-till", "30 d"],
    ]);
    expect(run.stdout).toContain(
      "\n2 adopted, 0 managed already, 0 unfinished, 0 skipped, 0 failed\n\nThe authority may not speak for them yet. Add to mayRotate in its secret:\n",
    );
  });

  test("after a no nothing is written", async () => {
    const { w, adoptWith } = await realm(["shop"]);
    const run = await adoptWith({ answers: ["n"] });
    expect(run).toMatchObject({ exitCode: 1, stdout: "" });
    expect(run.stderr).toContain(
      `Create 1 secret in ${OTHER_COMPARTMENT}? [y/N] error: nothing was changed.\nnext:  answer y, or add --yes.\n`,
    );
    expect(madeIn(w)).toEqual([]);
    expectOnlyReads(run);
  });

  test("--dry-run tells the whole plan, and asks nobody", async () => {
    const { adoptWith } = await realm(["shop"]);
    const run = await adoptWith({}, "--dry-run", "--json");
    expect(run).toMatchObject({ exitCode: 0, stderr: "" });
    expect(run.json()).toMatchObject({
      isDryRun: true,
      counts: { planned: 1, adopted: 0, already: 0, unfinished: 0, skipped: 0, failed: 0 },
      binding: { tag: null, entries: [] },
      clients: [{ clientId: "shop", outcome: "planned", everyDays: null, isProven: false }],
    });
  });

  test("where there is nothing to adopt it asks nothing and writes nothing", async () => {
    const { adoptWith } = await realm([]);
    const run = await adoptWith({ answers: [] });
    expect(run.exitCode).toBe(0);
    expect(run.stdout).toBe("0 adopted, 0 managed already, 0 unfinished, 0 skipped, 0 failed\n");
    expectOnlyReads(run);
  });

  test.each([
    { words: ["--bind"], answers: ["y", "y"], versions: 2, exitCode: 0, entries: 0 },
    { words: ["--bind"], answers: ["y", "n"], versions: 1, exitCode: 4, entries: 1 },
    { words: [], answers: ["y"], versions: 1, exitCode: 0, entries: 1 },
  ])(
    "with $words and the answers $answers it leaves $entries entries to add",
    async ({ words, answers, ...expected }) => {
      const { w, authority, adoptWith } = await realm(["shop"]);
      const run = await adoptWith({ answers }, ...words, "--json");
      expect(run.stderr.includes("Add 1 entries to mayRotate in the authority's secret? [y/N]")).toBe(words.length > 0);
      const { binding } = run.json() as { binding: { entries: unknown[] } };
      expect({
        versions: w.emulator.admin.versions(authority).length,
        exitCode: run.exitCode,
        entries: binding.entries.length,
      }).toEqual(expected);
    },
  );

  test("the warning of entries that were not added says why, and what to do", async () => {
    const { w, adoptWith } = await realm(["shop"]);
    w.emulator.faults.add({ call: "write-pending", kind: "unauthorized" });
    const run = await adoptWith({}, "--bind", "--yes", "--json");
    expect(run.exitCode).toBe(4);
    expect(run.stderr).toMatch(/^warning: the entries were not added: .+; next: .+\n$/);
    expect(run.stderr).not.toContain("undefined");
  });

  test("more clients than an authority's secret has room for are bound by a tag, or not at all", async () => {
    const { w, adoptWith } = await realm(Array.from({ length: 101 }, (_, n) => `c${n}`));
    const run = await adoptWith({}, "--bind", "--yes");
    expect(run).toMatchObject({ exitCode: 2, stdout: "" });
    expect(run.stderr).toContain("it holds some 120, and 100 at most are added at a time");
    expect(madeIn(w)).toEqual([]);
    const tagged = await realm(["shop"], [{ tag: "rotation.client" }]);
    const bound = await tagged.adoptWith({}, "--bind", "--yes", "--json");
    expect(outcomes(bound.json())).toEqual(["shop adopted"]);
    expect(bound.json()).toMatchObject({ binding: { tag: "rotation.client", entries: [] } });
  });
});
