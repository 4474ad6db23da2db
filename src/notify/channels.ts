import type { Budget } from "../base/budget.ts";
import type { Clock } from "../base/clock.ts";
import { asRotationError, RotationError } from "../base/errors.ts";
import type { Log } from "../base/log.ts";
import type { Secret } from "../base/secret.ts";
import type { Settings } from "../base/settings/settings.ts";
import { ProxyError, type Transport, TransportError } from "../clients/http/transport.ts";
import { type Endpoint, parseEndpoint } from "./endpoint.ts";
import { type MailServer, mailOf, parseMailServer, type SendMail } from "./mail.ts";
import type { Message } from "./message.ts";
import { parseKeys } from "./signature.ts";
import { type Resolve, targetOf } from "./target.ts";
import { publish, type TopicAccess } from "./topic.ts";
import { sendWebhook } from "./webhook.ts";

/** `failed`: the subscriber could not be reached. `not-sent`: not attempted (not configured, or out of time). */
export type Delivery = "delivered" | "failed" | "not-sent";

/** The result of one test. */
export interface TestDelivery {
  /** Without its path; `topic` for the topic of the settings. */
  readonly endpoint: string;
  readonly outcome: Delivery;
}

/** The ways of notifying subscribers in one call. All its deliveries share one time allowance. */
export interface Channels {
  /** @throws RotationError SUBSCRIBER_INVALID if the settings do not allow this endpoint */
  require(endpoint: Endpoint): Promise<void>;
  /** The time left for notifications in this call, in ms. */
  allowance(): number;
  /** Subtracts the time that was used. */
  spend(ms: number): void;
  /** Never rejects. @param endpoint as recorded @param window when to give up */
  send(message: Message, endpoint: string, window: Budget, log: Log): Promise<Delivery>;
  /** Notifies the topic of the settings. Never rejects. */
  publish(message: Message, window: Budget, log: Log): Promise<Delivery>;
}

export interface ChannelSeams {
  readonly settings: Settings;
  readonly clock: Clock;
  readonly transport: Transport;
  readonly resolve: Resolve;
  readonly sendMail: SendMail;
  /** Certificate authorities of OROT_CA_BUNDLE (PEM), trusted for mail servers in addition to the system's; null: not configured. */
  readonly authorities: string | null;
  readonly topics: TopicAccess;
  /** CURRENT of a Vault secret. @param window when to give up */
  readonly readSecretText: (secretId: string, window: Budget) => Promise<Secret>;
}

/** One quick retry, so that a restarting receiver or a lost packet need not wait for the next heal. */
const RETRY_AFTER_MS = 1_000;
/** A receiver that had less time than this is not blamed: the call had too little time. */
const FAIR_MS = 2_000;

function notConfigured(what: string, setting: string): RotationError {
  return new RotationError("SUBSCRIBER_INVALID", what, `set ${setting}, then subscribe again`);
}

/** Our own errors hold nothing of a request. Of other errors neither text nor name is kept, since both may hold the address. */
function whyNot(thrown: unknown): string {
  return thrown instanceof RotationError || thrown instanceof TransportError ? thrown.message : "unexpected error";
}

function isWorthRepeating(status: number | null): boolean {
  return status === null || status === 429 || status >= 500;
}

/**
 * Reads a secret of the settings once, at the first use, for all uses. Null, and a line in the log, if it cannot be read; the next use
 * tries again.
 */
function once<T>(
  secretId: string | null,
  readSecretText: ChannelSeams["readSecretText"],
  parse: (text: Secret) => T,
): (window: Budget, log: Log) => Promise<T | null> {
  let known: Promise<T> | null = null;
  const read = async (id: string, window: Budget) => parse(await readSecretText(id, window));
  return async (window, log) => {
    if (secretId === null) return null;
    known ??= read(secretId, window);
    try {
      return await known;
    } catch (thrown) {
      known = null;
      log.warn("notify-not-configured", { outcome: asRotationError(thrown).returnMessage });
      return null;
    }
  };
}

