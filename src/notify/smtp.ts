import { isCertificateRefusal, trusting } from "../clients/http/tls.ts";
import type { MailResult, MailTrouble, SendMail } from "./mail.ts";

const LOOPBACK = /^(?:127\.\d+\.\d+\.\d+|::1|localhost)$/;

const troubles: Readonly<Record<string, MailTrouble>> = {
  ETLS: "NO_TLS",
  EAUTH: "LOGIN_REFUSED",
  ETIMEDOUT: "TIMED_OUT",
  EDNS: "UNREACHABLE",
  ESOCKET: "UNREACHABLE",
  ECONNECTION: "UNREACHABLE",
};
/**
 * A reply to RCPT about the mailbox itself (RFC 5321, RFC 7504). Many servers also use RCPT to refuse the sender (x.1.7, x.1.8), the
 * commands (x.5) or the permission to send (x.7; RFC 3463).
 */
const OF_RECIPIENT = /^55[01236][ -](?!5\.(?:1\.[78]\b|[57]\.))/;

/** Nodemailer has one code for a refused recipient, sender and message; only command and reply tell them apart. */
function envelopeTrouble(command: string, reply: string): MailTrouble {
  if (command === "MAIL FROM") return "SENDER_REFUSED";
  return command === "RCPT TO" && OF_RECIPIENT.test(reply) ? "RECIPIENT_REFUSED" : "MAIL_REFUSED";
}

function troubleOf(thrown: unknown): MailTrouble {
  const member = (name: string): string => {
    const value: unknown = typeof thrown === "object" && thrown !== null ? Reflect.get(thrown, name) : undefined;
    return typeof value === "string" ? value : "";
  };
  if (isCertificateRefusal(member("originalCode")) || isCertificateRefusal(member("code"))) {
    return "CERTIFICATE_UNTRUSTED";
  }
  const code = member("code");
  if (code === "EENVELOPE") return envelopeTrouble(member("command"), member("response"));
  return troubles[code] ?? "MAIL_REFUSED";
}

function refused(thrown: unknown): MailResult {
  const why = troubleOf(thrown);
  return { outcome: why === "RECIPIENT_REFUSED" ? "failed" : "not-sent", why };
}

const tooLate: MailResult = { outcome: "not-sent", why: "TIMED_OUT" };

/**
 * Sends mail with nodemailer, which is loaded at the first mail, since most calls of the function send none. It always uses TLS, except to
 * this machine. No part of the library's errors is passed on, since they may hold text from the server.
 */
export const sendBySmtp: SendMail = async ({ host, port, isTlsAtOnce, login }, mail, { ms, signal, authorities }) => {
  const { createTransport } = await import("nodemailer");
  // The first load may have used up the time, and a listener added later would miss the abort.
  if (signal.aborted) return tooLate;
  const limit = Math.max(1, Math.floor(ms));
  const transport = createTransport({
    host,
    port,
    secure: isTlsAtOnce,
    requireTLS: !LOOPBACK.test(host),
    ...(authorities !== null && { tls: { secureContext: trusting(authorities) } }),
    ...(login && { auth: { user: login.user, pass: login.password.reveal() } }),
    connectionTimeout: limit,
    greetingTimeout: limit,
    socketTimeout: limit,
    dnsTimeout: limit,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const aborted = new Promise<MailResult>((resolve) => {
    signal.addEventListener("abort", () => resolve(tooLate));
  });
  const sent = transport
    .sendMail({ ...mail, headers: { "auto-submitted": "auto-generated" } })
    .then((): MailResult => ({ outcome: "delivered", why: null }))
    .catch(refused);
  try {
    return await Promise.race([sent, aborted]);
  } finally {
    transport.close();
  }
};
