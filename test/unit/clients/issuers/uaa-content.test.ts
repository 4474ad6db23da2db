import { describe, expect, test } from "vitest";
import { expectFailure, expectNoTrace } from "../../../support/failures.ts";
import { expectQuiet, HOST, open, TOKEN_PATH } from "./uaa-rig.ts";

describe("the content", () => {
  test("says who the client is and where; the secret is never shown", () => {
    const credential = open({});
    expect(credential).toMatchObject({
      client: { issuer: "uaa", base: `${HOST}/uaa`, clientId: "app", subject: null },
      rotatedMember: "clientSecret",
      tokenEndpoint: { url: `${HOST}${TOKEN_PATH}`, scope: null },
      capabilities: { valueChosenBy: "caller", overlap: "two-slot", readBack: "no" },
    });
    expectQuiet(credential);
  });

  test.each<[member: string, value: unknown]>([
    ["url", undefined],
    ["url", "uaa.example.org"],
    ["url", `${HOST}/uaa?zone=1`],
    ["zoneId", "zone-1"],
    ["zoneId", null],
    ["clientId", undefined],
    ["clientId", ""],
    ["clientId", "a\nb"],
    ...["https://app.example.com/x", "a\\b", "a;b", "a%b", ".", ".."].map((id): [string, unknown] => ["clientId", id]),
    ["clientSecret", undefined],
    ["clientSecret", 7],
    ["clientSecret", ["canary\n4711"]],
  ])("with %s %j is refused by the member's name", async (member, value) => {
    const error = await expectFailure(
      () => open({ [member]: value }),
      "CONTENT_INVALID",
      `the member ${member} of the secret's content`,
    );
    expect(error.responseCode).toBe(400);
    expectQuiet(error);
    expectNoTrace(error, "canary\n4711");
  });

  test("with an address that is not https is refused before anything is sent", async () => {
    await expectFailure(() => open({ url: "http://uaa.example.org/uaa" }), "ORIGIN_NOT_ALLOWED", "the member url");
  });
});
