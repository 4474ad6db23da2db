import { expect, it } from "vitest";
import { Secret } from "../../../src/base/secret.ts";
import { membersOf } from "../../../src/mirror/member.ts";

const shown = (walletPassword: Secret | null) =>
  membersOf(
    {
      ...{ walletName: "W", walletPassword, certificateStartDate: null, certificateEndDate: null, lastRotationDate: 1 },
      schemas: new Map([["APP", new Secret("s1")]]),
      files: new Map([["ewallet.p12", new Secret("eA==")]]),
    },
    "t",
  ).map(({ kind, name, parts }) => [
    kind,
    name,
    parts.map(({ secretName, content }) => [secretName, Buffer.from(content.reveal(), "base64").toString()]),
  ]);

const REST = [
  ["schema", "APP", [["ces.t.W.schema.APP", JSON.stringify({ username: "APP", password: "s1" })]]],
  ["file", "ewallet.p12", [["ces.t.W.file.ewallet.p12", "x"]]],
];

it("The password of a wallet is a member of its own, before schemas and files", () => {
  expect(shown(new Secret("w1"))).toEqual([
    ["wallet-password", "W", [["ces.t.W.wallet-password", JSON.stringify({ password: "w1" })]]],
    ...REST,
  ]);
});

it("A wallet without a password has none", () => {
  expect(shown(null)).toEqual(REST);
});
