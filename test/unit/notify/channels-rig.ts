import { type Budget, createBudget } from "../../../src/base/budget.ts";
import { createLog } from "../../../src/base/log.ts";
import { Secret } from "../../../src/base/secret.ts";
import { parseSettings } from "../../../src/base/settings/settings.ts";
import type { HttpRequest } from "../../../src/clients/http/transport.ts";
import { type ChannelSeams, type Channels, createChannels, type Delivery } from "../../../src/notify/channels.ts";
import type { Mail, MailLimits, MailResult, MailServer } from "../../../src/notify/mail.ts";
import { changeMessage } from "../../../src/notify/message.ts";
import { createInstantClock, type InstantClock } from "../../support/instant-clock.ts";

export const HOOK = "https://hooks.example.org/services/a";
export const MAIL = "mailto:ops@example.org";
export const TOPIC = "ocid1.onstopic.oc1.iad.t";
const KEY = `whsec_${Buffer.alloc(24, 7).toString("base64")}`;
export const KEYS_ID = "ocid1.vaultsecret.oc1.iad.keys";
export const SMTP_ID = "ocid1.vaultsecret.oc1.iad.smtp";
export const ADDRESS = "93.184.216.34";
const mailServer = { host: "smtp.example.org", port: 587, from: "rotator@example.org" };
const configured = {
  OROT_WEBHOOK_KEY_SECRET_ID: KEYS_ID,
  OROT_SMTP_SECRET_ID: SMTP_ID,
  OROT_NOTIFY_TOPIC_ID: TOPIC,
};

/** What receivers, name server, mail server and Vault do; one after the other where it is a list, which ends with 204. */
interface Outside {
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly statuses?: readonly (number | Error)[];
  /** Addresses, by question; `never`: nobody says. */
  readonly names?: readonly (readonly string[])[] | "never";
  readonly mail?: MailResult | Error;
  /** What Vault holds; an error: it cannot be read. */
  readonly secrets?: Readonly<Record<string, string | Error>>;
  /** How long Vault, or a receiver, takes. */
  readonly readMs?: number;
  readonly answerMs?: number;
  readonly notificationsEndpoint?: string | null;
  readonly authorities?: string;
}

export interface ChannelsRig {
  readonly channels: Channels;
  readonly clock: InstantClock;
  readonly sent: HttpRequest[];
  /** What the name server was asked for. */
  readonly asked: string[];
  readonly mails: { readonly server: MailServer; readonly mail: Mail; readonly limits: MailLimits }[];
  /** The secrets that Vault was asked for, and how long each might take. */
  readonly read: { readonly id: string; readonly ms: number }[];
  /** The log, as it is written and parsed. */
  readonly lines: string[];
  log(): Record<string, unknown>[];
  window(ms?: number): Budget;
  /** @param ms of time for it */
  send(endpoint?: string, ms?: number): Promise<Delivery>;
  publish(): Promise<Delivery>;
}

/** The real channels, in time that passes at once, with nothing outside but what the test says. */
export function createChannelsRig(outside: Outside = {}): ChannelsRig {
  const clock = createInstantClock(Date.UTC(2026, 10, 22));
  const rig = { clock, sent: [], asked: [], mails: [], read: [], lines: [] } as Pick<
    ChannelsRig,
    "clock" | "sent" | "asked" | "mails" | "read" | "lines"
  >;
  const secrets: Outside["secrets"] = {
    [KEYS_ID]: JSON.stringify({ keys: [KEY] }),
    [SMTP_ID]: JSON.stringify(mailServer),
  };
  const environment = Object.entries({ ...configured, ...outside.environment }).filter(([, value]) => value);
  const transport: ChannelSeams["transport"] = async (request) => {
    rig.sent.push(request);
    clock.advance(outside.answerMs ?? 0);
    const status = outside.statuses?.[rig.sent.length - 1] ?? 204;
    if (status instanceof Error) throw status;
    return { status, headers: {}, body: "" };
  };
  const channels = createChannels({
    settings: parseSettings(Object.fromEntries(environment)),
    clock,
    transport,
    resolve: async (host) => {
      rig.asked.push(host);
      if (outside.names === "never") return new Promise<never>(() => undefined);
      return outside.names === undefined ? [ADDRESS] : (outside.names[rig.asked.length - 1] ?? []);
    },
    sendMail: async (server, mail, limits) => {
      rig.mails.push({ server, mail, limits });
      if (outside.mail instanceof Error) throw outside.mail;
      return outside.mail ?? { outcome: "delivered", why: null };
    },
    authorities: outside.authorities ?? null,
    topics: {
      transport,
      signer: { signHttpRequest: async ({ headers }) => headers.set("authorization", "signed") },
      notificationsEndpoint:
        outside.notificationsEndpoint === undefined ? "https://ons.example.org" : outside.notificationsEndpoint,
    },
    readSecretText: async (id, window) => {
      rig.read.push({ id, ms: window.remaining() });
      clock.advance(outside.readMs ?? 0);
      const text = outside.secrets?.[id] ?? secrets[id] ?? "";
      if (text instanceof Error) throw text;
      return new Secret(text);
    },
  });
  const log = createLog((line) => rig.lines.push(line), clock, true);
  const window = (ms = 60_000) => createBudget(clock, null, { budgetMs: ms, marginMs: 0, callTimeoutMs: 10_000 });
  const message = changeMessage({ secretId: "ocid1.vaultsecret.oc1.iad.a", versionNo: 3, seq: 1, at: clock.now() });
  return {
    ...rig,
    channels,
    log: () => rig.lines.map((line) => JSON.parse(line)),
    window,
    send: (endpoint = HOOK, ms) => channels.send(message, endpoint, window(ms), log),
    publish: () => channels.publish(message, window(), log),
  };
}
