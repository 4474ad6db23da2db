import { describe, expect, it } from "vitest";
import { readEndpoints, readWallets, refusalOf } from "../../../src/mirror/ces-responses.ts";

const answer = (body: unknown, status = 200) => ({
  status,
  data: typeof body === "string" ? body : JSON.stringify(body),
});
const wallet = {
  walletName: "W",
  walletPassword: null,
  comment: null,
  certificateStartDate: 1_588_596_157_000,
  certificateEndDate: 1_746_276_157_000,
  lastRotationDate: 1_624_305_815_466,
  schemas: { APP: "p1", BATCH: "p2" },
  wallet: { README: "", "cwallet.sso": "eA==" },
};
const plain = (body: unknown) =>
  readWallets(answer(body)).map((read) => ({
    ...read,
    walletPassword: read.walletPassword?.reveal() ?? null,
    schemas: [...read.schemas].map(([name, value]) => [name, value.reveal()]),
    files: [...read.files].map(([name, value]) => [name, value.reveal()]),
  }));

describe("An answer of fetch-credentials", () => {
  it("gives the wallets, from an array as AIF documents it or a single one as RDS does", () => {
    const expected = [
      {
        walletName: "W",
        walletPassword: null,
        certificateStartDate: 1_588_596_157_000,
        certificateEndDate: 1_746_276_157_000,
        lastRotationDate: 1_624_305_815_466,
        schemas: [
          ["APP", "p1"],
          ["BATCH", "p2"],
        ],
        files: [
          ["README", ""],
          ["cwallet.sso", "eA=="],
        ],
      },
    ];
    expect(plain({ wallets: [wallet] })).toEqual(expected);
    expect(plain({ wallets: wallet })).toEqual(expected);
  });

  it("may have files alone, schemas alone, and a date at the very start", () => {
    const files = { walletName: "F", wallet: { a: "eA==" }, lastRotationDate: 0 };
    expect(plain({ wallets: [files, { walletName: "S", schemas: { APP: "p" } }] })).toMatchObject([
      { walletName: "F", schemas: [], files: [["a", "eA=="]], lastRotationDate: 0 },
      { walletName: "S", schemas: [["APP", "p"]], files: [] },
    ]);
  });

  it.each([
    ["{", "the answer to fetch-credentials, in which there are no wallets, could not be read"],
    [
      { wallets: [wallet, 7] },
      "the answer to fetch-credentials, in which wallet 2 is no JSON object, could not be read",
    ],
    [
      { wallets: [wallet, wallet] },
      "the answer to fetch-credentials, in which two wallets have one name, could not be read",
    ],
    [
      { wallets: [{ walletName: "W" }] },
      "the answer to fetch-credentials, in which a wallet has neither schemas nor files, could not be read",
    ],
    [
      { wallets: [{ ...wallet, walletName: "W".repeat(201) }] },
      "the answer to fetch-credentials, in which the member walletName of wallet 1 must be a name of at most 200 characters, could not be read",
    ],
    [
      { wallets: [{ ...wallet, lastRotationDate: "soon" }] },
      "the answer to fetch-credentials, in which the member lastRotationDate of wallet 1 must be a date: milliseconds since 1970, or a text with its time zone, could not be read",
    ],
  ])("that cannot be read says in one sentence why: %j", (body, said) => {
    expect(() => readWallets(answer(body))).toThrow(
      expect.objectContaining({ message: `${said}; the set in Vault stays as it is` }),
    );
  });

  it("needs no dates, and tolerates members that are not known", () => {
    const [read] = plain({ wallets: [{ walletName: "W", schemas: { APP: "p" }, more: {} }], more: 1 });
    expect(read).toMatchObject({ lastRotationDate: null, certificateEndDate: null, files: [] });
  });

  it("with msg is the failure it is, whatever else it holds", () => {
    const msg = "Internal error, cannot connect to upstream service";
    for (const body of [
      { msg, detail: "java.net.ConnectException" },
      { msg, wallets: [wallet] },
    ]) {
      expect(() => readWallets(answer(body))).toThrow(
        expect.objectContaining({
          code: "ISSUER_UNAVAILABLE",
          message: expect.stringContaining("200 with msg"),
          nextAction: expect.stringContaining("open a service request"),
        }),
      );
    }
    expect(readWallets(answer({ msg: null, wallets: [wallet] }))).toHaveLength(1);
  });

  it.each([
    ["a byte order mark before it", `\uFEFF${JSON.stringify({ wallets: [wallet] })}`, {}],
    [
      "files in lines, as encoders of mail write them",
      { wallet: { a: "eHh4\r\neHh4\n" } },
      { files: [["a", "eHh4eHh4"]] },
    ],
    [
      "files without padding",
      { wallet: { a: "eA", b: "eHg" } },
      {
        files: [
          ["a", "eA=="],
          ["b", "eHg="],
        ],
      },
    ],
    ["dates as text", { lastRotationDate: "1624305815466" }, { lastRotationDate: 1_624_305_815_466 }],
    [
      "dates as ISO 8601",
      { certificateEndDate: "2025-05-03T12:42:37Z", certificateStartDate: "2020-05-04" },
      { certificateEndDate: 1_746_276_157_000, certificateStartDate: 1_588_550_400_000 },
    ],
    [
      "dates with an offset",
      { certificateEndDate: "2025-05-03T14:42:37.000+0200" },
      { certificateEndDate: 1_746_276_157_000 },
    ],
  ])("is read with %s", (_what, changes, expected) => {
    const body = typeof changes === "string" ? changes : { wallets: [{ ...wallet, ...changes }] };
    expect(plain(body)[0]).toMatchObject(expected);
  });

  it.each([
    [{ walletName: 7 }, "the member walletName of wallet 2 must be a name"],
    [{ walletPassword: 7 }, "the member walletPassword of wallet 2 must be text"],
    [
      { schemas: { A: "p", CANARY: "" } },
      "entry 2 of the member schemas of wallet 2 must be a password that is not empty",
    ],
    [{ wallet: { CANARY: "e" } }, "entry 1 of the member wallet of wallet 2 must be base64"],
    [{ wallet: { CANARY: "eA=" } }, "entry 1 of the member wallet of wallet 2 must be base64"],
    [{ wallet: "CANARY" }, "the member wallet of wallet 2 must be base64"],
    [{ lastRotationDate: "2026" }, "the member lastRotationDate of wallet 2 must be a date"],
    [{ lastRotationDate: "1624305815" }, "the member lastRotationDate of wallet 2 must be a date"],
    [{ certificateEndDate: "2025-05-03T12:42:37" }, "the member certificateEndDate of wallet 2 must be a date"],
    [{ wallet: { CANARY: "eA==x" } }, "entry 1 of the member wallet of wallet 2 must be base64"],
    [{ certificateStartDate: -1 }, "the member certificateStartDate of wallet 2 must be a date"],
  ])("that cannot be read because of %j names the member", (changes, what) => {
    const thrown = expect.objectContaining({ message: expect.stringContaining(`fetch-credentials, in which ${what}`) });
    const read = () => readWallets(answer({ wallets: [wallet, { ...wallet, walletName: "V", ...changes }] }));
    expect(read).toThrow(thrown);
    expect(read).toThrow(expect.objectContaining({ message: expect.not.stringContaining("CANARY") }));
  });

  it.each([
    ["is empty", ""],
    ["is a proxy's page", "<html></html>"],
    ["has a trailing comma, as AIF prints it", `{"wallets":[${JSON.stringify(wallet)}],}`],
    ["misses a quote, as RDS prints it", '{wallets":[]}'],
    ["has no wallets", {}],
    ["has an empty list of them", { wallets: [] }],
    ["has null in their place", { wallets: null }],
    ["has a wallet without a name", { wallets: [{ ...wallet, walletName: "" }] }],
    ["has two of one name", { wallets: [wallet, wallet] }],
    [
      "has a name with half a character, which no digest tells from another",
      { wallets: [{ ...wallet, walletName: "W\ud800" }] },
    ],
    ["has such a user", { wallets: [{ ...wallet, schemas: { "A\udc00": "p" } }] }],
    ["has such a file", { wallets: [{ ...wallet, wallet: { "A\udc00": "eA==" } }] }],
    [
      "is deeper than any answer of ours, even beside the wallets",
      `{"wallets":[${JSON.stringify(wallet)}],"more":${"[".repeat(100)}${"]".repeat(100)}}`,
    ],
    [
      "is deeper than the stack",
      `{"wallets":[${JSON.stringify({ ...wallet, schemas: {} })}],"more":${'{"a":'.repeat(200_000)}1${"}".repeat(200_000)}}`,
    ],
    ["has an empty password", { wallets: [{ ...wallet, schemas: { APP: "" } }] }],
    ["has a password that is no text", { wallets: [{ ...wallet, schemas: { APP: null } }] }],
    ["has a file that is no base64", { wallets: [{ ...wallet, wallet: { "cwallet.sso": "e" } }] }],
    ["has a date that is no number", { wallets: [{ ...wallet, certificateEndDate: "2026" }] }],
    [
      "has one wallet with neither schemas nor files: its members would leave the set",
      { wallets: [wallet, { walletName: "V", schemas: {}, wallet: null }] },
    ],
  ])("is not taken where it %s", (_what, body) => {
    expect(() => readWallets(answer(body))).toThrow(
      expect.objectContaining({
        code: "VERDICT_UNKNOWN",
        message: expect.stringContaining("the set in Vault stays as it is"),
      }),
    );
  });

  it("is quoted in no error", () => {
    const body = { wallets: [{ ...wallet, schemas: { APP: 'canary"' }, certificateEndDate: "canary" }] };
    for (const bad of [JSON.stringify(body), '{"wallets":canary}', { msg: "canary", wallets: "canary" }]) {
      expect(() => readWallets(answer(bad))).toThrow(
        expect.objectContaining({ returnMessage: expect.not.stringContaining("canary") }),
      );
    }
  });
});

