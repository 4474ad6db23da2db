import type { SendMail } from "./mail.ts";

const LOOPBACK = /^(?:127\.\d+\.\d+\.\d+|::1|localhost)$/;
/** TLS from the first byte (RFC 8314); any other port begins with STARTTLS. */
const IMPLICIT_TLS_PORT = 465;

/** Nodemailer has one code for a refused recipient, a refused sender and a refused message; only the command tells them apart. */
function isAboutRecipient(thrown: unknown): boolean {
  const member = (name: string): unknown =>
    typeof thrown === "object" && thrown !== null ? Reflect.get(thrown, name) : undefined;
  return member("code") === "EENVELOPE" && member("command") === "RCPT TO";
}

/**
 * Sends mail by nodemailer, which is loaded by the first mail: most calls of the function send none. Always over TLS, but to this machine.
 * Nothing of the library's errors is passed on: they may hold what the server wrote.
 */
export const sendBySmtp: SendMail = async ({ host, port, login }, mail, { ms, signal }) => {
  const { createTransport } = await import("nodemailer");
  const limit = Math.max(1, Math.floor(ms));
  const transport = createTransport({
    host,
    port,
    secure: port === IMPLICIT_TLS_PORT,
    requireTLS: !LOOPBACK.test(host),
    ...(login && { auth: { user: login.user, pass: login.password.reveal() } }),
    connectionTimeout: limit,
    greetingTimeout: limit,
    socketTimeout: limit,
    dnsTimeout: limit,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const aborted = new Promise<"not-sent">((resolve) => {
    signal.addEventListener("abort", () => resolve("not-sent"), { once: true });
  });
  const sent = transport
    .sendMail({ ...mail, headers: { "auto-submitted": "auto-generated" } })
    .then((): "delivered" => "delivered")
    .catch((thrown: unknown) => (isAboutRecipient(thrown) ? "failed" : "not-sent"));
  try {
    return await Promise.race([sent, aborted]);
  } finally {
    transport.close();
  }
};
