import { verify } from "node:crypto";
import { describe, expect, test, vi } from "vitest";
import { parseSettings } from "../../../../src/base/settings/settings.ts";
import { createNetworkTransport } from "../../../../src/clients/http/network.ts";
import { resourcePrincipalAccess } from "../../../../src/clients/vault/resource-principal.ts";
import { expectFailure, expectNoTrace } from "../../../support/failures.ts";
import { createInstantClock } from "../../../support/instant-clock.ts";
import { silenceSdk } from "../../../support/silence-sdk.ts";
import { publicKey, setPrincipal, token } from "../principal-rig.ts";

const access = (environment: Record<string, string> = {}) =>
  resourcePrincipalAccess(createNetworkTransport(createInstantClock()), parseSettings(environment));

silenceSdk();

test.each([
  [
    "eu-frankfurt-1",
    "https://vaults.eu-frankfurt-1.oci.oraclecloud.com",
    "https://secrets.vaults.eu-frankfurt-1.oci.oraclecloud.com",
  ],
  [
    "EU-FRANKFURT-1",
    "https://vaults.eu-frankfurt-1.oci.oraclecloud.com",
    "https://secrets.vaults.eu-frankfurt-1.oci.oraclecloud.com",
  ],
  [
    "us-gov-ashburn-1",
    "https://vaults.us-gov-ashburn-1.oci.oraclegovcloud.com",
    "https://secrets.vaults.us-gov-ashburn-1.oci.oraclegovcloud.com",
  ],
])("in %s Vault has the region's own endpoints", (region, vaultEndpoint, secretsEndpoint) => {
  setPrincipal(region);
  expect(access()).toMatchObject({ vaultEndpoint, secretsEndpoint });
});

test.each([
  ["eu-frankfurt-1", "https://telemetry-ingestion.eu-frankfurt-1.oraclecloud.com"],
  ["us-gov-ashburn-1", "https://telemetry-ingestion.us-gov-ashburn-1.oraclegovcloud.com"],
])("in %s metrics go to the region's ingestion, and to nowhere without a namespace", (region, monitoringEndpoint) => {
  setPrincipal(region);
  const metrics = { OROT_METRIC_NAMESPACE: "ocirotate", OROT_METRIC_COMPARTMENT_ID: "ocid1.compartment.oc1..c" };
  const own = { OROT_MONITORING_ENDPOINT: "https://m.example.org" };
  expect(access(metrics)).toMatchObject({ monitoringEndpoint });
  expect(access({ ...metrics, ...own })).toMatchObject({ monitoringEndpoint: "https://m.example.org" });
  expect(access(own)).not.toHaveProperty("monitoringEndpoint");
});

describe("endpoints of the settings", () => {
  const settings = { OROT_VAULT_ENDPOINT: "http://127.0.0.1:8080", OROT_SECRETS_ENDPOINT: "https://s.example.org" };
  const expected = { vaultEndpoint: "http://127.0.0.1:8080", secretsEndpoint: "https://s.example.org" };

  test("stand in place of the region's", () => {
    setPrincipal("eu-frankfurt-1");
    expect(access(settings)).toMatchObject(expected);
  });

  test("are enough where the SDK does not know the region", () => {
    setPrincipal("moon-crater-1");
    expect(access(settings)).toMatchObject(expected);
  });
});

test.each([
  [{}],
  [{ OROT_VAULT_ENDPOINT: "https://v.example.org" }],
  [{ OROT_SECRETS_ENDPOINT: "https://s.example.org" }],
])("an unknown region is refused with a way out where the settings give %j", async (environment) => {
  setPrincipal("moon-crater-1");
  const error = await expectFailure(() => access(environment), "SETTINGS_INVALID", "OCI_RESOURCE_PRINCIPAL_REGION");
  expect(error.nextAction).toBe("set OROT_VAULT_ENDPOINT and OROT_SECRETS_ENDPOINT");
});

describe("a principal that cannot be used", () => {
  test.each([
    "OCI_RESOURCE_PRINCIPAL_VERSION",
    "OCI_RESOURCE_PRINCIPAL_RPST",
    "OCI_RESOURCE_PRINCIPAL_PRIVATE_PEM",
    "OCI_RESOURCE_PRINCIPAL_REGION",
  ])("for lack of %s is told as such", async (name) => {
    setPrincipal("eu-frankfurt-1");
    vi.stubEnv(name, undefined);
    const error = await expectFailure(() => access(), "SETTINGS_INVALID", "the function has no resource principal");
    expectNoTrace(error, token);
  });

  test.each([
    ["OCI_RESOURCE_PRINCIPAL_VERSION", "1.1"],
    ["OCI_RESOURCE_PRINCIPAL_PRIVATE_PEM", "/no/such/canary-file"],
  ])("for %s of %s is told without the value", async (name, value) => {
    setPrincipal("eu-frankfurt-1");
    vi.stubEnv(name, value);
    const error = await expectFailure(() => access(), "SETTINGS_INVALID", "the function has no resource principal");
    expectNoTrace(error, "canary-file");
  });
});

test("requests are signed with the principal's key and session token", async () => {
  setPrincipal("eu-frankfurt-1");
  const headers = new Headers();
  await access().signer.signHttpRequest({
    method: "GET",
    uri: "https://vaults.example.org/20180608/secrets/x",
    headers,
  });
  const authorization = headers.get("authorization") ?? "";
  expect(authorization).toContain(`keyId="ST$${token}"`);
  const [, names = ""] = /headers="([^"]*)"/.exec(authorization) ?? [];
  const [, signature = ""] = /signature="([^"]*)"/.exec(authorization) ?? [];
  const text = names
    .split(" ")
    .map((name) => `${name}: ${name === "(request-target)" ? "get /20180608/secrets/x" : headers.get(name)}`)
    .join("\n");
  expect(verify("sha256", Buffer.from(text), publicKey, Buffer.from(signature, "base64"))).toBe(true);
});
