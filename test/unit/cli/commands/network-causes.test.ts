import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { ProxyError, TransportError } from "../../../../src/clients/http/transport.ts";
import { type CliOptions, type CliWorld, useCli } from "../../../support/cli.ts";

const cli = useCli();
const COMPARTMENT = "ocid1.compartment.oc1..example";
const MEANT = "did you mean the region us-ashburn-1";

/** Every request to a host that `fails` matches ends as the real network ends it. */
function failing(
  w: CliWorld,
  fails: RegExp,
  code: string,
  failure: TransportError["failure"] = "UNREACHABLE",
): CliOptions {
  const transport: CliOptions["transport"] = (request) => {
    const { host } = new URL(request.url);
    return fails.test(host)
      ? Promise.reject(TransportError.at(failure, false, code, host))
      : w.emulator.transport(request);
  };
  return { transport };
}

describe("a region that was mistyped", () => {
  test.each<[string, (w: CliWorld) => readonly string[], string]>([
    ["scan", () => ["--compartment", COMPARTMENT], "vaults"],
    ["check", ({ secretId }) => [secretId], "vaults"],
    ["status", ({ secretId }) => [secretId], "vaults"],
    ["heal", ({ secretId }) => [secretId, "--yes"], "vaults"],
    ["rotate", ({ secretId }) => [secretId, "--via", "local", "--yes"], "vaults"],
    ["db-token", () => [], "auth"],
  ])("ends %s with the host and the region that was meant", async (command, words, service) => {
    const w = await cli();
    const { transport } = failing(w, /us-asburn-1/, "ENOTFOUND");
    const run = await w.runWith({ ...(transport && { transport }) }, command, ...words(w), "--region", "us-asburn-1");
    expect(run).toMatchObject({ exitCode: 1 });
    const said = `${run.stdout}${run.stderr}`;
    expect(said).toMatch(new RegExp(`the host ${service}\\.us-asburn-1\\.(oci\\.)?oraclecloud\\.com is unknown`));
    expect(said).toContain(MEANT);
  });

  test("is told by doctor too", async () => {
    const w = await cli();
    const run = await w.runWith(
      failing(w, /us-asburn-1/, "ENOTFOUND"),
      "doctor",
      w.secretId,
      "--region",
      "us-asburn-1",
    );
    expect(run.stdout).toContain("the host vaults.us-asburn-1.oci.oraclecloud.com is unknown");
    expect(run.stdout).toContain(`> ${MEANT}`);
  });

  test.each(["us_ashburn_1", "us-ashburn-1 # home", "us-ashburn"])(
    "as %j is refused with it, and nothing is sent",
    async (region) => {
      const w = await cli();
      const config = path.join(w.home, ".oci", "config");
      writeFileSync(config, readFileSync(config, "utf8").replace(/^region=.*$/m, `region=${region}`));
      const run = await w.run("check", w.secretId);
      expect(run).toMatchObject({ exitCode: 3, requests: [] });
      expect(run.stderr).toContain(MEANT);
      expect(run.stderr.includes("a comment behind a value is a part of it")).toBe(region.includes("#"));
    },
  );

  test("is not suspected where the region is known", async () => {
    const w = await cli();
    const run = await w.runWith(failing(w, /us-ashburn-1/, "ENOTFOUND"), "check", w.secretId);
    expect(run.stderr).toContain("the host vaults.us-ashburn-1.oci.oraclecloud.com is unknown");
    expect(run.stderr).not.toContain("did you mean");
  });
});

describe("every client of the command line tells host and cause", () => {
  const CAUSES = [
    ["ECONNREFUSED", "UNREACHABLE", "refuses connections", "port"],
    ["CERT_HAS_EXPIRED", "CERTIFICATE_UNTRUSTED", "has expired", "clock"],
    ["SELF_SIGNED_CERT_IN_CHAIN", "CERTIFICATE_UNTRUSTED", "comes from an authority that is not trusted", ""],
    ["TIMED_OUT", "TIMED_OUT", "gave no complete answer in time", ""],
  ] as const;
  const CLIENTS: readonly (readonly [string, RegExp, (w: CliWorld) => readonly string[]])[] = [
    ["Vault", /^vaults\./, () => ["scan", "--compartment", COMPARTMENT]],
    ["Vault's contents", /^secrets\.vaults\./, ({ secretId }) => ["check", secretId]],
    [
      "Functions",
      /^functions\./,
      (w) => ["rotate", w.secretId, "--via", "function", "--function", w.deploy(), "--yes"],
    ],
    ["Identity", /^auth\./, () => ["db-token"]],
    ["the issuer", /^idcs-/, ({ secretId }) => ["check", secretId]],
  ];
  const cases = CLIENTS.flatMap(([client, host, words]) =>
    CAUSES.map(([code, failure, why, next]) => ({ client, host, words, code, failure, why, next })),
  );

  test.each(cases)("$client after $code", async ({ host, words, code, failure, why, next }) => {
    const w = await cli();
    const run = await w.runWith(failing(w, host, code, failure), ...words(w));
    expect(run.exitCode).not.toBe(0);
    const said = `${run.stdout}${run.stderr}`;
    expect(said).toContain(why);
    expect(said).toMatch(new RegExp(`${host.source.slice(1)}[\\w.-]+`));
    expect(said).toContain(next);
  });

  test("also where the proxy kept it from coming", async () => {
    const w = await cli();
    const transport: CliOptions["transport"] = ({ url }) =>
      Promise.reject(
        new ProxyError("UNREACHABLE", "answered CONNECT with 502").between("proxy.example:3128", new URL(url).host),
      );
    const run = await w.runWith({ transport }, "check", w.secretId, "--region", "us-asburn-1");
    expect(run.stderr).toContain("answered CONNECT with 502 (proxy.example:3128, for vaults.us-asburn-1");
    expect(run.stderr).toContain(MEANT);
  });
});
