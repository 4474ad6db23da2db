import { expect, test } from "vitest";
import type { Scanned, ScannedSecret } from "../../../../src/cli/inventory/scan-data.ts";
import { columnsOf } from "../../../../src/cli/report/rows.ts";

const secret = (more: Partial<ScannedSecret> = {}): ScannedSecret => ({
  ...{
    secretId: "S",
    name: "shop",
    compartmentId: "C",
    vaultId: "V",
    state: "later",
    issuer: "uaa",
    clientId: "shop-1",
  },
  ...{ owner: "Retail", contact: null, functionId: "F", ageDays: 80, expiresOn: null, expirySource: null },
  ...{ expiry: "not-told", nextRotation: null, endsFirst: false, tooOldOn: null, lastRotation: null },
  ...{ freeSlots: null, waiting: null, outcome: null, problem: null, ...more },
});
const columns = (...secrets: readonly ScannedSecret[]) =>
  columnsOf({ asOf: "2026-11-22T12:00:00Z", secrets } as unknown as Scanned);
const NO_SLOTS = ["State", "Secret", "Client", "Owner", "Age", "Expires on", "Next rotation", "Last outcome"];

test("a column for ages and one for slots are shown if one secret has something there", () => {
  const heads = (...secrets: readonly ScannedSecret[]) => columns(...secrets).map(({ head }) => head);
  expect(heads(secret())).toEqual(NO_SLOTS);
  expect(heads(secret(), secret({ tooOldOn: "2026-12-22T10:00:00Z", freeSlots: 0 }))).toEqual([
    ...[...NO_SLOTS.slice(0, 7), "Too old on", "Slots left", "Last outcome"],
  ]);
});

const none = (text: string) => `<span class="none">${text}</span>`;
const date = (remark: string) => `<time datetime="2026-11-25T10:00:00Z">2026-11-25</time> <small>${remark}</small>`;
const AT = "2026-11-25T10:00:00Z";

test.each<[string, Partial<ScannedSecret>, string, string | number]>([
  ["Secret", {}, "<strong>shop</strong> <code>S</code>", "shop"],
  ["Secret", { name: "<b>" }, "<strong>&lt;b&gt;</strong> <code>S</code>", "<b>"],
  ["Client", {}, "shop-1 <small>uaa</small>", "shop-1"],
  ["Owner", {}, "Retail ", "Retail"],
  ["Owner", { owner: null }, none("not noted"), ""],
  ["Owner", { owner: null, contact: "desk 7" }, " <small>desk 7</small>", "desk 7"],
  [
    "Owner",
    { contact: "a@example.org" },
    'Retail <small><a href="mailto:a@example.org">a@example.org</a></small>',
    "Retail",
  ],
  ["Age", {}, "80 d", 80],
  ["Expires on", {}, none("not told"), ""],
  ["Expires on", { expiry: "never" }, none("never"), ""],
  ["Expires on", { expiresOn: AT, expirySource: "issuer" }, date("in 3 d"), AT],
  ["Expires on", { expiresOn: AT, expirySource: "vault" }, date("in 3 d, by Vault&#39;s rule"), AT],
  ["Next rotation", {}, none("none"), ""],
  ["Next rotation", { nextRotation: AT }, date("in 3 d"), AT],
  ["Next rotation", { nextRotation: AT, endsFirst: true }, date("in 3 d, after its end"), AT],
  ["Too old on", {}, none("none"), ""],
  ["Too old on", { tooOldOn: AT }, date("in 3 d"), AT],
  ["Slots left", { freeSlots: 0 }, "0", 0],
  ["Last outcome", {}, `${none("none noted")} <small>no heal has run on it</small> `, ""],
  [
    "Last outcome",
    { outcome: { code: "OK", at: AT, versionNo: 7 } },
    `OK <small>version 7, since <time datetime="${AT}">2026-11-25</time></small> `,
    "OK",
  ],
  [
    "Last outcome",
    { outcome: { code: "LOCKED_OUT", at: AT, versionNo: 7 }, problem: "VAULT_FORBIDDEN" },
    `<strong class="bad">LOCKED_OUT</strong> <small>version 7, since <time datetime="${AT}">2026-11-25</time></small> <small>not read: VAULT_FORBIDDEN</small>`,
    "LOCKED_OUT",
  ],
])("the cell %s of %j is %s, and sorts by %j", (head, more, cell, key) => {
  const one = secret(more);
  // Another one, so that each column is shown.
  const column = columns(one, secret({ tooOldOn: AT, freeSlots: 1 })).find((each) => each.head === head);
  expect([column?.cell(one).text, column?.key(one)]).toEqual([cell, key]);
});
