import { describe, expect, test } from "vitest";
import { Secret } from "../../../src/base/secret.ts";
import { mailOf, parseMailServer } from "../../../src/notify/mail.ts";
import { changeMessage } from "../../../src/notify/message.ts";
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
    { host: "10.0.0.5" },
    { host: "fd00::25" },
    { host: "mail" },
    { host: "m" },
    { host: `a${"b".repeat(251)}c` },
    { port: 1 },
    { port: 65_535 },
    { user: "", password: "" },
  ])("may have %j", (member) => {
    expect(read({ ...whole, ...member })).toMatchObject({
      host: whole.host,
      port: whole.port,
      ...("user" in member ? { login: { user: "" } } : member),
    });
  });

  test.each([
    ["no JSON", "smtp://canary-1!", "is not JSON"],
    ["no object", "[]", "is not a JSON object"],
    ["without host", { ...whole, host: undefined }, "needs a valid member host"],
    ["with a URL for host", { ...whole, host: "smtps://smtp.example.org" }, "needs a valid member host"],
    ["with a host that begins oddly", { ...whole, host: "-smtp.example.org" }, "needs a valid member host"],
    ["with a host that ends oddly", { ...whole, host: "smtp.example.org." }, "needs a valid member host"],
    ["with a line break behind the host", { ...whole, host: "smtp.example.org\n" }, "needs a valid member host"],
    ["with a host that is too long", { ...whole, host: `a${"b".repeat(252)}c` }, "needs a valid member host"],
    ["with port 0", { ...whole, port: 0 }, "needs a valid member port"],
    ["with port 65536", { ...whole, port: 65_536 }, "needs a valid member port"],
    ["with half a port", { ...whole, port: 25.5 }, "needs a valid member port"],
    ["with a port as text", { ...whole, port: "587" }, "needs a valid member port"],
    ["with a number as user", { ...whole, user: 7 }, "needs a valid member user"],
    ["with a number as password", { ...whole, password: 7 }, "needs a valid member password"],
    ["with no address in from", { ...whole, from: "Rotator" }, "needs a valid member from"],
    ["with two addresses in from", { ...whole, from: "a@example.org, b@example.org" }, "needs a valid member from"],
    [
      "with a line break in from",
      { ...whole, from: "a@example.org\r\nBcc: b@example.org" },
      "needs a valid member from",
    ],
    ["with TLS of no kind", { ...whole, tls: "none" }, "needs a valid member tls"],
    ["with a password alone", { ...whole, user: undefined }, "needs both user and password, or neither"],
    ["with a user alone", { ...whole, password: undefined }, "needs both user and password, or neither"],
  ])("is refused where it is %s, without saying it", async (_what, content, words) => {
    const error = await expectFailure(() => read(content), "SETTINGS_INVALID");
    expect(error.message).toBe(`the secret of OROT_SMTP_SECRET_ID ${words}`);
    expect(error.nextAction).toBe(
      'store {"host","port","user","password","from"} there, and "tls" where the port does not say it',
    );
    expectNoTrace(error, "canary-1!");
  });
});

test("a mail says what is told, and its id, which is the same at every repetition", () => {
  const message = changeMessage({ secretId: "ocid1.vaultsecret.oc1.iad.a", versionNo: 3, seq: 2, at: 0 });
  expect(mailOf(message, read({ ...whole, from: "a@mail.example.org" }), "ops@example.org")).toEqual({
    from: "a@mail.example.org",
    to: "ops@example.org",
    subject: message.title,
    text: `${message.text}\n\n${message.id}\n`,
    messageId: "<ocid1.vaultsecret.oc1.iad.a.3.2@mail.example.org>",
  });
});
