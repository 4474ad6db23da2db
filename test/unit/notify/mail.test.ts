import { describe, expect, test } from "vitest";
import { parseMailServer } from "../../../src/notify/mail.ts";
import { Secret } from "../../../src/secret.ts";
import { expectFailure, expectNoTrace } from "../../support/failures.ts";

const whole = { host: "smtp.example.org", port: 587, user: "ocid1.user", password: "canary-1!", from: "a@example.org" };
const read = (content: unknown) =>
  parseMailServer(new Secret(typeof content === "string" ? content : JSON.stringify(content)));

describe("how mail is sent", () => {
  test("is read from the content of a secret", () => {
    expect(read({ ...whole, more: 1 })).toEqual({
      host: "smtp.example.org",
      port: 587,
      isTlsAtOnce: false,
      login: { user: "ocid1.user", password: new Secret("canary-1!") },
      from: "a@example.org",
    });
  });

  test("may be without logging in", () => {
    expect(read({ host: "10.0.0.5", port: 25, from: "a@example.org" }).login).toBeNull();
  });

  test.each([
    [465, undefined, true],
    [587, undefined, false],
    [2465, "at-once", true],
    [465, "starttls", false],
  ])("begins with TLS where port %i or tls %s says so", (port, tls, isTlsAtOnce) => {
    expect(read({ ...whole, port, tls }).isTlsAtOnce).toBe(isTlsAtOnce);
  });

  test.each([
    ["no JSON", "smtp://canary-1!"],
    ["no object", "[]"],
    ["without host", { ...whole, host: undefined }],
    ["with a URL for host", { ...whole, host: "smtps://smtp.example.org" }],
    ["with port 0", { ...whole, port: 0 }],
    ["with a port as text", { ...whole, port: "587" }],
    ["with two addresses in from", { ...whole, from: "a@example.org, b@example.org" }],
    ["with a line break in from", { ...whole, from: "a@example.org\r\nBcc: b@example.org" }],
    ["with TLS of no kind", { ...whole, tls: "none" }],
    ["with a password alone", { ...whole, user: undefined }],
    ["with a user alone", { ...whole, password: undefined }],
  ])("is refused where it is %s, without saying it", async (_what, content) => {
    const error = await expectFailure(() => read(content), "SETTINGS_INVALID", "OROT_SMTP_SECRET_ID");
    expectNoTrace(error, "canary-1!");
  });
});
