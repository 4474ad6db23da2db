import { describe, expect, test } from "vitest";
import { expectFailure, expectNoTrace } from "../../../support/failures.ts";
import { expectQuiet, HOST, KEY, open, TOKEN_PATH } from "./edfi-cms-rig.ts";

describe("the content", () => {
  test.each([
    [{}, "apiClients/7"],
    [{ apiClientId: undefined, applicationId: 3 }, "applications/3"],
  ])("%j names %s; the secret is never shown", (members, subject) => {
    const credential = open(members);
    expect(credential).toMatchObject({
      client: {
        issuer: "edfi-cms",
        base: HOST,
        realm: null,
        tenant: null,
        tokenUrl: `${HOST}${TOKEN_PATH}`,
        clientId: KEY,
        subject,
      },
      rotatedMember: "clientSecret",
      capabilities: { valueChosenBy: "issuer", overlap: "none", readBack: "no", authorities: ["other-client"] },
    });
    expectQuiet(credential);
  });

  test("may get its tokens from a Keycloak realm with a blank in its name", () => {
    const tokenUrl = "https://sso.example.org/realms/Company%20GmbH/protocol/openid-connect/token";
    expect(open({ tokenUrl }).tokenEndpoint.url).toBe(tokenUrl);
  });

  test.each<[member: string, members: object]>([
    ["url", { url: undefined }],
    ["url", { url: "cms.example.org" }],
    ["apiVersion", { apiVersion: "v4" }],
    ["apiVersion", { apiVersion: 3 }],
    ["tenant", { tenant: "" }],
    ["tenant", { tenant: "district 1" }],
    ["tenant", { tenant: "a\r\nx: y" }],
    ["tenant", { tenant: "t".repeat(201) }],
    ["tokenUrl", { tokenUrl: "connect/token" }],
    ["tokenUrl", { tokenUrl: 7 }],
    ["apiClientId", { apiClientId: undefined }],
    ["apiClientId", { apiClientId: "7" }],
    ["apiClientId", { apiClientId: 0 }],
    ["apiClientId", { apiClientId: -7 }],
    ["apiClientId", { apiClientId: 7.5 }],
    ["apiClientId", { apiClientId: null }],
    ["applicationId", { apiClientId: undefined, applicationId: "3" }],
    ["applicationId", { applicationId: 3 }],
    ["clientId", { clientId: undefined }],
    ["clientId", { clientId: "a/b" }],
    ["clientSecret", { clientSecret: undefined }],
    ["clientSecret", { clientSecret: ["canary"] }],
    ["clientSecret", { clientSecret: "" }],
  ])("is refused by the name of its member %s: %j", async (member, members) => {
    const error = await expectFailure(
      () => open(members),
      "CONTENT_INVALID",
      `the member ${member} of the secret's content`,
    );
    expect(error.responseCode).toBe(400);
    expectQuiet(error);
    expectNoTrace(error, "canary\n4711");
  });

  test.each([{ url: "http://cms.example.org" }, { tokenUrl: "http://idp.example.org/token" }])(
    "with an address that is not https (%j) is refused before anything is sent",
    async (members) => {
      await expectFailure(() => open(members), "ORIGIN_NOT_ALLOWED", "is not https");
    },
  );
});
