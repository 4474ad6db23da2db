import { describe, expect, test } from "vitest";
import { parseContent } from "../../../src/content.ts";
import { openCredential } from "../../../src/issuers/index.ts";
import { Secret } from "../../../src/secret.ts";
import { expectFailure, expectNoTrace } from "../../support/failures.ts";
import { createRig } from "../../support/issuer-rig.ts";

const HOST = "https://login.example.org";
const sample = {
  domainUrl: HOST,
  appId: "fedcba9876543210fedcba9876543210",
  clientId: "app_client",
  appSecret: "canary/+9c1f~4711",
};
const open = (members: Record<string, unknown>, allowed: readonly string[] | null = null) =>
  openCredential(parseContent(new Secret(JSON.stringify(members))), createRig(), allowed);

test.each([{}, { issuer: "oci-iam" }])("content with %j is that of an OCI IAM identity domain", (issuer) => {
  const credential = open({ ...issuer, ...sample });
  expect(credential).toMatchObject({
    origin: HOST,
    clientId: "app_client",
    rotatedMember: "appSecret",
    issuer: "oci-iam",
    tokenEndpoint: { url: `${HOST}/oauth2/v1/token`, scope: "urn:opc:idm:__myscopes__" },
    traits: {
      valueChosenBy: "issuer",
      readBack: "probe",
      overlap: "none",
      authorities: ["client", "other-client", "resource-principal"],
      repeatMint: "last-wins",
    },
  });
  expect(credential.clientSecret.equals(new Secret(sample.appSecret))).toBe(true);
  expectNoTrace(credential, sample.appSecret);
});

test.each(["okta", "OCI-IAM", "", "toString", "canary/+9c1f~4711"])(
  "the issuer %j is unknown, and those that are known are listed",
  async (issuer) => {
    const error = await expectFailure(
      () => open({ ...sample, issuer }),
      "ISSUER_UNKNOWN",
      "known issuers: oci-iam, keycloak, uaa, edfi-cms",
    );
    if (issuer.startsWith("canary")) expectNoTrace(error, issuer);
  },
);

describe("allowed origins", () => {
  test.each([[null], [[HOST]], [["https://other.example.org", HOST]]])("%j let the credential pass", (allowed) => {
    expect(open(sample, allowed).origin).toBe(HOST);
  });

  test.each([[[]], [["https://other.example.org"]], [[`${HOST}:8443`]], [["http://login.example.org"]]])(
    "%j do not",
    async (allowed) => {
      await expectFailure(() => open(sample, allowed), "ORIGIN_NOT_ALLOWED", "not in OROT_ISSUER_ORIGINS");
    },
  );
});
