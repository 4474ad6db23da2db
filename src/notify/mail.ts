import * as z from "zod/mini";
import { RotationError } from "../base/errors.ts";
import { onFirstUse } from "../base/on-first-use.ts";
import { Secret } from "../base/secret.ts";
import { parseEndpoint } from "./endpoint.ts";
import type { Message } from "./message.ts";

/** How mail is sent (OCI Email Delivery, or any other submission server, RFC 6409). */
export interface MailServer {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte (RFC 8314); otherwise the session starts with STARTTLS (RFC 3207). */
  readonly isTlsAtOnce: boolean;
  /** Null: without logging in. */
  readonly login: { readonly user: string; readonly password: Secret } | null;
  /** One plain address. */
  readonly from: string;
}

export interface Mail {
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  /** With its angle brackets (RFC 5322). It is the same at every retry. */
  readonly messageId: string;
}

/** `delivered`: the server took it. `failed`: it refuses this recipient. `not-sent`: anything else, which is not the recipient's fault. */
export type MailOutcome = "delivered" | "failed" | "not-sent";

/** Why a mail was not accepted. For the log: it holds no text from the server. */
export type MailTrouble =
  | "CERTIFICATE_UNTRUSTED"
  | "NO_TLS"
  | "LOGIN_REFUSED"
  | "SENDER_REFUSED"
  | "RECIPIENT_REFUSED"
  | "MAIL_REFUSED"
  | "UNREACHABLE"
  | "TIMED_OUT";

export interface MailResult {
  readonly outcome: MailOutcome;
  /** Null if it was delivered. */
  readonly why: MailTrouble | null;
}

export interface MailLimits {
  readonly ms: number;
  readonly signal: AbortSignal;
  /** Certificate authorities (PEM) trusted in addition to the system's; null: none. */
  readonly authorities: string | null;
}

/** Sends one mail, once, and gives up when the signal aborts. Never rejects. */
export type SendMail = (server: MailServer, mail: Mail, limits: MailLimits) => Promise<MailResult>;

function invalid(what: string): RotationError {
  return new RotationError(
    "SETTINGS_INVALID",
    `the secret of OROT_SMTP_SECRET_ID ${what}`,
    'store {"host","port","user","password","from"} there, and "tls" where the port does not say it',
  );
}

const isAddress = (text: string) => {
  try {
    return parseEndpoint(`mailto:${text}`).kind === "mail";
  } catch {
    return false;
  }
};
const HOST = /^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|[0-9A-Fa-f:]{2,39})$/;
const content = onFirstUse(() =>
  z.object({
    host: z.string().check(z.regex(HOST)),
    port: z.int().check(z.minimum(1), z.maximum(65_535)),
    user: z.optional(z.string()),
    password: z.optional(z.string()),
    from: z.string().check(z.refine(isAddress)),
    tls: z.optional(z.enum(["at-once", "starttls"])),
  }),
);
/** By convention (RFC 8314) TLS starts at once on this port, and with STARTTLS on every other. */
const TLS_AT_ONCE_PORT = 465;

/** @throws RotationError SETTINGS_INVALID naming the member, never its value */
export function parseMailServer(text: Secret): MailServer {
  let json: unknown;
  try {
    json = JSON.parse(text.reveal());
  } catch {
    throw invalid("is not JSON");
  }
  const parsed = content().safeParse(json);
  if (!parsed.success) {
    const member = parsed.error.issues[0]?.path[0];
    throw invalid(typeof member === "string" ? `needs a valid member ${member}` : "is not a JSON object");
  }
  const { host, port, user, password, from, tls } = parsed.data;
  if ((user === undefined) !== (password === undefined)) throw invalid("needs both user and password, or neither");
  const login = user === undefined || password === undefined ? null : { user, password: new Secret(password) };
  const isTlsAtOnce = tls === undefined ? port === TLS_AT_ONCE_PORT : tls === "at-once";
  return { host, port, isTlsAtOnce, login, from };
}

export function mailOf({ id, title, text }: Message, { from }: MailServer, to: string): Mail {
  const domain = from.slice(from.lastIndexOf("@") + 1);
  return { from, to, subject: title, text: `${text}\n\n${id}\n`, messageId: `<${id.replaceAll(":", ".")}@${domain}>` };
}
