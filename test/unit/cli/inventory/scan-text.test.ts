import { describe, expect, test } from "vitest";
import type { Scanned, ScannedSecret } from "../../../../src/cli/inventory/scan-data.ts";
import { lengthOf, scanCsv, scanJson, scanTable, summaryOf } from "../../../../src/cli/inventory/scan-text.ts";
import { namedStyle, plainStyle } from "../named-style.ts";

/** A secret of which all is known. */
const full: ScannedSecret = {
  ...{
    secretId: "S1",
    name: "shop",
    compartmentId: "C",
    vaultId: "V",
    state: "due",
    issuer: "uaa",
    clientId: "shop-1",
  },
  ...{ owner: "Retail", contact: "ops", functionId: "F", ageDays: 80, expiresOn: "2026-12-22T10:00:00Z" },
  ...{ expirySource: "issuer", expiry: "date", nextRotation: "2026-11-23T10:00:00Z", endsFirst: false },
  ...{ tooOldOn: "2026-11-20T10:00:00Z", lastRotation: "2026-09-03T10:00:00Z", freeSlots: 12 },
  ...{ waiting: ["a.example.org", "mail"], problem: "VAULT_FORBIDDEN" },
  outcome: { code: "OK", at: "2026-09-04T10:00:00Z", versionNo: 7 },
};
/** One of which only the list is known. */
const bare: ScannedSecret = {
  ...{ ...full, secretId: "S2", name: "bare", state: "no-date", issuer: null, clientId: null, owner: null },
  ...{ contact: null, functionId: null, ageDays: 0, expiresOn: null, expirySource: null, expiry: "not-told" },
  ...{ nextRotation: null, endsFirst: true, tooOldOn: null, lastRotation: null, freeSlots: null, waiting: null },
  ...{ outcome: null, problem: null },
};
const COUNTS = { seen: 9, rotatable: 2, expired: 0, due: 1, unhealthy: 0, endsFirst: 0 };
const scan = (secrets: readonly ScannedSecret[], more: Partial<Scanned> = {}): Scanned => ({
  ...{ asOf: "2026-11-22T12:00:00Z", withinSeconds: null, maxAgeSeconds: null, counts: COUNTS, secrets: [...secrets] },
  ...more,
});
const table = (secrets: readonly ScannedSecret[], columns: number | null = null, style = plainStyle) =>
  [...scanTable(scan(secrets), style, columns)].join("");
const SUMMARY = "2 secrets: 1 due now; no failure noted\n";

