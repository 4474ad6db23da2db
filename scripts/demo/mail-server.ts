import { SMTPServer, type SMTPServerSession } from "smtp-server";

/** A mail as it came: header and body, lines ended by CR LF. */
export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly data: string;
}

export interface MailReceiver {
  readonly port: number;
  readonly mails: readonly ReceivedMail[];
  /** The commands of login and mail that came; `+` at those that came over TLS. */
  readonly heard: readonly string[];
  close(): Promise<void>;
}

/** Certificate and key (PEM) of a receiver that speaks TLS: from the first byte, or behind STARTTLS (RFC 3207). */
export interface MailTls {
  readonly cert: string;
  readonly key: string;
  readonly begins: "at-once" | "starttls";
}

/** Connections that are still open then are closed. */
const CLOSE_MS = 100;

const refusal = (responseCode: number, text: string) => Object.assign(new Error(text), { responseCode });

/** A mail server on loopback that delivers nothing. It knows no recipient `nobody@` and approves no sender `unapproved@`. */
export async function startMailServer(tls: MailTls | null = null): Promise<MailReceiver> {
  const mails: ReceivedMail[] = [];
  const heard: string[] = [];
  const hear = (command: string, { secure }: SMTPServerSession) => heard.push(secure ? `${command}+` : command);
  const server = new SMTPServer({
    ...(tls === null ? { disabledCommands: ["STARTTLS"], allowInsecureAuth: true } : { cert: tls.cert, key: tls.key }),
    secure: tls?.begins === "at-once",
    authOptional: tls === null,
    disableReverseLookup: true,
    closeTimeout: CLOSE_MS,
    onAuth(_login, session, callback) {
      hear("AUTH", session);
      callback(null, { user: "anybody" });
    },
    onMailFrom({ address }, session, callback) {
      hear("MAIL", session);
      callback(address.startsWith("unapproved@") ? refusal(550, "sender is not approved") : null);
    },
    onRcptTo({ address }, session, callback) {
      hear("RCPT", session);
      callback(address.startsWith("nobody@") ? refusal(550, "no such user") : null);
    },
    onData(stream, session, callback) {
      hear("DATA", session);
      const { mailFrom, rcptTo } = session.envelope;
      const parts: Buffer[] = [];
      stream.on("data", (part: Buffer) => parts.push(part));
      stream.on("end", () => {
        const data = Buffer.concat(parts).toString();
        mails.push({ from: mailFrom ? mailFrom.address : "", to: rcptTo.map(({ address }) => address), data });
        callback(null);
      });
    },
  });
  // A client that refuses the certificate breaks off: that is what some tests await.
  server.on("error", () => undefined);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  const address = server.server.address();
  if (address === null || typeof address === "string") throw new Error("the mail server has no port");
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()));
  return { port: address.port, mails, heard, close };
}
