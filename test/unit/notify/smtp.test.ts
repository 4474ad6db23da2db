import { createServer, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type MailReceiver, startMailServer } from "../../../scripts/demo/mail-server.ts";
import { systemClock } from "../../../src/base/clock.ts";
import { Secret } from "../../../src/base/secret.ts";
import { type MailServer, mailOf } from "../../../src/notify/mail.ts";
import { changeMessage } from "../../../src/notify/message.ts";
import { sendBySmtp } from "../../../src/notify/smtp.ts";
import { HANG_MS, useLoopback } from "../../support/loopback.ts";

useLoopback();

const message = changeMessage({ secretId: "ocid1.vaultsecret.oc1.iad.a", versionNo: 3, seq: 2, at: 0 });
const server = (port: number): MailServer => ({
  host: "127.0.0.1",
  port,
  isTlsAtOnce: false,
  login: { user: "user", password: new Secret("password") },
  from: "rotator@example.org",
});
const delivered = { outcome: "delivered", why: null };

async function send(to: MailServer, recipient: string, ms = HANG_MS) {
  const { signal, cancel } = systemClock.abortAfter(ms);
  try {
    return await sendBySmtp(to, mailOf(message, to, recipient), { ms, signal, authorities: null });
  } finally {
    cancel();
  }
}

describe("a mail", () => {
  let receiver: MailReceiver;
  beforeAll(async () => {
    receiver = await startMailServer();
  });
  afterAll(() => receiver.close());

  test("goes to one recipient, says what was rotated, and has the same id at every repetition", async () => {
    expect(await send(server(receiver.port), "ops@example.org")).toEqual(delivered);
    expect(await send(server(receiver.port), "ops@example.org")).toEqual(delivered);
    const [one, two] = receiver.mails;
    expect(one).toMatchObject({ from: "rotator@example.org", to: ["ops@example.org"] });
    const idOf = (data = "") => /^Message-ID: (.+)$/im.exec(data)?.[1];
    expect(idOf(one?.data)).toBe("<ocid1.vaultsecret.oc1.iad.a.3.2@example.org>");
    expect(idOf(two?.data)).toBe(idOf(one?.data));
    expect(one?.data).toMatch(/^Subject: A client secret in OCI Vault was rotated$/im);
    expect(one?.data).toMatch(/^Auto-Submitted: auto-generated$/im);
    expect(one?.data.replaceAll("=\r\n", "")).toContain("version 3 is CURRENT");
  });

  test("that the server refuses for its recipient has failed", async () => {
    expect(await send(server(receiver.port), "nobody@example.org")).toEqual({
      outcome: "failed",
      why: "RECIPIENT_REFUSED",
    });
  });

  test("that the server refuses for its sender is no recipient's failure", async () => {
    const unapproved = { ...server(receiver.port), from: "unapproved@example.org" };
    expect(await send(unapproved, "ops@example.org")).toEqual({ outcome: "not-sent", why: "SENDER_REFUSED" });
  });

  test("without a server is nobody's failure", async () => {
    const closed = await startMailServer();
    await closed.close();
    expect(await send(server(closed.port), "ops@example.org")).toEqual({ outcome: "not-sent", why: "UNREACHABLE" });
  });

  test("is given up where the server says nothing", async () => {
    const sockets: Socket[] = [];
    const silent = createServer((socket) => sockets.push(socket));
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const address = silent.address();
    const port = typeof address === "object" ? (address?.port ?? 0) : 0;
    expect(await send(server(port), "ops@example.org", 300)).toEqual({ outcome: "not-sent", why: "TIMED_OUT" });
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => silent.close(resolve));
  });
});
