import dns from "node:dns";
import os from "node:os";
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { type MailReceiver, type MailTls, startMailServer } from "../../../scripts/demo/mail-server.ts";
import { systemClock } from "../../../src/base/clock.ts";
import { Secret } from "../../../src/base/secret.ts";
import { type MailServer, mailOf } from "../../../src/notify/mail.ts";
import { changeMessage } from "../../../src/notify/message.ts";
import { sendBySmtp } from "../../../src/notify/smtp.ts";
import { createAuthority } from "../../support/certificates.ts";
import { HANG_MS, useLoopback } from "../../support/loopback.ts";

useLoopback();

const NAME = "smtp.example.org";
const own = createAuthority("Own");
const message = changeMessage({ secretId: "ocid1.vaultsecret.oc1.iad.a", versionNo: 3, seq: 2, at: 0 });

/** Every name leads to this machine, which looks as if it had a network. */
function resolveToLoopback(): void {
  vi.spyOn(os, "networkInterfaces").mockReturnValue({});
  vi.spyOn(dns.Resolver.prototype, "resolve4").mockImplementation((...values: unknown[]) => {
    const found = values.at(-1);
    if (typeof found === "function") found(null, ["127.0.0.1"]);
  });
  vi.spyOn(dns.Resolver.prototype, "resolve6").mockImplementation((...values: unknown[]) => {
    const found = values.at(-1);
    if (typeof found === "function") found(null, []);
  });
}

async function receiver(tls: MailTls | null): Promise<MailReceiver> {
  const started = await startMailServer(tls);
  onTestFinished(() => started.close());
  return started;
}

async function send({ port }: MailReceiver, begins: MailTls["begins"], authorities: string | null, host = NAME) {
  const login = { user: "user", password: new Secret("canary-1!") };
  const server: MailServer = { host, port, isTlsAtOnce: begins === "at-once", login, from: "rotator@example.org" };
  const { signal, cancel } = systemClock.abortAfter(HANG_MS);
  try {
    return await sendBySmtp(server, mailOf(message, server, "ops@example.org"), { ms: HANG_MS, signal, authorities });
  } finally {
    cancel();
  }
}

beforeEach(resolveToLoopback);
afterEach(() => {
  vi.restoreAllMocks();
});

describe.each(["at-once", "starttls"] as const)("a mail server whose TLS begins %s", (begins) => {
  test("gets login and mail over TLS, with a certificate from an authority of OROT_CA_BUNDLE", async () => {
    const smtp = await receiver({ ...own.issue(NAME), begins });
    expect(await send(smtp, begins, own.pem)).toEqual({ outcome: "delivered", why: null });
    expect(smtp.mails).toMatchObject([{ from: "rotator@example.org", to: ["ops@example.org"] }]);
    expect(smtp.heard).toEqual(["AUTH+", "MAIL+", "RCPT+", "DATA+"]);
  });

  test.each([
    ["from nobody who is trusted", NAME, null],
    ["from another authority than those of OROT_CA_BUNDLE", NAME, createAuthority("Other").pem],
    ["for another name", "other.example.org", own.pem],
  ])("gets neither login nor mail with a certificate %s", async (_what, certified, authorities) => {
    const smtp = await receiver({ ...own.issue(certified), begins });
    expect(await send(smtp, begins, authorities)).toEqual({ outcome: "not-sent", why: "CERTIFICATE_UNTRUSTED" });
    expect(smtp.heard).toEqual([]);
    expect(smtp.mails).toEqual([]);
  });
});

describe("a mail server without TLS", () => {
  test("gets neither login nor mail where STARTTLS was to come first", async () => {
    const smtp = await receiver(null);
    expect(await send(smtp, "starttls", null)).toEqual({ outcome: "not-sent", why: "NO_TLS" });
    expect(smtp.heard).toEqual([]);
  });

  test("gets neither login nor mail where TLS was to begin at once", async () => {
    const smtp = await receiver(null);
    expect(await send(smtp, "at-once", null)).toMatchObject({ outcome: "not-sent" });
    expect(smtp.mails).toEqual([]);
    expect(smtp.heard).toEqual([]);
  });

  test.each(["127.0.0.1", "localhost"])("is used on this machine: %s", async (host) => {
    const smtp = await receiver(null);
    expect(await send(smtp, "starttls", null, host)).toEqual({ outcome: "delivered", why: null });
  });

  test.each(["127.0.0.1.example.org", "x127.0.0.1", "localhost.example.org", "mylocalhost", "127.0.0x1", "1270001"])(
    "is not used where a name only looks like this machine's: %s",
    async (host) => {
      const smtp = await receiver(null);
      expect(await send(smtp, "starttls", null, host)).toEqual({ outcome: "not-sent", why: "NO_TLS" });
      expect(smtp.heard).toEqual([]);
    },
  );
});
