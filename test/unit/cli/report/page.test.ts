import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { Scanned, ScannedSecret } from "../../../../src/cli/inventory/scan-data.ts";
import { html } from "../../../../src/cli/report/markup.ts";
import { reportPage } from "../../../../src/cli/report/page.ts";
import { timelineOf } from "../../../../src/cli/report/timeline.ts";
import { hiddenIn, hiddenText, shownText } from "../../../support/hidden-characters.ts";

const SECRET: ScannedSecret = {
  secretId: "ocid1.vaultsecret.oc1.iad.a",
  name: "shop",
  compartmentId: "ocid1.compartment.oc1..a",
  vaultId: "ocid1.vault.oc1.iad.a",
  state: "later",
  issuer: "keycloak",
  clientId: "shop",
  owner: null,
  contact: null,
  functionId: null,
  ageDays: 3,
  expiresOn: null,
  expirySource: null,
  expiry: "not-told",
  endsFirst: false,
  tooOldOn: null,
  nextRotation: null,
  lastRotation: null,
  freeSlots: null,
  waiting: null,
  outcome: null,
  problem: null,
};
const result = (...secrets: Partial<ScannedSecret>[]): Scanned => ({
  asOf: "2026-11-23T08:00:00Z",
  withinSeconds: null,
  maxAgeSeconds: null,
  counts: { seen: 9, rotatable: secrets.length, expired: 0, due: 0, unhealthy: 0, endsFirst: 0 },
  secrets: secrets.map((secret) => ({ ...SECRET, ...secret })),
});
const PLACES = {
  tenancy: "ocid1.tenancy.oc1..ours",
  region: "us-ashburn-1",
  compartmentIds: ["ocid1.compartment.oc1..a", "ocid1.compartment.oc1..<b>"],
  vaultIds: [],
};
const page = (...secrets: Partial<ScannedSecret>[]) => [...reportPage(result(...secrets), PLACES)].join("");

