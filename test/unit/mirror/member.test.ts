import { describe, expect, it } from "vitest";
import { Secret } from "../../../src/base/secret.ts";
import type { Wallet } from "../../../src/mirror/ces-responses.ts";
import { membersOf } from "../../../src/mirror/member.ts";

const wallet = (schemas: Record<string, string>, files: Record<string, string> = {}, walletName = "W"): Wallet => ({
  walletName,
  walletPassword: null,
  certificateStartDate: null,
  certificateEndDate: null,
  lastRotationDate: 1,
  schemas: new Map(Object.entries(schemas).map(([name, value]) => [name, new Secret(value)])),
  files: new Map(Object.entries(files).map(([name, value]) => [name, new Secret(value)])),
});
const names = (of: Wallet) => membersOf(of, "t").flatMap(({ parts }) => parts.map(({ secretName }) => secretName));

describe("The names of mirrored secrets", () => {
  it("hold what Vault allows, and no two members share one", () => {
    const users = ["A$B", "A#B", "A_B", "a_b", "Ä", "A".repeat(200), "A".repeat(199)];
    const made = names(wallet(Object.fromEntries(users.map((user) => [user, "x"]))));
    expect(new Set(made).size).toBe(users.length);
    for (const name of made) expect(name).toMatch(/^[A-Za-z0-9._-]{1,255}$/);
  });

  it("are shared by no two, where one is spelled as the other is written down", () => {
    const first = names(wallet({ "a b": "x" }, {}, "W"))[0] ?? "";
    expect(first).toBe("ces.t.W.schema.a_b-c8687a08aa");
    const spelled = [...names(wallet({ "a_b-c8687a08aa": "x" })), ...names(wallet({}, { "a_b-c8687a08aa": "eA==" }))];
    expect(spelled).not.toContain(first);
    expect(new Set(names(wallet({ "a b": "1", "a_b-c8687a08aa": "2" }))).size).toBe(2);
    expect(names(wallet({ x: "1" }, {}, "a b"))).not.toEqual(names(wallet({ x: "1" }, {}, "a_b-c8687a08aa")));
    const twice = first.slice("ces.t.W.schema.".length);
    const again = names(wallet({ [twice]: "1" }))[0]?.slice("ces.t.W.schema.".length) ?? "";
    expect(names(wallet({ "a b": "1", [twice]: "2", [again]: "3" })).length).toBe(3);
    expect(new Set(names(wallet({ "a b": "1", [twice]: "2", [again]: "3" }))).size).toBe(3);
  });

  it.each([
    ["an ordinary name", "RDS_APP", "RDS_APP"],
    ["a hyphen and nine digits", "Wallet-012345678", "Wallet-012345678"],
    ["a hyphen and eleven digits", "Wallet-01234567890", "Wallet-01234567890"],
    ["ten digits that are not those of a digest", "Wallet-01234567XY", "Wallet-01234567XY"],
    [
      "ten digits after more than is kept of a long name",
      `${"A".repeat(41)}-0123456789`,
      `${"A".repeat(41)}-0123456789`,
    ],
    ["as many characters as are kept", "A".repeat(60), "A".repeat(60)],
    ["another character", "C##APP", "C__APP-0f3c9f06ab"],
  ])("stay what they were made by an earlier edition: %s", (_what, user, made) => {
    expect(names(wallet({ [user]: "x" }))).toEqual([`ces.t.W.schema.${made}`]);
  });

  it("end in a digest where one character more is given than is kept", () => {
    expect(names(wallet({ ["A".repeat(61)]: "x" }))[0]).toMatch(/^ces\.t\.W\.schema\.A{40}-[0-9a-f]{10}$/);
  });

  it("come in the order of the members, however Oracle lists them", () => {
    const files = { z: "eA==", Z: "eA==", a: "eA==" };
    const of = { ...wallet({ C: "1", A: "2", B: "3" }, files), walletPassword: new Secret("p") };
    expect(membersOf(of, "t").map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      "wallet-password W",
      "schema A",
      "schema B",
      "schema C",
      "file Z",
      "file a",
      "file z",
    ]);
  });

  it("tell wallet, kind and member apart, whatever the names hold", () => {
    expect(names(wallet({ b: "x" }, {}, "a.schema"))).not.toEqual(names(wallet({ "schema.b": "x" }, {}, "a")));
    expect(names(wallet({ x: "1" }, { x: "eA==" }))).toEqual(["ces.t.W.schema.x", "ces.t.W.file.x"]);
  });

  it("go on counting where a file needs several", () => {
    const large = Buffer.alloc(50_001).toString("base64");
    expect(names(wallet({}, { "k.jks": large }))).toEqual([
      "ces.t.W.file.k.jks",
      "ces.t.W.file-2.k.jks",
      "ces.t.W.file-3.k.jks",
    ]);
  });

  it("are as many as the bytes need, to the byte", () => {
    const count = (bytes: number) => names(wallet({}, { f: Buffer.alloc(bytes).toString("base64") })).length;
    expect([0, 1, 18_750, 18_751, 37_500, 37_501].map(count)).toEqual([0, 1, 1, 2, 2, 3]);
  });

  it("hold JSON with the user and the password, or only the wallet's password", () => {
    const of = { ...wallet({ APP: "p1" }), walletPassword: new Secret("p2") };
    const contents = membersOf(of, "t").map(({ parts }) => parts[0]?.content.reveal() ?? "");
    expect(contents.map((content) => JSON.parse(Buffer.from(content, "base64").toString()))).toEqual([
      { password: "p2" },
      { username: "APP", password: "p1" },
    ]);
  });

  it("hold no part that is larger than 25 KB, whether Vault counts the bytes or the base64 that it is sent", () => {
    const [file] = membersOf(wallet({}, { "k.jks": Buffer.alloc(50_001, "k").toString("base64") }), "t");
    const parts = file?.parts.map(({ content }) => content.reveal()) ?? [];
    for (const part of parts) expect(part.length).toBeLessThanOrEqual(25_000);
    const whole = Buffer.concat(parts.map((part) => Buffer.from(part, "base64")));
    expect(whole.equals(Buffer.alloc(50_001, "k"))).toBe(true);
  });
});