describe("the table of a scan", () => {
  test("has a line for each secret, and a column for all that is known of one", () => {
    const [head, ...lines] = table([full, bare], null, namedStyle)
      .split("\n")
      .map((line) => line.split(/ {2,}/));
    expect(head).toEqual([
      ...["state", "secret", "issuer", "client", "owner", "contact", "age", "expires on", "next rotation"],
      ...["too old on", "slots left", "waiting for", "last outcome", "OCID"],
    ]);
    expect(lines).toEqual([
      [
        ...["yellow(due)", "shop", "uaa", "shop-1", "Retail", "ops", "80d", "2026-12-22 (in 30d)"],
        ...[
          "2026-11-23 (in 1d)",
          "2026-11-20 (2d ago)",
          "12",
          "a.example.org, mail",
          "OK, yellow(VAULT_FORBIDDEN)",
          "S1",
        ],
      ],
      ["yellow(ends first)", "bare", "0d", "dim(none noted)", "S2"],
      [""],
      [SUMMARY.trimEnd()],
      [""],
    ]);
  });

  test("leaves out columns in which nothing stands", () => {
    expect(table([bare])).toBe(
      ["state       secret  age  last outcome  OCID", "ends first  bare    0d   none noted    S2", "", SUMMARY].join(
        "\n",
      ),
    );
  });

  test.each<[Partial<ScannedSecret>, string]>([
    [{ state: "expired" }, "red(expired)"],
    [{ state: "overdue", endsFirst: true }, "red(overdue)"],
    [{ state: "later" }, "green(ok)"],
    [{ state: "no-date" }, "dim(no date)"],
    [{ state: "expired", outcome: { code: "LOCKED_OUT", at: "", versionNo: 1 } }, "red(locked out)"],
    [{ state: "later", outcome: { code: "ISSUER_FORBIDDEN", at: "", versionNo: 1 } }, "red(failed)"],
  ])("shows the state of %j as %s", (more, state) => {
    expect(
      table([{ ...full, ...more }], null, namedStyle)
        .split("\n")[1]
        ?.split(/ {2,}/)[0],
    ).toBe(state);
  });

  test("shows a failure, a value that never ends, and the beginning of a long name", () => {
    const outcome = { code: "LOCKED_OUT", at: "", versionNo: 1 };
    const name = "n".repeat(33);
    const [, line = ""] = table([{ ...full, outcome, name, problem: null, expiry: "never" }], null, namedStyle).split(
      "\n",
    );
    const cells = line.split(/ {2,}/);
    expect(cells).toContain("red(LOCKED_OUT)");
    expect(cells).toContain("never");
    expect(cells).toContain(`${"n".repeat(31)}…`);
    expect(table([{ ...full, name: "n".repeat(32) }])).toContain(` ${"n".repeat(32)} `);
    expect(table([{ ...full, name: "\u{1f511}".repeat(32) }])).toContain("\u{1f511}".repeat(32));
  });

  test("is only the summary if there is none", () => {
    expect(table([])).toBe(SUMMARY);
  });

  const rows = ["ends first  bare    0d   none noted", "ends first  bare    0d   none noted    S2"];
  test.each([
    [44, rows[1]],
    [43, rows[0]],
    [38, rows[0]],
  ])("in a terminal of %d columns has rows as %j", (columns, row) => {
    const [head = "", line] = table([bare], columns).split("\n");
    expect(line).toBe(row);
    expect(head.endsWith("OCID")).toBe(row === rows[1]);
  });

  test("that fits in no way is a paragraph for each, with what is known", () => {
    expect(table([{ ...bare, owner: "Retail" }, bare], 34)).toBe(
      [
        "bare: ends first",
        "  owner         Retail",
        "  age           0d",
        "  last outcome  none noted",
        "",
        "bare: ends first",
        "  age           0d",
        "  last outcome  none noted",
        "",
        "2 secrets: 1 due now; no failure",
        "noted",
        "",
      ].join("\n"),
    );
  });
});

test.each<[Partial<Scanned["counts"]>, number | null, string]>([
  [{}, null, "2 secrets: 1 due now; no failure noted"],
  [{ rotatable: 1, due: 0 }, 86_400, "1 secret: 0 due within 1d; no failure noted"],
  [
    { expired: 1, unhealthy: 2, endsFirst: 3 },
    5_400,
    "2 secrets: 1 due within 90m, 1 of them expired; 2 ended with a failure; 3 to end before the next rotation",
  ],
])("counts with %j within %s s are summed up as %j", (more, withinSeconds, summary) => {
  expect(summaryOf(scan([], { counts: { ...COUNTS, ...more }, withinSeconds }))).toBe(summary);
});

test.each([
  [172_800, "2d"],
  [86_400, "1d"],
  [90_000, "25h"],
  [3_600, "1h"],
  [60, "1m"],
  [61, "61s"],
  [0, "0s"],
])("%d seconds are %s", (seconds, length) => {
  expect(lengthOf(seconds)).toBe(length);
});

test("the JSON of a scan has a line for each secret", () => {
  const text = [...scanJson(scan([full, bare]))].join("");
  expect(JSON.parse(text)).toEqual(scan([full, bare]));
  expect(text.split("\n")).toHaveLength(4);
});

test("the CSV of a scan has every member", () => {
  expect([...scanCsv(scan([full, bare]))]).toEqual([
    "secretId,name,compartmentId,vaultId,state,issuer,clientId,owner,contact,functionId,ageDays,expiresOn,expirySource,nextRotation,lastRotation,freeSlots,outcome,outcomeAt,outcomeVersionNo,problem,expiry,endsFirst,tooOldOn,waiting\r\n",
    "S1,shop,C,V,due,uaa,shop-1,Retail,ops,F,80,2026-12-22T10:00:00Z,issuer,2026-11-23T10:00:00Z,2026-09-03T10:00:00Z,12,OK,2026-09-04T10:00:00Z,7,VAULT_FORBIDDEN,date,false,2026-11-20T10:00:00Z,a.example.org mail\r\n",
    "S2,bare,C,V,no-date,,,,,,0,,,,,,,,,,not-told,true,,\r\n",
  ]);
});
