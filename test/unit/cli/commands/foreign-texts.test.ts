import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { INTO, KEYCLOAK, useAdoption } from "../../../support/adoption.ts";
import { type CliRun, type CliWorld, useCli } from "../../../support/cli.ts";
import { OTHER_COMPARTMENT } from "../../../support/fleet.ts";
import { hiddenIn, hiddenText, shownText } from "../../../support/hidden-characters.ts";

const cli = useCli();
const COMPARTMENT = "ocid1.compartment.oc1..foreign";
/** Begins a line of its own where line ends are let through, in red and on a clean screen where ESC is. */
const FORGED = "FORGED: all is well";
const HOSTILE = `n\n${FORGED}\u001b[2J\u001b[31m\u2028${FORGED}\r\n${FORGED}\u009b2J${hiddenText}`;
const SHOWN_HEAD = `n\\u000a${FORGED}\\u001b[2J\\u001b[31m\\u2028${FORGED}`;

/** A secret whose every text that others may set is hostile. */
async function hostileWorld(): Promise<CliWorld & { readonly id: string }> {
  const w = await cli();
  const functionId = w.deploy();
  const content = JSON.stringify(w.client.content);
  const id = w.emulator.admin.createSecret({ name: HOSTILE, content, functionId, compartmentId: COMPARTMENT });
  const secret = w.emulator.admin.secret(id);
  secret.description = HOSTILE;
  secret.nextRotationAt = w.clock.now() - 1;
  secret.freeformTags = {
    "orot-owner": HOSTILE,
    "orot-contact": HOSTILE,
    "orot-client": HOSTILE,
    "orot-issuer": HOSTILE,
    "orot-outcome": `LOCKED_OUT 2026-01-01T00:00:00Z v3`,
    [`other ${HOSTILE}`]: HOSTILE,
  };
  secret.versions = secret.versions.map((version) => ({ ...version, name: HOSTILE }));
  secret.metadata = {
    orot: JSON.stringify({ subscribers: [{ endpoint: HOSTILE }, { endpoint: "mailto:a@example.org" }] }),
  };
  return { ...w, id };
}

/** No line that somebody else wrote, nothing hidden, and the text there in full for whoever looks. */
function expectHarmless({ stdout, stderr }: CliRun): void {
  const lines = `${stdout}\n${stderr}`.split("\n");
  expect(lines.filter((line) => line.startsWith("FORGED"))).toEqual([]);
}

const commands = (id: string): readonly (readonly string[])[] => [
  ["scan", "--compartment", COMPARTMENT, "--versions"],
  ["status", id],
  ["check", id],
  ["doctor", id],
  ["schedule", "show", id],
  ["notify", "list", id],
  ["notify", "test", id],
  ["heal", id, "--dry-run"],
  ["heal", "--all", "--compartment", COMPARTMENT, "--dry-run"],
  ["heal", "--all", "--compartment", COMPARTMENT, "--yes"],
  ["retire", id, "--dry-run"],
  ["rollback", id, "--dry-run"],
  ["rotate", id, "--dry-run"],
  ["rotate", "--all-due", "--compartment", COMPARTMENT, "--dry-run"],
  ["rotate", id, "--via", "local", "--yes"],
  ["schedule", "set", id, "--every", "90d", "--owner", "me", "--yes"],
  ["schedule", "remove", id, "--yes"],
  ["notify", "remove", id, "mailto:a@example.org"],
];

