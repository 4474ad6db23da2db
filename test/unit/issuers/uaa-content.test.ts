import { describe, expect, test } from "vitest";
import { createSeededEntropy } from "../../../src/emulator/seeded-entropy.ts";
import { expectFailure, expectNoTrace } from "../../support/failures.ts";
import { expectQuiet, HOST, open, TOKEN_PATH } from "./uaa-rig.ts";

describe("a value of our own", () => {
  const values = Array.from({ length: 200 }, (_, seed) => open({}).generate(createSeededEntropy(seed)).reveal());

  test("is 64 characters that bcrypt reads whole and every encoding leaves as they are", () => {
    for (const value of values) expect(value).toMatch(/^[A-Za-z0-9_-]{64}$/);
  });

  test("holds a lower and an upper case letter, a digit and a special character, whatever the zone asks for", () => {
    for (const value of values) for (const kind of [/[a-z]/, /[A-Z]/, /\d/, /[_-]/]) expect(value).toMatch(kind);
  });

  test("is another one each time, made of 45 random bytes", () => {
    expect(new Set(values.map((value) => value.slice(0, 60))).size).toBe(values.length);
    const asked: number[] = [];
    const entropy = createSeededEntropy(1);
    open({}).generate({
      ...entropy,
      bytes: (length) => {
        asked.push(length);
        return entropy.bytes(length);
      },
    });
    expect(asked).toEqual([45]);
  });
});

describe("the content", () => {
  test("says who the client is and where; the secret is never shown", () => {
    const credential = open({});
    expect(credential).toMatchObject({
      issuer: "uaa",
      origin: HOST,
      clientId: "app",
      subjectId: "app",
      rotatedMember: "clientSecret",
      tokenEndpoint: { url: `${HOST}${TOKEN_PATH}`, scope: null },
      assertionAudience: `${HOST}${TOKEN_PATH}`,
      traits: { valueChosenBy: "caller", overlap: "two-slot", readBack: "no" },
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
    ["clientId", "a:b"],
    ["clientSecret", undefined],
    ["clientSecret", 7],
    ["clientSecret", "canary\n4711"],
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