describe("the report", () => {
  test("escapes whatever stands in a tag, a name or a contact", () => {
    const attack = `"><script>alert('x')</script>`;
    const text = page({ name: attack, clientId: attack, owner: attack, contact: attack, issuer: attack });
    expect(text).not.toContain("<script>alert");
    expect(text).toContain("&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;");
    expect(page({ name: hiddenText, clientId: hiddenText, owner: hiddenText })).toContain(`>${shownText}<`);
    const all = { name: hiddenText, clientId: hiddenText, owner: hiddenText, contact: hiddenText, issuer: hiddenText };
    expect(
      hiddenIn(page({ ...all, outcome: { code: hiddenText, at: "2026-11-01T00:00:00Z", versionNo: 1 } })),
    ).toBeNull();
  });

  test("says of which tenancy, region and compartments it tells, and why where it does not know", () => {
    const text = page({});
    expect(text).toContain("<dt>Tenancy</dt><dd>ocid1.tenancy.oc1..ours</dd>");
    expect(text).toContain("<dt>Region</dt><dd>us-ashburn-1</dd>");
    expect(text).toContain("<dt>Compartments</dt><dd>ocid1.compartment.oc1..a, ocid1.compartment.oc1..&lt;b&gt;</dd>");
    expect(text).not.toContain("<dt>Vault");
    const nowhere = { ...PLACES, tenancy: null, region: null, vaultIds: ["ocid1.vault.oc1.iad.v"] };
    const other = [...reportPage(result({}), nowhere)].join("");
    expect(other).toContain("<dd>not known: the sign-in names none</dd>");
    expect(other).toContain("<dd>not known: only an endpoint was given</dd>");
    expect(other).toContain("<dt>Vault</dt><dd>ocid1.vault.oc1.iad.v</dd>");
  });

  test("has one main part, with everything but head and foot in it", () => {
    const text = page({});
    expect(text.match(/<main>/g)).toHaveLength(1);
    expect(text).toMatch(/<\/header>\s*<main>[\s\S]+<table>[\s\S]+<\/main>\s*<footer>/);
  });

  test.each([
    ["an unread client", { clientId: null, issuer: null }, "no heal has noted it, and its content was not read"],
    [
      "a client that may not be read",
      { clientId: null, problem: "SECRET_NOT_FOUND" },
      "could not be read: SECRET_NOT_FOUND",
    ],
    ["an issuer", { issuer: null }, "issuer unknown: no heal has noted it"],
    ["an outcome", { outcome: null }, "no heal has run on it"],
  ] as const)("gives the reason for what is unknown: %s", (_what, secret, reason) => {
    expect(page(secret)).toContain(reason);
  });

  test("gives the reason for slots that were not counted beside some that were", () => {
    expect(page({ freeSlots: 4 }, { freeSlots: null })).toContain("Vault was between two states");
    expect(page({ freeSlots: 4 }, { freeSlots: null, problem: "VAULT_FORBIDDEN" })).toContain(
      "could not be read: VAULT_FORBIDDEN",
    );
  });

  test("each colour has one meaning: what is in trouble shares no colour with a date to come or a link", () => {
    const [, style = ""] = /<style>([\s\S]*?)<\/style>/.exec(page({})) ?? [];
    const usersOf = (colour: string) =>
      style
        .split("\n")
        .filter((line) => /^[.:\w]/.test(line) && line.includes(`var(--${colour})`))
        .map((line) => line.split(" {")[0]);
    expect(usersOf("red")).toEqual([".tiles .red b, .bad", ".locked-out, .failed, .expired, .overdue"]);
    expect(usersOf("amber")).toEqual([".tiles .amber b", ".due"]);
    expect(usersOf("green")).toEqual([".later"]);
    expect(usersOf("violet")).toEqual(["i.expires", "rect.expires"]);
    expect(usersOf("teal")).toEqual(["i.rotates", "rect.rotates"]);
  });

  test("links nothing but a mail address", () => {
    expect(page({ contact: "a@example.com" })).toContain('href="mailto:a@example.com"');
    expect(page({ contact: "javascript:alert(1)@example.com" })).not.toContain("href=");
    expect(page({ contact: "a@example.com?bcc=b@example.com" })).not.toContain("href=");
  });

  test("may run its own script and style alone, and loads nothing", () => {
    const text = page({});
    for (const element of ["script", "style"]) {
      const [, inside = ""] = new RegExp(`<${element}>([\\s\\S]*?)</${element}>`).exec(text) ?? [];
      expect(text).toContain(`${element}-src 'sha256-${createHash("sha256").update(inside).digest("base64")}'`);
    }
    expect(text).toContain("default-src 'none'");
    expect(text).not.toMatch(/https?:|src="|url\(|@import/);
    expect(text).not.toMatch(/ style=| on[a-z]+="/);
  });

  test("is complete without secrets, and shows slots only where they were counted", () => {
    expect(page()).toContain("Nothing is due");
    expect(page({})).not.toContain("Slots left");
    expect(page({ freeSlots: 4 })).toContain("Slots left");
    expect(page({})).toMatch(/<\/html>\n$/);
  });

  test("shows a failure before a date, since rotating by the date does not mend it", () => {
    const outcome = { code: "POLICY_REFUSED", at: "2026-11-20T08:00:00Z", versionNo: 4 };
    const lockedOut = { ...outcome, code: "LOCKED_OUT" };
    expect(page({ outcome })).toContain('<span class="state failed">failed</span>');
    expect(page({ outcome, state: "expired" })).toContain('<span class="state failed">failed</span>');
    expect(page({ outcome: lockedOut, state: "due" })).toContain('<span class="state locked-out">locked out</span>');
    expect(page({ outcome: { ...outcome, code: "OK" }, state: "due" })).toContain('<span class="state due">due</span>');
  });
});

test("a template escapes texts and takes markup as it is", () => {
  expect(html`<a title="${'"&'}">${html`<b>${1}</b>`}${null}</a>`.text).toBe('<a title="&quot;&amp;"><b>1</b></a>');
});

describe("the timeline", () => {
  const labels = (...on: string[]) => timelineOf(result(...on.map((expiresOn) => ({ expiresOn })))).buckets;

  test("has days, weeks or months, as far as the dates reach", () => {
    expect(labels("2026-12-05T00:00:00Z")).toHaveLength(1 + 13);
    expect(labels("2026-12-05T00:00:00Z")[1]).toMatchObject({ label: "23 Nov", title: "23 Nov" });
    expect(labels("2026-12-06T00:00:00Z")[1]).toMatchObject({ label: "23 Nov", title: "23 Nov to 29 Nov" });
    expect(labels("2028-12-06T00:00:00Z").at(-1)).toMatchObject({ label: "later", expires: 1 });
  });

  test("counts what is over apart, by the second, and what comes first", () => {
    const { buckets, indexOf } = timelineOf(
      result(
        { expiresOn: "2026-11-23T08:00:00Z" },
        { expiresOn: "2026-11-23T08:00:01Z" },
        { expiresOn: "2026-11-30T00:00:00Z", nextRotation: "2026-11-25T00:00:00Z" },
        {},
      ),
    );
    expect(buckets.slice(0, 4).map(({ expires, rotates }) => [expires, rotates])).toEqual([
      [1, 0],
      [1, 0],
      [0, 0],
      [0, 1],
    ]);
    expect(indexOf(SECRET)).toBeNull();
  });
});
