import { describe, expect, test } from "vitest";
import { RotationError } from "../../../src/base/errors.ts";
import { ProxyError, TransportError } from "../../../src/clients/http/transport.ts";
import type { MailTrouble } from "../../../src/notify/mail.ts";
import { createChannelsRig, HOOK, KEYS_ID, MAIL, SMTP_ID } from "./channels-rig.ts";

const noAnswer = new TransportError("TIMED_OUT", true, "no complete answer before the deadline");
const lost = new TransportError("CONNECTION_LOST", true, "ECONNRESET");
const twice = <T>(one: T) => [one, one];
const PRIVATE = "10.0.0.7";

describe("what a subscriber can help counts against it", () => {
  test.each([
    ["refuses", { statuses: [404] }],
    ["redirects", { statuses: [302] }],
    ["is out of order, twice", { statuses: twice(503) }],
    ["does not answer, twice", { statuses: twice(noAnswer) }],
    ["breaks off, twice", { statuses: twice(lost) }],
    ["has no address", { names: [[]] }],
    ["has a private address", { names: [[PRIVATE]] }],
    ["turns private between two tries", { statuses: [503], names: [["93.184.216.34"], [PRIVATE]] }],
  ])("a webhook that %s", async (_what, outside) => {
    expect(await createChannelsRig(outside).send()).toBe("failed");
  });

  test("a mail address that the mail server refuses", async () => {
    const rig = createChannelsRig({ mail: { outcome: "failed", why: "RECIPIENT_REFUSED" } });
    expect(await rig.send(MAIL)).toBe("failed");
  });

  test.each(["", "hooks.example.org", "ftp://hooks.example.org/", "mailto:a@example.org?bcc=b@example.org"])(
    "what is no endpoint, of which nothing is asked: %s",
    async (endpoint) => {
      const rig = createChannelsRig();
      expect(await rig.send(endpoint)).toBe("failed");
      expect([rig.sent, rig.mails, rig.read, rig.asked]).toEqual([[], [], [], []]);
    },
  );
});

describe("what only the operator can help does not", () => {
  const unreadable = new RotationError("VAULT_FORBIDDEN", "Vault refuses to let CURRENT be read");
  const noKeys = { OROT_WEBHOOK_KEY_SECRET_ID: undefined };
  const noMail = { OROT_SMTP_SECRET_ID: undefined };

  test.each([
    ["the key's setting is gone", { environment: noKeys }],
    ["the key cannot be read", { secrets: { [KEYS_ID]: unreadable } }],
    ["the key is none", { secrets: { [KEYS_ID]: "{}" } }],
    ["OROT_NOTIFY_HOSTS does not name the host any more", { environment: { OROT_NOTIFY_HOSTS: "other.example.org" } }],
    ["the settings are wrong", { statuses: [new RotationError("SETTINGS_INVALID", "HTTPS_PROXY must be an address")] }],
    ["the proxy refuses the way", { statuses: twice(new ProxyError("UNREACHABLE", "answered CONNECT with 403")) }],
    [
      "the proxy wants another password",
      { statuses: twice(new ProxyError("UNREACHABLE", "answered CONNECT with 407")) },
    ],
    ["the proxy does not answer", { statuses: twice(new ProxyError("TIMED_OUT", "did not answer CONNECT")) }],
  ])("a webhook where %s", async (_what, outside) => {
    expect(await createChannelsRig(outside).send()).toBe("not-sent");
  });

  test.each([
    ["the mail server's setting is gone", { environment: noMail }],
    ["how mail is sent cannot be read", { secrets: { [SMTP_ID]: unreadable } }],
    ["the content is not how mail is sent", { secrets: { [SMTP_ID]: "{}" } }],
    ["something unexpected happens", { mail: new Error("the library cannot be loaded") }],
  ])("a mail where %s", async (_what, outside) => {
    expect(await createChannelsRig(outside).send(MAIL)).toBe("not-sent");
  });

  test.each<MailTrouble>(["LOGIN_REFUSED", "SENDER_REFUSED", "CERTIFICATE_UNTRUSTED", "UNREACHABLE", "TIMED_OUT"])(
    "a mail that ends with %s",
    async (why) => {
      expect(await createChannelsRig({ mail: { outcome: "not-sent", why } }).send(MAIL)).toBe("not-sent");
    },
  );

  test("a webhook that this call had too little time for", async () => {
    const short = createChannelsRig({ statuses: [noAnswer] });
    expect(await short.send(HOOK, 1_999)).toBe("not-sent");
    const enough = createChannelsRig({ statuses: [noAnswer] });
    expect(await enough.send(HOOK, 2_000)).toBe("failed");
  });

  test("but a receiver that answers in a short time has refused all the same", async () => {
    expect(await createChannelsRig({ statuses: [404] }).send(HOOK, 500)).toBe("failed");
  });

  test.each([HOOK, MAIL])("what nothing is sent for, as reading how took all the time: %s", async (endpoint) => {
    const rig = createChannelsRig({ readMs: 5_000 });
    expect(await rig.send(endpoint, 5_000)).toBe("not-sent");
    expect([rig.sent, rig.asked, rig.mails]).toEqual([[], [], []]);
  });
});
