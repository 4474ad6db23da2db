import { describe, expect, test } from "vitest";
import { RotationError } from "../../../../src/base/errors.ts";
import { Secret } from "../../../../src/base/secret.ts";
import { checkLogin, checkWaysBack } from "../../../../src/cli/doctor/ways-back.ts";
import type { Authority, Credential } from "../../../../src/clients/issuers/issuer.ts";
import type { Login } from "../../../../src/clients/issuers/verdict.ts";
import { bearer } from "../../../support/held.ts";
import { accepted, createRig, rejected, toyCredential } from "../../rotation/rig.ts";
import { facts, settingsOf, told } from "./facts-rig.ts";

const NOW = Date.UTC(2026, 0, 1);
const error = new RotationError("ISSUER_UNAVAILABLE", "no answer came", "wait");
const silent: Login = { verdict: "unknown", error, final: false };

test.each<[Login, readonly string[]]>([
  [accepted, ["ok", "the issuer accepts CURRENT"]],
  [
    rejected,
    [
      "problem",
      "the issuer refuses the client secret in CURRENT",
      "oci-rotate check S",
      "if a rotation was interrupted, send the function the action heal; else store the working client secret as a new version",
    ],
  ],
  [silent, ["warning", "the issuer did not say whether CURRENT works: no answer came", "wait"]],
])("of the login %o it finds %j", (login, finding) => {
  expect(told([checkLogin(login, "S")])).toEqual([finding]);
  expect(checkLogin(login, "S").area).toBe("issuer");
});

describe("ways back", () => {
  interface Given {
    readonly login?: Login;
    readonly readBack?: object;
    readonly mayReadBack?: "no";
    readonly valueChosenBy?: "caller";
    readonly authorities?: readonly Authority[] | "unreadable";
    readonly metadata?: object;
    readonly settings?: Readonly<Record<string, string>>;
  }
  async function find(given: Given = {}) {
    const asked: string[] = [];
    const own = toyCredential(createRig());
    const credential: Credential = {
      ...own,
      capabilities: {
        ...{ ...own.capabilities, readBack: given.mayReadBack ?? "client" },
        valueChosenBy: given.valueChosenBy ?? "issuer",
      } as Credential["capabilities"],
      readBack: async (proof) => {
        asked.push(proof.kind === "bearer" ? proof.token.reveal() : proof.kind);
        return (given.readBack ?? { outcome: "not-readable", isProofAlive: true }) as never;
      },
    };
    const { authorities = [] } = given;
    const issuer = {
      authoritiesFor: async () => {
        if (authorities === "unreadable") throw new RotationError("VAULT_UNAVAILABLE", "Vault is silent", "wait");
        return authorities;
      },
    } as never;
    const place = { secretId: "S", compartmentId: "C", definedTags: {} };
    const of = { credential, login: given.login ?? accepted, place };
    const all = facts({ secret: { value: { metadata: given.metadata ?? {} } } as never });
    const findings = await checkWaysBack(all, settingsOf(given.settings ?? {}), issuer, of, NOW);
    expect(new Set(findings.map(({ area }) => area))).toEqual(new Set(["ways-back"]));
    return { findings: told(findings), asked };
  }
  const authority = (proven: object, isUnread?: true): Authority =>
    ({ name: "second", ...(isUnread && { isUnread }), prove: async () => proven }) as Authority;
  const logsIn = authority({ verdict: "accepted", authorization: bearer("t") });

  const REGENERATE = ["ok", "the issuer does not show the client secret, so a lost one must be regenerated"];
  const mends = [
    "fn config function <application> <function> OROT_AUTHORITY_SECRET_IDS <OCID of the authority's secret>",
    "or let one rotation and one heal run: the heal notes whether tokens outlive their client secret",
  ];
  const none = [
    "warning",
    "no way back is proven: no second authority is set, and whether a token outlives its client secret is not noted; a lost answer at regenerate could lock the application out",
    ...mends,
  ];
  const BY_AUTHORITY = ["ok", "a second authority is a way back from a lost answer"];

  test.each<[string, Given, readonly unknown[]]>([
    ["nothing is known", {}, [REGENERATE, none]],
    [
      "one is required",
      { settings: { OROT_REQUIRE_WAY_BACK: "true" } },
      [
        REGENERATE,
        ["problem", "no way back is proven, and OROT_REQUIRE_WAY_BACK is on: rotations answer NO_WAY_BACK", ...mends],
      ],
    ],
    [
      "a token can read the value",
      { readBack: { outcome: "read", clientSecret: new Secret("s") } },
      [["ok", "a token of the client can read its client secret at the issuer"], none],
    ],
    [
      "nobody knows whether it can",
      { readBack: { outcome: "unknown", error } },
      [["warning", "whether the client secret can be read back is not known: no answer came", "wait"], none],
    ],
    [
      "the value is stored first",
      { valueChosenBy: "caller" },
      [REGENERATE, ["ok", "the new client secret is stored before the issuer gets it, so no way back is needed"]],
    ],
    [
      "tokens are noted to live on",
      {
        metadata: { orot: JSON.stringify({ tokenSurvives: { yes: true, askedAt: "2025-12-31T00:00:00Z" } }) },
      },
      [REGENERATE, ["ok", "a note says that a token outlives its client secret, which is a way back"]],
    ],
    [
      "a second authority logs in",
      { authorities: [logsIn] },
      [REGENERATE, ["ok", "the second authority second logs in"], BY_AUTHORITY],
    ],
    [
      "a second authority signs",
      { authorities: [authority({ verdict: "accepted", authorization: { kind: "signature" } })] },
      [REGENERATE, ["ok", "the second authority second is configured; its right shows at the first use"], BY_AUTHORITY],
    ],
    [
      "a second authority is refused",
      { authorities: [authority({ verdict: "rejected" })] },
      [
        REGENERATE,
        [
          "problem",
          "the second authority second is refused by the issuer",
          "store its working client secret as a new version",
        ],
        none,
      ],
    ],
    [
      "a second authority has no answer",
      { authorities: [authority(silent)] },
      [REGENERATE, ["warning", "the second authority second could not log in: no answer came", "wait"], none],
    ],
    ["an authority is not readable", { authorities: [authority({ verdict: "accepted" }, true)] }, [REGENERATE, none]],
    [
      "authorities cannot be looked for",
      { authorities: "unreadable" },
      [REGENERATE, ["warning", "Vault is silent", "wait"]],
    ],
  ])("where %s", async (_what, given, findings) => {
    const found = await find(given);
    expect(found.findings).toEqual(findings);
    expect(found.asked).toEqual(["token"]);
  });

  test.each<[string, Given]>([
    ["CURRENT is refused", { login: rejected }],
    ["there is no token", { login: { verdict: "accepted", token: null } }],
    ["the issuer shows no value to anybody", { mayReadBack: "no" }],
  ])("are not asked for by the client where %s", async (_what, given) => {
    expect(await find(given)).toEqual({ findings: [none], asked: [] });
  });
});
