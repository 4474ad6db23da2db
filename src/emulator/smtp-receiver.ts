import { createServer, type Socket } from "node:net";
import { createSecureContext, type SecureContext, TLSSocket } from "node:tls";

/** A mail as it came: header and body, lines ended by CR LF. */
export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly data: string;
}

export interface SmtpReceiver {
  readonly port: number;
  readonly mails: readonly ReceivedMail[];
  /** The commands that came, without what stood behind them; `+` at those that came over TLS. */
  readonly heard: readonly string[];
  close(): Promise<void>;
}

const MOST_BYTES = 1_048_576;
/** Recipients of this name do not exist here. */
const UNKNOWN_USER = /^nobody@/i;
/** Nobody may send in this name. */
const UNAPPROVED_SENDER = /^unapproved@/i;
const pathOf = (line: string) => /<([^>]*)>/.exec(line)?.[1] ?? "";

/** Certificate and key (PEM) of a receiver that speaks TLS: from the first byte, or behind STARTTLS (RFC 3207). */
export interface SmtpTls {
  readonly cert: string;
  readonly key: string;
  readonly begins: "at-once" | "starttls";
}

interface Conversation {
  readonly keep: (mail: ReceivedMail) => void;
  readonly heard: string[];
  /** Null: no TLS, or none that is still to begin. */
  readonly offers: SecureContext | null;
}

/** The socket over TLS; a client that refuses the certificate breaks it off. */
function secured(socket: Socket, secureContext: SecureContext): TLSSocket {
  const over = new TLSSocket(socket, { isServer: true, secureContext });
  over.on("error", () => socket.destroy());
  return over;
}

/** One conversation: SMTP (RFC 5321) as far as a client that submits one mail after another speaks it. */
function serve(socket: Socket, { keep, heard, offers }: Conversation): void {
  let buffer = "";
  let from = "";
  let to: string[] = [];
  let isData = false;
  const say = (line: string) => socket.write(`${line}\r\n`);
  const command = (line: string) => {
    const verb = line.split(" ")[0]?.toUpperCase() ?? "";
    const rest = line.toUpperCase();
    heard.push(socket instanceof TLSSocket ? `${verb}+` : verb);
    if (verb === "EHLO")
      return say(`250-emulator\r\n250-8BITMIME\r\n250 ${offers === null ? "AUTH PLAIN" : "STARTTLS"}`);
    if (verb === "STARTTLS" && offers !== null) {
      say("220 go on");
      socket.removeAllListeners("data");
      return serve(secured(socket, offers), { keep, heard, offers: null });
    }
    if (offers !== null && verb !== "QUIT") return say("530 STARTTLS comes first");
    if (verb === "HELO" || verb === "NOOP" || verb === "RSET") return say("250 ok");
    if (verb === "AUTH") return say("235 ok");
    if (rest.startsWith("MAIL FROM:")) {
      to = [];
      from = pathOf(line);
      if (UNAPPROVED_SENDER.test(from)) return say("550 sender is not approved");
      return say("250 ok");
    }
    if (rest.startsWith("RCPT TO:")) {
      const recipient = pathOf(line);
      if (UNKNOWN_USER.test(recipient)) return say("550 no such user");
      to.push(recipient);
      return say("250 ok");
    }
    if (verb === "DATA") {
      if (to.length === 0) return say("503 no recipient");
      isData = true;
      return say("354 go on");
    }
    if (verb === "QUIT") {
      say("221 bye");
      return socket.end();
    }
    return say("500 unknown command");
  };
  const take = (): boolean => {
    const end = buffer.indexOf(isData ? "\r\n.\r\n" : "\r\n");
    if (end < 0) return false;
    const text = buffer.slice(0, end);
    buffer = buffer.slice(end + (isData ? 5 : 2));
    if (!isData) command(text);
    else {
      isData = false;
      // A line that begins with a dot got another one (RFC 5321, section 4.5.2).
      keep({ from, to, data: text.replace(/^\.\./gm, ".") });
      say("250 taken");
    }
    return true;
  };
  socket.setEncoding("utf8");
  socket.on("error", () => socket.destroy());
  socket.on("data", (text: string) => {
    buffer += text;
    if (buffer.length > MOST_BYTES) socket.destroy();
    else while (take());
  });
}

const greet = (socket: Socket) => socket.write("220 emulator\r\n");

/** A mail server on loopback that takes everything and delivers nothing. */
export async function startSmtpReceiver(tls: SmtpTls | null = null): Promise<SmtpReceiver> {
  const mails: ReceivedMail[] = [];
  const heard: string[] = [];
  const context = tls === null ? null : createSecureContext({ cert: tls.cert, key: tls.key });
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    const isAtOnce = context !== null && tls?.begins === "at-once";
    const used = isAtOnce ? secured(socket, context) : socket;
    serve(used, { keep: (mail) => mails.push(mail), heard, offers: isAtOnce ? null : context });
    greet(used);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the mail server has no port");
  return {
    port: address.port,
    mails,
    heard,
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
