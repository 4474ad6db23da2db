import { describe, expect, test } from "vitest";
import type { Transport } from "../../../../src/clients/http/transport.ts";
import { expectOnlyReads, useCli } from "../../../support/cli.ts";
import { createRealmWorld, FEATURE_OFF, OTHER, URL } from "./keycloak-world.ts";

const cli = useCli();
const world = createRealmWorld(cli);

describe("oci-rotate keycloak policy plan", () => {
  test("says what is missing, changes nothing, and ends with 4", async () => {
    const { policy, realm } = await world();
    const run = await policy("plan", "--expiration", "90d");
    expect(run).toMatchObject({ exitCode: 4, stderr: "" });
    expect(run.stdout).toBe(`add the profile oci-rotate
  expiration-period: 90d
  rotated-expiration-period: 2d
  remaining-rotation-period: 10d
add the policy oci-rotate
  meets: owns the client role rotated-by-oci-rotate
`);
    expectOnlyReads(run);
    expect(realm().profiles).toEqual([OTHER]);
    expect((await policy("plan", "--json")).json()).toEqual({
      ...{ url: URL, realm: "shop", name: "oci-rotate", feature: "on", applied: false, others: [] },
      changes: [
        {
          ...{ of: "profile", step: "add" },
          differences: ["expiration-period: 45d", "rotated-expiration-period: 2d", "remaining-rotation-period: 10d"],
        },
        { of: "policy", step: "add", differences: ["meets: owns the client role rotated-by-oci-rotate"] },
      ],
    });
  });

  test("warns of other policies that rotate, and of a server without the feature", async () => {
    const { w, policy } = await world();
    await policy("apply", "--yes");
    w.emulator.switches["keycloak-rotation"] = "off";
    const run = await policy("plan", "--name", "second");
    expect(run.exitCode).toBe(4);
    expect(run.stderr).toBe(`${FEATURE_OFF}
warning: other policies rotate secrets too: oci-rotate; a client that two of them match is handled by both
`);
    expect((await policy("plan", "--name", "second", "--json")).json()).toMatchObject({
      ...{ feature: "off", others: ["oci-rotate"] },
    });
  });
});

describe("oci-rotate keycloak policy", () => {
  test("shows every policy that rotates", async () => {
    const { w, policy, realm } = await world();
    expect((await policy("show")).stdout).toBe(
      "feature client-secret-rotation: on\nno policy of this realm rotates secrets\n",
    );
    await policy("apply", "--yes");
    const run = await policy("show");
    expect(run).toMatchObject({ exitCode: 0, stderr: "" });
    expect(run.stdout.split("\n").map((line) => line.split(/ {2,}/))).toEqual([
      ["feature client-secret-rotation: on"],
      ["POLICY", "ENABLED", "MEETS", "PROFILE", "EXPIRATION", "ROTATED", "REMAINING"],
      ["oci-rotate", "yes", "owns the client role rotated-by-oci-rotate", "oci-rotate", "45d", "2d", "10d"],
      [""],
    ]);
    expectOnlyReads(run);
    Object.assign(realm().policies[1] ?? {}, { enabled: false });
    w.emulator.switches["keycloak-rotation"] = "off";
    const off = await policy("show", "--json");
    expect(off.stderr).toBe(`${FEATURE_OFF}\n`);
    expect(off.json()).toEqual({
      ...{ url: URL, realm: "shop", feature: "off" },
      policies: [
        {
          ...{ name: "oci-rotate", isEnabled: false, profile: "oci-rotate" },
          ...{ meets: "owns the client role rotated-by-oci-rotate" },
          ...{ expiration: 3_888_000, rotated: 172_800, remaining: 864_000 },
        },
      ],
    });
    expect((await policy("show")).stdout).toMatch(/^oci-rotate +no /m);
  });

  test.each([
    [{ url: "https://elsewhere.example" }, "is for the server at https://elsewhere.example, not for this one"],
    [{ url: `${URL}/auth` }, "is for the server at https://sso.emulated.example/auth, not for this one"],
    [{ realm: undefined }, "has no usable member realm"],
    [{ origin: URL, mayRotate: ["*"] }, "has an earlier edition's member origin"],
    [{ issuer: "uaa", realm: undefined }, "is not for Keycloak"],
    [{ clientSecret: 7 }, "has no usable member clientSecret"],
  ])("sends nothing to a server with a credential like %j", async (more, words) => {
    const { w, store } = await world();
    const run = await w.run("keycloak", "policy", "show", URL, "shop", "--authority", store(more));
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toContain(`the secret of --authority ${words}`);
    expect(run.requests.map(({ call }) => call)).toEqual(["read-current"]);
  });

  test("says that the realm refuses the credential", async () => {
    const { w, store } = await world();
    const run = await w.run("keycloak", "policy", "show", URL, "shop", "--authority", store({ clientSecret: "wrong" }));
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toContain("refuses the credential in the secret of --authority");
  });

  test.each([
    [["--rotated", "46d"], "--rotated is longer than --expiration"],
    [["--remaining", "46d"], "--remaining is longer than --expiration"],
    [["--expiration", "0d"], "--expiration takes up to 3650d"],
    [["--expiration", "3651d"], "--expiration takes up to 3650d"],
  ])("refuses %j, as Keycloak would without a word of why", async (words, told) => {
    const { policy } = await world();
    const run = await policy("plan", ...words);
    expect(run).toMatchObject({ exitCode: 2, requests: [] });
    expect(run.stderr).toBe(`error: ${told}.\nnext:  correct the period.\n`);
  });

  test("takes periods that are as long as they may be", async () => {
    const { policy } = await world();
    const run = await policy("plan", "--expiration", "3650d", "--rotated", "3650d", "--remaining", "3650d", "--json");
    expect(run).toMatchObject({ exitCode: 4, stderr: "" });
  });

  test.each([
    [
      ["http://sso.example.org", "shop"],
      "<url> takes the server's https URL, as https://sso.example.org; http only on",
    ],
    [["sso", "shop"], "<url> takes the server's https URL"],
    ...["a/b", "..", "a?b", "", "x".repeat(256)].map(
      (realm) => [[URL, realm], "<realm> takes the name of a realm"] as const,
    ),
    [[URL, "shop", "--name", "a b"], "--name takes letters, digits, hyphens, dots"],
    [[URL, "shop", "--name", "x".repeat(101)], "--name takes letters, digits, hyphens, dots"],
  ] as const)("refuses %j before anything is sent", async (words, told) => {
    const w = await cli();
    const run = await w.run("keycloak", "policy", "plan", ...words, "--authority", w.secretId);
    expect(run).toMatchObject({ exitCode: 2, stdout: "", requests: [] });
    expect(run.stderr).toContain(told);
  });

  test.each(["/client-policies/profiles", "/client-policies/policies"])(
    "says that the lists of a realm cannot be read where %s answers nonsense",
    async (end) => {
      const { w, policyWith } = await world();
      const transport: Transport = async (request) =>
        request.url.endsWith(end) ? { status: 200, headers: {}, body: "{}" } : w.emulator.transport(request);
      const run = await policyWith({ transport }, "plan");
      expect(run).toMatchObject({ exitCode: 1, stdout: "" });
      expect(run.stderr).toContain("VERDICT_UNKNOWN: the realm's client policies could not be read");
    },
  );

  test("wants to know whose credential it may use", async () => {
    const { w } = await world();
    const run = await w.run("keycloak", "policy", "show", URL, "shop");
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toContain("--authority is missing");
  });
});
