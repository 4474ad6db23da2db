import { describe, expect, it } from "vitest";
import { readEndpoints, readWallets } from "../../../src/mirror/ces-answers.ts";

const answer = (body: unknown, status = 200) => ({
  status,
  headers: {},
  data: typeof body === "string" ? body : JSON.stringify(body),
});
const wallet = { walletName: "W", schemas: { APP: "p1" }, wallet: { "cwallet.sso": "eA==" } };

describe("An answer of fetch-credentials", () => {
  it("with msg is the failure it is, whatever else it holds", () => {
    const both = answer({ msg: "Internal error, cannot connect to upstream service", wallets: [wallet] });
    expect(() => readWallets(both)).toThrow(/200 with msg/);
    expect(readWallets(answer({ msg: null, wallets: [wallet] }))).toHaveLength(1);
  });

  it("is not taken where one of its wallets has neither schemas nor files: its members would leave the set", () => {
    const empty = { walletName: "V", schemas: {}, wallet: null };
    expect(() => readWallets(answer({ wallets: [wallet, empty] }))).toThrow(/neither schemas nor files/);
  });
});

describe("The list of callbacks", () => {
  it("with msg in its place is the failure it is too", () => {
    expect(() => readEndpoints(answer({ msg: "Internal error" }))).toThrow(/200 with msg/);
  });
});
