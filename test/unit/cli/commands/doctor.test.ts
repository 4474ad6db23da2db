import { describe, expect, test } from "vitest";
import type { Transport } from "../../../../src/clients/http/transport.ts";
import { TransportError } from "../../../../src/clients/http/transport.ts";
import { type CliRun, type CliWorld, expectOnlyReads, useCli } from "../../../support/cli.ts";
import { regenerateByHand, writeVersion } from "../../../support/outside-changes.ts";
import { deployed, diagnose, type Finding, mendOf, problems, those } from "./doctor-rig.ts";

const cli = useCli();

describe("oci-rotate doctor", () => {
  test("finds nothing wrong with a deployment by the book, and changes nothing", async () => {
    const w = await cli();
    deployed(w);
    const before = w.state();
    const { run, findings } = await diagnose(w, {}, w.secretId);
    expect(problems(findings)).toEqual([]);
    expect(run).toMatchObject({ exitCode: 0, stderr: "" });
    expect(run.json()).toMatchObject({ healthy: true, settingsFrom: "function", secretId: w.secretId });
    const areas = [
      "network",
      "clock",
      "function",
      "settings",
      "sign-in",
      "rights",
      "secret",
      "versions",
      "schedule",
      "issuer",
      "ways-back",
      "notify",
    ];
    expect([...new Set(findings.map(({ area }) => area))].sort()).toEqual(areas.sort());
    expect(w.state()).toEqual(before);
    expect(run.requests.some(({ call }) => call === "token-current")).toBe(true);
  });

  test("prints one line a finding for a person, with what mends it below, and ends with 4 at a problem", async () => {
    const w = await cli();
    deployed(w, {}, { timeoutInSeconds: 30, memoryInMBs: 128 });
    const run: CliRun = await w.run("doctor", w.secretId);
    expect(run.exitCode).toBe(4);
    expect(run.stdout).toContain("problem  function   the function may take 30 s, and steps need 300");
    expect(run.stdout).toMatch(
      /> oci fn function update container-function --function-id ocid1\.fnfunc\.\S+ --force --timeout-in-seconds 300\n/,
    );
    expect(run.stdout).toMatch(/--memory-in-mbs 256\n/);
    expect(run.stdout).toMatch(/\n1 problem, \d+ warnings, \d+ ok\n$/);
    expectOnlyReads(run);
  });

  test("reads the settings of the function and of its application, and names a wrong one without its value", async () => {
    const w = await cli();
    deployed(w, { OROT_PAUSED: "perhaps-tomorrow" }, { applicationConfig: { HTTPS_PROXY: "ftp://user:pass@proxy" } });
    const { run, findings } = await diagnose(w, {}, w.secretId);
    expect(run.exitCode).toBe(4);
    expect(those(findings, "settings", "problem")).toEqual([
      "HTTPS_PROXY must be the address of an http or https proxy: no other kind, such as SOCKS, is supported",
      "OROT_PAUSED must be true or false",
    ]);
    expect(run.stdout).not.toMatch(/perhaps-tomorrow|user:pass@proxy/);
  });

  test("says where a wrong setting is corrected: with the function, or in this shell", async () => {
    const there = await cli();
    deployed(there, { OROT_PAUSED: "perhaps-tomorrow" }, { applicationConfig: { HTTPS_PROXY: "ftp://proxy" } });
    const { findings: ofFunction } = await diagnose(there, {}, there.secretId);
    const inFunction = ["correct it in the configuration of the function or its application"];
    expect(mendOf(ofFunction, /^OROT_PAUSED must be/)).toEqual(inFunction);
    expect(mendOf(ofFunction, /^HTTPS_PROXY must be/)).toEqual(inFunction);
    const here = await cli();
    const { run } = await diagnose(here, { environment: { OROT_PAUSED: "perhaps-tomorrow" } }, here.secretId);
    expect(run.json()["error"]).toMatchObject({ next: "correct it in the environment of this shell" });
  });

  test("warns of a proxy's variables that are not read, without their values", async () => {
    const w = await cli();
    deployed(
      w,
      {},
      { applicationConfig: { ALL_PROXY: "socks5://a", NO_PROXY: "10.0.0.0/8, 10.0.0.1-10.0.0.9 10.0.0.0/99" } },
    );
    const { findings } = await diagnose(w, {}, w.secretId);
    expect(those(findings, "settings", "warning")).toEqual([
      "ALL_PROXY is set, which is not read",
      "NO_PROXY has entries that stand for no host, and are passed over: number 2, 3",
    ]);
  });

  test("warns of what the settings leave open, with the command that sets it", async () => {
    const w = await cli();
    const functionId = w.emulator.admin.createFunction({ config: { OROT_PAUSED: "true" } });
    const { findings } = await diagnose(w, {}, "--function", functionId);
    expect(mendOf(findings, /^OROT_PAUSED is on/)).toEqual([
      "fn config function rotation oci-rotate OROT_PAUSED false",
    ]);
    expect(those(findings, "settings", "ok")).toContainEqual(expect.stringMatching(/^OROT_ISSUER_ORIGINS is not set/));
    expect(mendOf(findings, /^OROT_HEAL_COMPARTMENT_IDS is not set/)[0]).toContain("OROT_HEAL_COMPARTMENT_IDS");
  });

  test("fills these commands in where the secret says what belongs there", async () => {
    const w = await cli();
    const functionId = w.emulator.admin.createFunction();
    const { findings } = await diagnose(w, {}, w.secretId, "--function", functionId);
    const { compartmentId } = w.emulator.admin.secret(w.secretId);
    const set = "fn config function rotation oci-rotate";
    expect(mendOf(findings, /^OROT_HEAL_COMPARTMENT_IDS is not/)).toEqual([
      `${set} OROT_HEAL_COMPARTMENT_IDS ${compartmentId}`,
    ]);
  });

  test("looks at this shell's settings where the function may not be read, and says so", async () => {
    const w = await cli({ switches: { deny: ["get-function"] } });
    deployed(w);
    const { run, findings } = await diagnose(w, { environment: { OROT_BUDGET_SECONDS: "600" } }, w.secretId);
    expect(run.json()["settingsFrom"]).toBe("environment");
    expect(mendOf(findings, /^GetFunction was answered 404/)[0]).toMatch(/^Allow group .* to use fn-function/);
    expect(mendOf(findings, /^OROT_BUDGET_SECONDS is 600/)).toEqual(["export OROT_BUDGET_SECONDS=280"]);
  });

  test.each([
    ["list-versions", "ListSecretVersions", "read secret-versions"],
    ["read-current", "GetSecretBundle", "read secret-bundles"],
    ["list-secrets", "ListSecrets", "inspect secrets"],
  ])("names the exact policy line where %s is not allowed", async (call, operation, right) => {
    const w = await cli({ switches: { deny: [call] } });
    deployed(w);
    const { run, findings } = await diagnose(w, {}, w.secretId);
    expect(run.exitCode).toBe(4);
    const { compartmentId } = w.emulator.admin.secret(w.secretId);
    const [line] = mendOf(findings, new RegExp(`^${operation} was answered 404`));
    expect(line).toMatch(new RegExp(`^Allow (dynamic-)?group .* to ${right} in compartment id ${compartmentId}`));
    if (call !== "list-secrets") expect(line).toContain(`where target.secret.id = '${w.secretId}'`);
  });

  test("says which groups and lines the function needs while nothing shows that it has worked", async () => {
    const w = await cli();
    const functionId = deployed(w);
    w.emulator.admin.secret(w.secretId).lastRotationAt = null;
    const { run, findings } = await diagnose(w, {}, w.secretId);
    const lines = mendOf(findings, /^there is no evidence yet that Vault may call the function/);
    expect(lines).toHaveLength(8);
    expect(lines).toContain(`oci-rotate-secrets: ALL {resource.type = 'vaultsecret', resource.id = '${w.secretId}'}`);
    expect(lines.at(-1)).toMatch(new RegExp(`to use fn-invocation .* where target.function.id = '${functionId}'$`));
    expect(run.exitCode).toBe(0);
  });

  test.each([
    [-200, "warning"],
    [200, "warning"],
    [900, "problem"],
    [10, "ok"],
  ])("measures a clock that is %i s off as %s", async (seconds, level) => {
    const w = await cli();
    deployed(w);
    const transport: Transport = async (request) => {
      const answer = await w.emulator.transport(request);
      const date = new Date(w.clock.now() + seconds * 1000).toUTCString();
      return { ...answer, headers: { ...answer.headers, date } };
    };
    const { findings } = await diagnose(w, { transport }, w.secretId);
    const [found] = findings.filter(({ area }) => area === "clock");
    expect(found?.level).toBe(level);
    if (level !== "ok") expect(found?.what).toContain(seconds > 0 ? "s behind that of" : "s ahead of that of");
  });

  test.each([
    ["UNREACHABLE", /^the issuer cannot be reached at https:\/\/idcs-0+\.identity/, /network/],
    [
      "CERTIFICATE_UNTRUSTED",
      /^the issuer at .* has a certificate of an authority that is not trusted/,
      /OROT_CA_BUNDLE/,
    ],
  ] as const)("tells an issuer that ends in %s apart", async (failure, what, mend) => {
    const w = await cli();
    deployed(w);
    const transport: Transport = (request) =>
      request.url.includes("identity.oraclecloud.com")
        ? Promise.reject(new TransportError(failure, false, "in a test"))
        : w.emulator.transport(request);
    const { run, findings } = await diagnose(w, { transport }, w.secretId);
    expect(run.exitCode).toBe(4);
    expect(mendOf(findings, what)[0]).toMatch(mend);
  });

  test("counts version slots, and names the version that may go", async () => {
    const w = await cli();
    deployed(w);
    for (let number = 2; number <= 28; number++) {
      await writeVersion(w, { iteration: number }, { stage: number % 2 === 0 ? "CURRENT" : "PENDING", ageSeconds: 1 });
    }
    const { run, findings } = await diagnose(w, {}, w.secretId);
    expect(run.exitCode).toBe(4);
    expect(mendOf(findings, /^2 of 30 version slots are free, and a rotation needs 4/)[0]).toMatch(
      /^oci vault secret-version schedule-deletion --secret-id \S+ --secret-version-number 1$/,
    );
  });

  describe("the schedule", () => {
    test.each([
      ["overdue", "problem", /^the next rotation was due on .* and has not begun$/],
      ["off", "warning", /^the rotation has a function but its schedule is off/],
      ["none", "warning", /^Vault never rotates this secret/],
      ["elsewhere", "problem", /^the rotation targets another function/],
    ])("%s is a %s", async (kind, level, what) => {
      const w = await cli();
      const functionId = deployed(w);
      const secret = w.emulator.admin.secret(w.secretId);
      const targetSystemDetails = { targetSystemType: "FUNCTION" as const, functionId };
      if (kind === "overdue") secret.nextRotationAt = w.clock.now() - 7_200_000;
      if (kind === "off") secret.rotationConfig = { targetSystemDetails, isScheduledRotationEnabled: false };
      if (kind === "none") secret.rotationConfig = null;
      const other = kind === "elsewhere" ? w.emulator.admin.createFunction() : functionId;
      const { findings } = await diagnose(w, {}, w.secretId, "--function", other);
      const [found] = findings.filter(({ area }) => area === "schedule");
      expect(found).toMatchObject({ level, what: expect.stringMatching(what) });
      expect(found?.mend[0]).toMatch(
        /^oci vault secret update --secret-id \S+ --force --rotation-config '\{.*P30D"\}'$/,
      );
    });
  });

  test("knows an expiry rule that blocks retrieval", async () => {
    const w = await cli();
    deployed(w);
    const secret = w.emulator.admin.secret(w.secretId);
    secret.rules = [
      {
        ruleType: "SECRET_EXPIRY_RULE",
        secretVersionExpiryInterval: "P90D",
        isSecretContentRetrievalBlockedOnExpiry: true,
      },
    ];
    const { findings } = await diagnose(w, {}, w.secretId);
    expect(those(findings, "secret", "warning")).toEqual([
      "the secret's expiry rule blocks retrieval: once CURRENT expires it can no longer be rotated",
    ]);
  });

  test("says that CURRENT is refused", async () => {
    const w = await cli();
    deployed(w);
    regenerateByHand(w, "made-in-the-console");
    const { run, findings } = await diagnose(w, {}, w.secretId);
    expect(run.exitCode).toBe(4);
    expect(those(findings, "issuer", "problem")).toEqual(["the issuer refuses the client secret in CURRENT"]);
  });

  describe("ways back", () => {
    const authority = (w: CliWorld, change: object = {}) => {
      const { clientId, secret } = w.emulator.admin.createApp({ admin: true });
      const content = {
        kind: "client-secret",
        issuer: "oci-iam",
        url: `https://idcs-${"0".repeat(32)}.identity.oraclecloud.com`,
        clientId,
        clientSecret: secret,
        mayRotate: [{ client: w.app.clientId, appId: w.app.appId, secretId: w.secretId }],
        ...change,
      };
      return w.emulator.admin.createSecret({ name: "authority", content: JSON.stringify(content) });
    };

    test.each([
      ["false", "warning"],
      ["true", "problem"],
    ])("none at all, with OROT_REQUIRE_WAY_BACK %s, is a %s", async (required, level) => {
      const w = await cli();
      deployed(w, { OROT_REQUIRE_WAY_BACK: required });
      const { findings } = await diagnose(w, {}, w.secretId);
      expect(those(findings, "ways-back", level)[0]).toMatch(/^no way back is proven/);
      expect(mendOf(findings, /^no way back/)[0]).toContain(
        "fn config function rotation oci-rotate OROT_AUTHORITY_SECRET_IDS",
      );
    });

    test("an authority that logs in is one", async () => {
      const w = await cli();
      deployed(w, { OROT_AUTHORITY_SECRET_IDS: `${authority(w)},${authority(w)}` });
      const { run, findings } = await diagnose(w, {}, w.secretId);
      expect(run.exitCode).toBe(0);
      expect(those(findings, "ways-back", "ok").filter((what) => what.endsWith("logs in"))).toHaveLength(2);
      expect(those(findings, "ways-back", "warning")).toEqual([]);
    });

    test("an authority that is refused is a problem", async () => {
      const w = await cli();
      deployed(w, { OROT_AUTHORITY_SECRET_IDS: authority(w, { clientSecret: "long-gone" }) });
      const { run, findings } = await diagnose(w, {}, w.secretId);
      expect(run.exitCode).toBe(4);
      expect(those(findings, "ways-back", "problem")[0]).toMatch(/^the second authority secret \S{8} is refused/);
    });

    test("a noted survival of tokens is one", async () => {
      const w = await cli();
      deployed(w);
      const askedAt = new Date(w.clock.now()).toISOString();
      w.emulator.admin.secret(w.secretId).metadata = {
        orot: JSON.stringify({ tokenSurvives: { yes: true, askedAt } }),
      };
      const { findings } = await diagnose(w, {}, w.secretId);
      expect(those(findings, "ways-back", "ok").at(-1)).toMatch(/^a note says that a token outlives/);
    });

    test.each([
      ["clear", /can read its client secret/],
      ["masked", /does not show the client secret/],
    ] as const)("tells whether the App's secret is readable: %s", async (shown, what) => {
      const w = await cli({ switches: { "app-read-back": shown } });
      deployed(w);
      const { findings } = await diagnose(w, {}, w.secretId);
      expect(those(findings, "ways-back", "ok")[0]).toMatch(what);
    });
  });

  test("says of a signature that OCI refuses what is wrong with it, and not that a right is missing", async () => {
    const w = await cli();
    deployed(w);
    const transport: Transport = (request) =>
      w.emulator.transport({ ...request, headers: { ...request.headers, authorization: "Signature nobody knows" } });
    const run = await w.runWith({ transport }, "doctor", w.secretId, "--json");
    expect(run.exitCode).toBe(3);
    const findings = run.json()["findings"] as readonly Finding[];
    expect(those(findings, "rights", "problem")).toEqual(["OCI refused the signature with 401"]);
    expect(those(findings, "clock", "ok")).toHaveLength(1);
    expect(run.stdout).not.toContain("Allow group");
    expectOnlyReads(run);
  });

  test("of an unknown secret says that it is absent or not to be seen", async () => {
    const w = await cli();
    const { run, findings } = await diagnose(w, {}, `${w.secretId}x`);
    expect(run.exitCode).toBe(4);
    expect(mendOf(findings, /^GetSecret was answered 404/)[0]).toMatch(/^Allow group <your group> to use secrets/);
  });
});