export function createChannels(seams: ChannelSeams): Channels {
  const { settings, clock, resolve, readSecretText } = seams;
  let left = settings.notifyBudgetSeconds * 1000;
  const signingKeys = once(settings.webhookKeySecretId, readSecretText, parseKeys);
  const mailServer = once(settings.smtpSecretId, readSecretText, parseMailServer);

  const requireChannel = (kind: Endpoint["kind"]) => {
    if (kind === "mail" && settings.smtpSecretId === null) {
      throw notConfigured("mail cannot be sent: OROT_SMTP_SECRET_ID is not set", "OROT_SMTP_SECRET_ID");
    }
    if (kind === "web" && settings.webhookKeySecretId === null) {
      const setting = "OROT_WEBHOOK_KEY_SECRET_ID";
      throw notConfigured(`webhooks cannot be signed: ${setting} is not set`, setting);
    }
  };

  /** A host missing from the settings is for the operator to fix, so it does not count against the subscriber. */
  const isOwnTrouble = ({ code }: RotationError) => code !== "SUBSCRIBER_INVALID" || settings.notifyHosts !== null;

  const tryWebhook = async (message: Message, url: URL, window: Budget, log: Log): Promise<Delivery> => {
    const signing = await signingKeys(window, log);
    const ms = window.remaining();
    if (signing === null || ms === 0) return "not-sent";
    for (let attempt = 1; ; attempt++) {
      // Only the host, since anyone who knows the path may be able to post there.
      const about = { channel: "webhook", host: url.host, attempt };
      let status: number | null = null;
      let unanswered: Delivery = ms < FAIR_MS ? "not-sent" : "failed";
      try {
        status = await sendWebhook(seams, signing, message, url, window);
        log.info("notified", { ...about, status });
        if (status >= 200 && status < 300) return "delivered";
      } catch (thrown) {
        log.warn("not-notified", { ...about, outcome: whyNot(thrown) });
        if (thrown instanceof RotationError) return isOwnTrouble(thrown) ? "not-sent" : "failed";
        // A refusal by the proxy, such as a wrong password, is not the receiver's fault.
        if (thrown instanceof ProxyError) unanswered = "not-sent";
      }
      if (attempt > 1 || !isWorthRepeating(status) || window.remaining() <= 2 * RETRY_AFTER_MS) {
        return status === null ? unanswered : "failed";
      }
      await clock.sleep(RETRY_AFTER_MS);
    }
  };

  const tryMail = async (message: Message, address: string, window: Budget, log: Log): Promise<Delivery> => {
    const server: MailServer | null = await mailServer(window, log);
    const ms = window.remaining();
    if (server === null || ms === 0) return "not-sent";
    const { signal, cancel } = clock.abortAfter(ms);
    try {
      const { authorities } = seams;
      const mail = mailOf(message, server, address);
      const { outcome, why } = await seams.sendMail(server, mail, { ms, signal, authorities });
      if (why === null) log.info("notified", { channel: "mail", outcome });
      else log.warn("not-notified", { channel: "mail", host: server.host, outcome: why });
      return outcome;
    } catch (thrown) {
      // An unexpected error of one delivery must not affect the others.
      log.warn("not-notified", { channel: "mail", host: server.host, outcome: whyNot(thrown) });
      return "not-sent";
    } finally {
      cancel();
    }
  };

  return {
    async require(endpoint) {
      requireChannel(endpoint.kind);
      if (endpoint.kind === "web") await targetOf(endpoint.url, settings, resolve);
    },
    allowance: () => left,
    spend: (ms) => {
      left = Math.max(0, left - ms);
    },
    async send(message, text, window, log) {
      let endpoint: Endpoint;
      try {
        endpoint = parseEndpoint(text);
      } catch {
        return "failed";
      }
      return endpoint.kind === "web"
        ? tryWebhook(message, endpoint.url, window, log)
        : tryMail(message, endpoint.address, window, log);
    },
    async publish(message, window, log) {
      const { notificationsEndpoint } = seams.topics;
      if (settings.notifyTopicId === null || notificationsEndpoint === null) return "not-sent";
      try {
        const status = await publish(seams.topics, notificationsEndpoint, settings.notifyTopicId, message, window);
        log.info("notified", { channel: "topic", status });
        return status >= 200 && status < 300 ? "delivered" : "failed";
      } catch (thrown) {
        log.warn("not-notified", { channel: "topic", outcome: whyNot(thrown) });
        return "failed";
      }
    },
  };
}