describe("Names, tags, version names and endpoints that others have set", () => {
  test("reach a script's output as escapes alone", async () => {
    const { id, run } = await hostileWorld();
    for (const words of commands(id)) {
      const ended = await run(...words);
      expectHarmless(ended);
      expect(hiddenIn(`${ended.stdout}${ended.stderr}`), words.join(" ")).toBeNull();
    }
    const shown = await run("status", id);
    expect(shown.stdout).toContain(SHOWN_HEAD);
    expect(shown.stdout).toContain(shownText);
  });

  test("reach a terminal as escapes alone, in questions and progress too", async () => {
    const { id, runWith } = await hostileWorld();
    const words = (given: readonly string[]) => given.filter((word) => word !== "--yes");
    const at = (answer: string, given: readonly string[]) =>
      runWith({ answers: Array.from({ length: 3 }, () => answer) }, ...words(given));
    for (const given of commands(id)) expectHarmless(await at("n", given));
    const carriedOut = await at("y", ["rotate", "--all-due", "--compartment", COMPARTMENT, "--via", "local"]);
    expectHarmless(carriedOut);
    expect(carriedOut.stderr).toContain(`${SHOWN_HEAD}`);
    expect(carriedOut.stderr).toContain("  rotated");
  });

  test("stay what they are in JSON", async () => {
    const { id, run } = await hostileWorld();
    const all = await run("scan", "--compartment", COMPARTMENT, "--json");
    expect(hiddenIn(all.stdout)).toBeNull();
    expect(all.json()).toMatchObject({ secrets: [{ secretId: id, name: HOSTILE, owner: HOSTILE, clientId: HOSTILE }] });
    for (const words of commands(id)) {
      const ended = await run(...words, "--json");
      expect(hiddenIn(ended.stdout), words.join(" ")).toBeNull();
      expect(() => ended.json(), words.join(" ")).not.toThrow();
    }
  });

  test("run nothing in a spreadsheet and in a browser", async () => {
    const { run, home, emulator } = await hostileWorld();
    const formula = { name: `\t=cmd|' /C calc'!A0`, content: "{}", functionId: "ocid1.fnfunc.oc1..f" };
    emulator.admin.createSecret({ ...formula, compartmentId: COMPARTMENT });
    const csv = (await run("scan", "--compartment", COMPARTMENT, "--csv")).stdout;
    expect(csv).toContain(`,'\\u0009=cmd|' /C calc'!A0,`);
    expect(hiddenIn(csv.replaceAll("\r\n", ""))).toBeNull();
    const file = path.join(home, "report.html");
    await run("scan", "--compartment", COMPARTMENT, "--html", file);
    expect(hiddenIn(readFileSync(file, "utf8"))).toBeNull();
  });
});

describe("Names and owners that an issuer lists", () => {
  const world = useAdoption();

  test("reach a terminal, a script and a browser as escapes alone, without a colour of their own", async () => {
    const { w, authority } = await world(
      { issuer: "keycloak", url: KEYCLOAK, realm: "shop" },
      ({ emulator: { admin } }) => {
        admin.createRealm({ name: "shop" });
        return admin.createKeycloakClient({ realm: "shop", clientId: "warden", roles: ["manage-clients"] });
      },
    );
    for (const clientId of [HOSTILE, "\u001b[31m\u202eseemly"]) {
      const attributes = { owner: HOSTILE, contact: HOSTILE };
      const made = w.emulator.admin.createKeycloakClient({ realm: "shop", clientId, attributes });
      w.canary.add(made.secret);
    }
    const file = path.join(w.home, "clients.html");
    const listed = ["clients", "--authority", authority, "--compartment", OTHER_COMPARTMENT];
    const told: readonly (readonly string[])[] = [
      ...[listed, [...listed, "--csv"], [...listed, "--html", file]],
      ...[["--dry-run"], []].map((more) => ["adopt", "--authority", authority, ...INTO, ...more]),
    ];
    for (const words of told) {
      const script = await w.run(...words, "--yes");
      expectHarmless(script);
      expect(hiddenIn(`${script.stdout}${script.stderr}`.replaceAll("\r\n", "")), words.join(" ")).toBeNull();
      const terminal = await w.runWith({ answers: ["y", "y"] }, ...words);
      expectHarmless(terminal);
      expect(`${terminal.stdout}${terminal.stderr}`, words.join(" ")).not.toContain("\u001b[31m");
    }
    expect(hiddenIn(readFileSync(file, "utf8"))).toBeNull();
  });
});
