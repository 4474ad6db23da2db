import { RotationError } from "../errors.ts";
import type { Settings } from "../settings.ts";
import type { Endpoint } from "./endpoint.ts";
import { type Resolve, targetOf } from "./target.ts";

/** How subscribers are told. */
export interface Channels {
  /** @throws RotationError SUBSCRIBER_INVALID where the settings do not allow to tell this one */
  require(endpoint: Endpoint): Promise<void>;
}

export interface ChannelSeams {
  readonly settings: Settings;
  readonly resolve: Resolve;
}

function notConfigured(what: string, setting: string): RotationError {
  return new RotationError("SUBSCRIBER_INVALID", what, `set ${setting}, then subscribe again`);
}

export function createChannels({ settings, resolve }: ChannelSeams): Channels {
  return {
    async require(endpoint) {
      if (endpoint.kind === "mail") {
        if (settings.smtpSecretId === null) {
          throw notConfigured("mail cannot be sent: OROT_SMTP_SECRET_ID is not set", "OROT_SMTP_SECRET_ID");
        }
        return;
      }
      if (settings.webhookKeySecretId === null) {
        throw notConfigured(
          "webhooks cannot be signed: OROT_WEBHOOK_KEY_SECRET_ID is not set",
          "OROT_WEBHOOK_KEY_SECRET_ID",
        );
      }
      await targetOf(endpoint.url, settings, resolve);
    },
  };
}
