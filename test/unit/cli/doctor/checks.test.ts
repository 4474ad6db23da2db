import { describe, expect, test } from "vitest";
import { RotationError } from "../../../../src/base/errors.ts";
import { problemOf } from "../../../../src/cli/cli-error.ts";
import type { Facts } from "../../../../src/cli/doctor/facts.ts";
import { failed } from "../../../../src/cli/doctor/finding.ts";
import { checkFunction } from "../../../../src/cli/doctor/function-check.ts";
import { type Contact, checkNetwork } from "../../../../src/cli/doctor/network.ts";
import { checkObstacle } from "../../../../src/cli/doctor/obstacle.ts";
import type { IssuerAccess } from "../../../../src/cli/issuer-access.ts";
import { ProxyError, TransportError } from "../../../../src/clients/http/transport.ts";
import type { Authority, Credential } from "../../../../src/clients/issuers/issuer.ts";
import type { Login } from "../../../../src/clients/issuers/verdict.ts";
import { bearer } from "../../../support/held.ts";
import { accepted, createRig, rejected, toyCredential } from "../../rotation/rig.ts";
import { facts } from "./facts-rig.ts";

const NOWHERE = { compartmentId: null, secretId: null };

describe("the function", () => {
  const describing = (more: object) =>
    checkFunction(
      facts({
        functionId: "f",
        fn: {
          value: {
            ...{ id: "f", displayName: "rotator", compartmentId: "c", lifecycleState: "ACTIVE", invokeEndpoint: "" },
            ...{ memoryInMBs: 512, timeoutInSeconds: 300, ...more },
          },
        },
      }),
    );

  test("that has what a rotation needs is in order", () => {
    expect(describing({}).map(({ level, what, mend }) => [level, what, mend])).toEqual([
      ["ok", "the function may take 300 s", []],
      ["ok", "the function has 512 MB", []],
    ]);
  });

  test.each<[object, string, string, string]>([
    [
      { timeoutInSeconds: 299 },
      "problem",
      "the function may take 299 s, and steps need 300",
      "--timeout-in-seconds 300",
    ],
    [{ memoryInMBs: 128 }, "warning", "the function has 128 MB; func.yaml asks for", "--memory-in-mbs"],
    [{ lifecycleState: "DELETED" }, "problem", "the function is DELETED", "deploy it again: fn deploy"],
  ])("with %j is not", (more, level, what, mend) => {
    const found = describing(more).find((one) => one.level !== "ok");
    expect(found).toMatchObject({ level, what: expect.stringContaining(what) });
    expect(found?.mend.join()).toContain(mend);
  });

  test.each<[string, Partial<Facts>, string]>([
    ["no secret is", {}, "give --function, or a secret whose rotation targets one"],
    [
      "only a secret is",
      { secret: { failure: problemOf(new Error("any")) } },
      "give --function, or set the secret's rotation as docs/deploying.md says in section 9",
    ],
  ])("is not known if %s given, and what to give is said", (_what, more, mend) => {
    expect(checkFunction(facts(more))).toEqual([
      expect.objectContaining({
        level: "warning",
        what: expect.stringContaining("no function is known"),
        mend: [mend],
      }),
    ]);
  });

  test("that cannot be read is a finding of its own", () => {
    const failure = problemOf(new RotationError("VAULT_FORBIDDEN", "you may not", "ask"));
    expect(checkFunction(facts({ functionId: "f", fn: { failure } }))).toEqual([
      { area: "function", level: "problem", what: "you may not", mend: ["ask"] },
    ]);
  });
});

describe("a failure as a finding", () => {
  const withNext = (next: string, code = "VAULT_FORBIDDEN") => ({
    ...problemOf(new Error("any")),
    code,
    what: "w",
    next,
  });
  const LINE = 'Allow group <g> to use secrets in compartment id <compartment> where target.secret.id = "<secret>"';

  test("shows of a policy line only that, with the places filled in as far as they are known", () => {
    expect(failed("rights", withNext('have "Allow group x to use y" added'), NOWHERE).mend).toEqual([
      "Allow group x to use y",
    ]);
    const line = withNext(LINE.replaceAll('"', "'"));
    const known = failed("rights", line, { compartmentId: "C", secretId: "S" });
    expect(known.mend.join()).toContain("compartment id C where target.secret.id = 'S'");
    expect(failed("rights", line, NOWHERE).mend.join()).toContain(
      "compartment id <compartment> where target.secret.id = '<secret>'",
    );
  });

  test.each([
    ["VAULT_FORBIDDEN", "problem"],
    ["VAULT_UNAVAILABLE", "warning"],
    ["TIMED_OUT", "warning"],
    ["CONNECTION_LOST", "warning"],
  ])("of the code %s is a %s", (code, level) => {
    expect(failed("rights", withNext("ask", code), NOWHERE)).toMatchObject({ level, what: "w", mend: ["ask"] });
  });
});

