import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { systemClock } from "../../../src/base/clock.ts";
import { Secret } from "../../../src/base/secret.ts";
import { type MailServer, type MailTrouble, mailOf } from "../../../src/notify/mail.ts";
import { changeMessage } from "../../../src/notify/message.ts";
import { sendBySmtp } from "../../../src/notify/smtp.ts";
import { HANG_MS, useLoopback } from "../../support/loopback.ts";

useLoopback();

const message = changeMessage({ secretId: "ocid1.vaultsecret.oc1.iad.a", versionNo: 3, seq: 2, at: 0 });
const usual: Readonly<Record<string, string>> = {
  EHLO: "250-emulated\r\n250 AUTH PLAIN",
  AUTH: "235 ok",
  MAIL: "250 ok",
  RCPT: "250 ok",
  DATA: "354 go on",
  ".": "250 taken",
};

/** Null: the server breaks off. A function: it says nothing, and the function hears that the command came. */
type Reply = string | null | (() => unknown);

/** A mail server on loopback that answers so to these commands, and as usual to the others. */
async function serverThat(answers: Readonly<Record<string, Reply>>): Promise<MailServer> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on("error", () => undefined);
    let data: string | null = null;
    socket.setEncoding("utf8").on("data", (text: string) => {
      if (data !== null) data += text;
      if (data?.endsWith("\r\n.\r\n") === false) return;
      const verb = data === null ? (text.split(/[ \r]/)[0] ?? "") : ".";
      data = verb === "DATA" ? "" : null;
      const said = verb in answers ? answers[verb] : usual[verb];
      if (typeof said === "string") socket.write(`${said}\r\n`);
      else if (said) said();
      else socket.destroy();
    });
    socket.write("220 emulated\r\n");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  const address = server.address();
  const port = typeof address === "object" ? (address?.port ?? 0) : 0;
  const login = { user: "user", password: new Secret("password") };
  return { host: "127.0.0.1", port, isTlsAtOnce: false, login, from: "rotator@example.org" };
}

async function sendTo(answers: Readonly<Record<string, Reply>>) {
  const server = await serverThat(answers);
  const { signal, cancel } = systemClock.abortAfter(HANG_MS);
  try {
    const mail = mailOf(message, server, "ops@example.org");
    return await sendBySmtp(server, mail, { ms: HANG_MS, signal, authorities: null });
  } finally {
    cancel();
  }
}

test("a mail that the server takes is delivered", async () => {
  expect(await sendTo({})).toEqual({ outcome: "delivered", why: null });
});

test.each(["before it began", "while the server says nothing"])(
  "a mail whose time is over %s is given up, and is no recipient's failure",
  async (when) => {
    const came = new EventTarget();
    const asked = once(came, "EHLO");
    const server = await serverThat({ EHLO: () => came.dispatchEvent(new Event("EHLO")) });
    const giveUp = new AbortController();
    const mail = mailOf(message, server, "ops@example.org");
    const sending = sendBySmtp(server, mail, { ms: HANG_MS, signal: giveUp.signal, authorities: null });
    if (when !== "before it began") await asked;
    giveUp.abort();
    expect(await sending).toEqual({ outcome: "not-sent", why: "TIMED_OUT" });
  },
);

describe("a mail has failed for its recipient", () => {
  test.each([
    "550 no such user",
    "550 5.1.1 no such user",
    "550-5.1.1 no\r\n550 5.1.1 such user",
    "551 5.1.6 moved away",
    "552 5.2.2 mailbox full",
    "553 5.1.3 no such address",
    "556 5.1.10 takes no mail",
  ])("where the server says so: %s", async (answer) => {
    expect(await sendTo({ RCPT: answer })).toEqual({ outcome: "failed", why: "RECIPIENT_REFUSED" });
  });
});

describe("a mail has failed for nobody's fault but our own", () => {
  test.each<[string, string, string | null, MailTrouble]>([
    ["the password is wrong", "AUTH", "535 5.7.8 bad credentials", "LOGIN_REFUSED"],
    ["the server cannot look up passwords", "AUTH", "454 4.7.0 later", "LOGIN_REFUSED"],
    ["the sender may not send", "MAIL", "550 5.1.8 unknown sender", "SENDER_REFUSED"],
    ["no login came first", "MAIL", "530 5.7.0 log in first", "SENDER_REFUSED"],
    ["no login came first, as is said late", "RCPT", "530 5.7.0 log in first", "MAIL_REFUSED"],
    ["the server relays nothing", "RCPT", "550 5.7.1 relaying denied", "MAIL_REFUSED"],
    ["the server relays nothing, in few words", "RCPT", "554 relay access denied", "MAIL_REFUSED"],
    ["the sender is refused late", "RCPT", "550 5.1.8 sender address rejected", "MAIL_REFUSED"],
    ["the sender's syntax is refused late", "RCPT", "553 5.1.7 sender address rejected", "MAIL_REFUSED"],
    ["the commands come in the wrong order", "RCPT", "503 5.5.1 log in first", "MAIL_REFUSED"],
    ["the server does not know the command", "RCPT", "550 5.5.1 what?", "MAIL_REFUSED"],
    ["the recipient is put off", "RCPT", "450 4.2.0 greylisted", "MAIL_REFUSED"],
    ["too much was sent", "RCPT", "452 4.5.3 too many", "MAIL_REFUSED"],
    ["the text is refused", ".", "550 5.1.1 looks like spam", "MAIL_REFUSED"],
    ["nothing more is taken", "DATA", "554 5.3.4 too big", "MAIL_REFUSED"],
    ["the server breaks off", "RCPT", null, "UNREACHABLE"],
  ])("where %s", async (_what, verb, answer, why) => {
    expect(await sendTo({ [verb]: answer })).toEqual({ outcome: "not-sent", why });
  });
});