describe("A status of the Credential Exchange", () => {
  it.each([200, 201, 204])("of %i is none of its refusals", (status) => {
    expect(refusalOf({ status, data: "" }, "the request")).toBeNull();
  });

  it.each([
    [401, "ISSUER_FORBIDDEN", "the token is invalid, or of another identity domain", "Retail Home of this environment"],
    [403, "ISSUER_FORBIDDEN", "which Oracle documents as an internal error", "open a service request with Oracle"],
    [404, "ISSUER_CONFIGURATION", "the URL is wrong", "correct OROT_MIRROR_CES_URL"],
    [429, "ISSUER_UNAVAILABLE", "with 429", "try again later"],
    [500, "ISSUER_UNAVAILABLE", "with 500", "try again later"],
    [503, "ISSUER_UNAVAILABLE", "with 503", "try again later"],
    [199, "ISSUER_CONFIGURATION", "with 199", "check OROT_MIRROR_CES_URL"],
    [300, "ISSUER_CONFIGURATION", "with 300", "check OROT_MIRROR_CES_URL"],
    [302, "ISSUER_CONFIGURATION", "with 302", "check OROT_MIRROR_CES_URL"],
    [400, "ISSUER_CONFIGURATION", "with 400", "check OROT_MIRROR_CES_URL"],
  ] as const)("of %i is %s, and says what to do next", (status, code, message, nextAction) => {
    expect(refusalOf({ status, data: "" }, "the request")).toMatchObject({
      code,
      message: expect.stringContaining(message),
      nextAction: expect.stringContaining(nextAction),
    });
  });
});

describe("The list of callbacks", () => {
  it("may be empty, and has any address that was registered", () => {
    expect(readEndpoints(answer({ endpoints: [] }))).toEqual([]);
    const endpoints = ["http://host.example/x", "mailto:nobody@example.org"];
    expect(readEndpoints(answer({ endpoints }))).toEqual(endpoints);
  });

  it("with msg in its place is the failure it is too", () => {
    expect(() => readEndpoints(answer({ msg: "Internal error" }))).toThrow(/200 with msg/);
  });

  it.each(["", "{}", '{"endpoints":"x"}', '{"endpoints":[1]}'])("cannot be read from %s", (body) => {
    expect(() => readEndpoints(answer(body))).toThrow(expect.objectContaining({ code: "VERDICT_UNKNOWN" }));
  });
});