describe("the network", () => {
  const contact = (name: string, origin: string, thrown?: unknown): Contact => ({
    ...{ name, origin },
    read: thrown === undefined ? { value: { aheadMs: null, withinMs: 0 } } : { failure: problemOf(thrown) },
  });
  const VAULT = contact("Vault", "https://vault.example.org");
  const ISSUER = contact("the issuer", "https://issuer.example.org");
  const proxied = (noProxy: string) => facts({ environment: { HTTPS_PROXY: "http://proxy:80", NO_PROXY: noProxy } });

  test("shows who answers, and by which way the function asks", () => {
    const told = (noProxy: string) => checkNetwork(proxied(noProxy), [VAULT, ISSUER]).map(({ what }) => what);
    expect(told("none.example.org")).toEqual([
      "Vault answers at https://vault.example.org from this machine",
      "the issuer answers at https://issuer.example.org from this machine",
      "HTTPS_PROXY leads to Vault and the issuer; nothing directly",
    ]);
    expect(told("vault.example.org").at(-1)).toBe("HTTPS_PROXY leads to the issuer; Vault directly");
    expect(told("*")).toHaveLength(2);
  });

  test("without a proxy, or with one that is none, says nothing of it", () => {
    expect(checkNetwork(facts(), [VAULT])).toHaveLength(1);
    expect(checkNetwork(facts({ environment: { HTTPS_PROXY: "socks5://x" } }), [VAULT])).toHaveLength(1);
  });

  const UNTRUSTED = new TransportError("CERTIFICATE_UNTRUSTED", false, "DEPTH_ZERO_SELF_SIGNED_CERT at h:1");
  test.each<[string, Contact, string, string]>([
    [
      "the issuer's authority is not trusted",
      contact("the issuer", "https://h:1", UNTRUSTED),
      "the issuer at https://h:1 has a certificate of an authority that is not trusted",
      "store the authority's PEM as a Vault secret, and name its OCID in OROT_CA_BUNDLE",
    ],
    [
      "OCI's authority is not trusted",
      contact("Vault", "https://h:1", UNTRUSTED),
      "Vault at https://h:1 has a certificate of an authority that is not trusted",
      "find out which server answers there instead of OCI",
    ],
    [
      "a certificate has expired",
      contact("Vault", "https://h:1", new TransportError("CERTIFICATE_UNTRUSTED", false, "CERT_HAS_EXPIRED at h:1")),
      "Vault cannot be reached at https://h:1: the certificate of h:1 has expired",
      "have the certificate renewed, and check this machine's clock",
    ],
    [
      "nobody answers",
      contact("Vault", "https://h:1", new ProxyError("UNREACHABLE", "answered CONNECT with 407")),
      "Vault cannot be reached at https://h:1: the proxy of HTTPS_PROXY answered CONNECT with 407",
      "check HTTPS_PROXY, NO_PROXY and what the proxy allows",
    ],
  ])("tells that %s", (_what, one, what, next) => {
    const [found] = checkNetwork(facts(), [one]);
    expect(found).toMatchObject({ level: "problem", what });
    expect(found?.mend.join()).toContain(next);
  });
});

describe("what the issuer would refuse", () => {
  const refusal = new RotationError("ISSUER_FORBIDDEN", "may not look", "let it look");
  const place = { secretId: "s", compartmentId: "c", definedTags: {} };

  /** Who was asked, and what was found. */
  async function checking(more: {
    readonly login?: Login;
    readonly authorities?: readonly Authority[];
    readonly says?: (who: string) => RotationError | null;
    readonly isOwn?: boolean;
    readonly preflight?: null;
  }) {
    const asked: string[] = [];
    const own = toyCredential(createRig());
    const credential: Credential = {
      ...own,
      capabilities: { ...own.capabilities, authorities: more.isOwn === false ? ["other-client"] : ["client"] },
      ...(more.preflight !== null && {
        preflight: async (prove) => {
          const proof = await prove();
          const who = proof.kind === "bearer" ? proof.token.reveal() : proof.kind;
          asked.push(who);
          return (more.says ?? (() => refusal))(who);
        },
      }),
    };
    const issuer = { authoritiesFor: async () => more.authorities ?? [] } as unknown as IssuerAccess;
    return { found: await checkObstacle(issuer, { credential, login: more.login ?? accepted, place }), asked };
  }
  const authority = (name: string, isUnread?: true): Authority => ({
    ...{ name, ...(isUnread && { isUnread }) },
    prove: async () => ({ verdict: "accepted", authorization: bearer(name) }),
  });
  const LOOK = [{ area: "issuer", level: "problem", what: "may not look", mend: ["let it look"] }];

  test("is found by the client itself, then by who else may ask", async () => {
    const { found, asked } = await checking({ authorities: [authority("second"), authority("unread", true)] });
    expect([found, asked]).toEqual([LOOK, ["token", "second"]]);
  });

  test("is nothing if one of them may look and finds nothing", async () => {
    const authorities = [authority("second"), authority("third")];
    const { found, asked } = await checking({ authorities, says: (who) => (who === "second" ? null : refusal) });
    expect([found, asked]).toEqual([[], ["token", "second"]]);
  });

  test("is not asked by the client where only others may ask, or without a token", async () => {
    expect((await checking({ isOwn: false, authorities: [authority("second")] })).asked).toEqual(["second"]);
    expect((await checking({ login: { verdict: "accepted", token: null } })).asked).toEqual([]);
  });

  test("is not asked of an issuer that shows none, nor by a client that is refused", async () => {
    expect(await checking({ preflight: null })).toEqual({ found: [], asked: [] });
    expect(await checking({ login: rejected })).toEqual({ found: [], asked: [] });
  });

  test("is a finding also if the question itself fails", async () => {
    const { found } = await checking({
      says: () => {
        throw new RotationError("POLICY_REFUSED", "it holds a reference", "clear it");
      },
    });
    expect(found).toEqual([{ area: "issuer", level: "problem", what: "it holds a reference", mend: ["clear it"] }]);
  });
});
