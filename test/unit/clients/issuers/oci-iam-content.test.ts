import { describe, expect, test } from "vitest";
import { Secret } from "../../../../src/base/secret.ts";
import { ociIam } from "../../../../src/clients/issuers/oci-iam.ts";
import { parseContent } from "../../../../src/clients/vault/content.ts";
import { expectFailure, expectNoTrace } from "../../../support/failures.ts";
import { createRig } from "../../../support/issuer-rig.ts";

const sample = {
  iamDomainInstanceId: "idcs-0123456789abcdef0123456789abcdef",
  appId: "fedcba9876543210fedcba9876543210",
  clientId: "app_client",
  appSecret: "idcscs-12345678-90ab-cdef-1234-567890abcdef",
};
const { iamDomainInstanceId: _, ...withoutId } = sample;
const HOST = "https://idcs-0123456789abcdef0123456789abcdef.identity.oraclecloud.com";

const rig = createRig();
const read = (members: Record<string, unknown>) => {
  const { client, clientSecret } = ociIam.open(parseContent(new Secret(JSON.stringify(members))), rig);
  return { client, appSecret: clientSecret };
};

test("Oracle's sample is understood", () => {
  const { appSecret, ...rest } = read(sample);
  expect(rest).toEqual({
    client: {
      issuer: "oci-iam",
      base: HOST,
      realm: null,
      tenant: null,
      tokenUrl: null,
      clientId: sample.clientId,
      subject: sample.appId,
    },
  });
  expect(appSecret.reveal()).toBe(sample.appSecret);
});

test("further members are left alone", () => {
  expect(read({ ...sample, note: 1, url: "http://x", issuer: "oci-iam" }).client.base).toBe(HOST);
});

test("an instance id in capitals names the same host", () => {
  expect(read({ ...sample, iamDomainInstanceId: sample.iamDomainInstanceId.toUpperCase() }).client.base).toBe(HOST);
});

test.each([
  [HOST, HOST],
  [`${HOST}:443`, HOST],
  [`${HOST}/`, HOST],
  [`${HOST}:443/`, HOST],
  [`${HOST}/admin/v1`, HOST],
  [`${HOST}:443/admin/v1/`, HOST],
  [` https://${HOST.slice("https://".length).toUpperCase()} `, HOST],
  ["https://login.example.org:8443", "https://login.example.org:8443"],
  ["http://127.0.0.1:8080", "http://127.0.0.1:8080"],
])("the Domain URL %j stands for %s", (domainUrl, origin) => {
  expect(read({ ...withoutId, domainUrl }).client.base).toBe(origin);
});

test("domainUrl and iamDomainInstanceId may stand together where they name the same host", () => {
  expect(read({ ...sample, domainUrl: `${HOST}:443` }).client.base).toBe(HOST);
});

const wrongTypes = [null, 7, true, [], {}, ""];

describe.each(Object.keys(sample))("%s", (member) => {
  test("is named where it is missing", async () => {
    const { [member]: _left, ...rest } = sample as Record<string, unknown>;
    await expectFailure(() => read(rest), "CONTENT_INVALID", `the member ${member} of the secret's content is missing`);
  });

  test.each(wrongTypes)("is named where it is %j", async (value) => {
    await expectFailure(
      () => read({ ...sample, [member]: value }),
      "CONTENT_INVALID",
      `the member ${member} of the secret's content must be a string that is not empty`,
    );
  });
});

test.each(wrongTypes)("domainUrl is named where it is %j", async (domainUrl) => {
  await expectFailure(() => read({ ...withoutId, domainUrl }), "CONTENT_INVALID", "the member domainUrl");
});

describe("a value that cannot be right is refused by the name of its member", () => {
  test.each([
    ["iamDomainInstanceId", "idcs-1/../evil.example.org"],
    ["iamDomainInstanceId", "evil.example.org#"],
    ["iamDomainInstanceId", "user@evil"],
    ["iamDomainInstanceId", `${"a".repeat(64)}`],
    ["iamDomainInstanceId", "-idcs"],
    ["iamDomainInstanceId", "idcs 1"],
    ["appId", "fedcba9876543210fedcba987654321"],
    ["appId", "fedcba9876543210fedcba98765432100"],
    ["appId", "gedcba9876543210fedcba9876543210"],
    ["appId", "../../../oauth2/v1/token00000000"],
    ["clientId", "app:client"],
    ["clientId", "app\nclient"],
    ["clientId", "app\u007fclient"],
  ])("%s: %j", async (member, value) => {
    const error = await expectFailure(
      () => read({ ...sample, [member]: value }),
      "CONTENT_INVALID",
      `the member ${member} of the secret's content must`,
    );
    expectNoTrace(error, value);
  });

  test.each([
    "idcs-0123",
    "https://",
    `${HOST}/ui/v1`,
    `${HOST}/admin/v1/Apps`,
    `${HOST}?x=y`,
    `${HOST}#x`,
    "https://user@login.example.org",
    "https://user:password@login.example.org",
    "javascript:alert(1)",
  ])("domainUrl: %j", async (domainUrl) => {
    const error = await expectFailure(
      () => read({ ...withoutId, domainUrl }),
      "CONTENT_INVALID",
      "the member domainUrl",
    );
    expectNoTrace(error, domainUrl);
  });

  test("domainUrl of another host than iamDomainInstanceId", async () => {
    const domainUrl = "https://idcs-other.identity.oraclecloud.com";
    await expectFailure(
      () => read({ ...sample, domainUrl }),
      "CONTENT_INVALID",
      "domainUrl of the secret's content names another host",
    );
  });
});

test.each(["http://login.example.org", "http://127.0.0.1.example.org", "http://10.0.0.1"])(
  "a credential is not sent to %s",
  async (domainUrl) => {
    const error = await expectFailure(() => read({ ...withoutId, domainUrl }), "ORIGIN_NOT_ALLOWED", "domainUrl");
    expectNoTrace(error, domainUrl);
  },
);

test("a secret may hold what a Basic header can carry", () => {
  const appSecret = 'a:b"c é😀 ';
  expect(read({ ...sample, appSecret }).appSecret.reveal()).toBe(appSecret);
});
