import { stripVTControlCharacters } from "node:util";
import { describe, expect, test } from "vitest";
import { DAY_MS } from "../../../../src/base/durations.ts";
import { type CliWorld, useCli } from "../../../support/cli.ts";
import { COMPARTMENT } from "../../../support/fleet.ts";
import { scheduleRotation } from "../../../support/outside-changes.ts";

const cli = useCli();
const WIDTHS = [60, 80, 120];
const WIDE = 10_000;

/** A scheduled secret, one that failed, and one that is only listed. */
async function world(): Promise<CliWorld> {
  const w = await cli();
  scheduleRotation(w, w.deploy(), 30);
  const failed = w.emulator.admin.createSecret({ name: "payroll-service-credential-of-the-north", content: "{}" });
  w.emulator.admin.secret(failed).freeformTags = {
    "orot-outcome": "LOCKED_OUT 2026-01-01T00:00:00Z v3",
    "orot-issuer": "oci-iam",
    "orot-owner": "Payroll and Pensions",
    "orot-expires-on": new Date(w.clock.now() + 9 * DAY_MS).toISOString(),
  };
  return w;
}

const commands = (id: string): readonly (readonly string[])[] => [
  ["status", id],
  ["check", id],
  ["doctor", id],
  ["heal", id, "--dry-run"],
  ["heal", "--all", "--dry-run"],
  ["retire", id, "--dry-run"],
  ["rollback", id, "--dry-run"],
  ["rotate", id, "--dry-run"],
  ["schedule", "show", id],
  ["notify", "list", id],
  ["notify", "test", id],
  ["session"],
];

const ran = async (w: CliWorld, columns: number, words: readonly string[]) => {
  const environment = { OROT_CLI_COMPARTMENT: COMPARTMENT };
  const { stdout } = await w.runWith({ answers: [], environment, columns }, ...words);
  return stripVTControlCharacters(stdout);
};
const wordsOf = (text: string) => text.split(/\s+/).filter((word) => word !== "");
/** Where a line may be longer than the terminal: it is one word or one command behind its column. */
const isWhole = (line: string) => /^(?:.* {2,})?\S+$|(?:oci-rotate|oci|npm|export|> ?|Allow) /.test(line);

describe("words are whole in a narrow terminal", () => {
  test.each(commands("ID"))("%s %s", async (...typed) => {
    const w = await world();
    const words = typed.filter((word) => word !== undefined).map((word) => (word === "ID" ? w.secretId : word));
    const wide = wordsOf(await ran(w, WIDE, words));
    expect(wide.length).toBeGreaterThan(1);
    for (const columns of WIDTHS) {
      const text = await ran(w, columns, words);
      // Times pass between the two runs.
      expect(wordsOf(text).filter((word) => !/\d/.test(word))).toEqual(wide.filter((word) => !/\d/.test(word)));
      const long = text.split("\n").filter((line) => [...line].length > columns && !isWhole(line));
      expect(long, `at ${columns} columns`).toEqual([]);
    }
  });
});

describe("what goes to stderr is broken between words too", () => {
  test.each([
    ["an error", ["status", "no-such"], "next:  check the name, which is case-sensitive, with"],
    ["a hint", ["notify", "list", "app"], "to add one:\noci-rotate notify add ocid1.vaultsecret"],
    ["a question", ["heal", "--all"], "every unhealthy one,\nwith your own credentials? [y/N] "],
  ])("%s", async (_what, words, expected) => {
    const w = await world();
    const given = { answers: ["n"], environment: { OROT_CLI_COMPARTMENT: COMPARTMENT, NO_COLOR: "1" }, columns: 60 };
    const { stderr } = await w.runWith(given, ...words);
    expect(stderr).toContain(expected);
    expect(stderr.split(/\n|(?<=\[y\/N\]) /).filter((line) => line.length > 60 && !isWhole(line))).toEqual([]);
  });
});

describe("scan fits the terminal", () => {
  test.each(WIDTHS)("at %i columns no line is too long, no column is empty and nothing is cut", async (columns) => {
    const w = await world();
    const text = await ran(w, columns, ["scan"]);
    expect(text.split("\n").filter((line) => [...line].length > columns)).toEqual([]);
    expect(text).not.toMatch(/contact|slots left/);
    for (const words of [
      "payroll-service-credential-of-t…",
      "Payroll and Pensions",
      "LOCKED_OUT",
      "locked out",
      "(in 30d)",
    ]) {
      expect(text).toContain(words);
    }
  });

  test("a column that no secret fills is left out of the table", async () => {
    const w = await cli();
    scheduleRotation(w, w.deploy(), 30);
    const [head] = (await ran(w, 80, ["scan"])).split("\n");
    expect(head).toBe("state  secret  age  next rotation        last outcome");
  });

  test("in paragraphs each secret names only what is known of it", async () => {
    const w = await world();
    expect((await ran(w, 60, ["scan"])).replaceAll(/\d{4}-\d\d-\d\d/g, "DATE")).toBe(
      [
        "payroll-service-credential-of-t…: locked out",
        "  issuer         oci-iam",
        "  owner          Payroll and Pensions",
        "  age            0d",
        "  expires on     DATE (in 9d)",
        "  last outcome   LOCKED_OUT",
        "",
        "app: ok",
        "  age            1d",
        "  next rotation  DATE (in 30d)",
        "  last outcome   none noted",
        "",
        "2 secrets: 0 due now; 1 ended with a failure",
        "",
      ].join("\n"),
    );
  });
});
