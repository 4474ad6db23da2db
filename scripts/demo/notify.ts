import { Webhook } from "standardwebhooks";
import { systemEntropy } from "../../src/base/entropy.ts";
import { startMailServer } from "./mail-server.ts";
import type { Rig } from "./rig.ts";

/** What the receivers of notifications got. */
export interface SeenNotifications {
  readonly webhooks: readonly {
    /** The message's id, which is the same at every repetition. */
    readonly id: string;
    readonly body: string;
    /** The library of Standard Webhooks takes the signature. */
    readonly isVerified: boolean;
  }[];
  readonly mails: readonly { readonly to: string; readonly subject: string }[];
}

/** One receiver of webhooks and one of mail, both subscribed to the secret. */
export interface Receivers {
  seen(): SeenNotifications;
  close(): Promise<void>;
}

const ADDRESS = "ops@example.org";
const KEY_BYTES = 32;

function isVerified(key: string, body: string, headers: Readonly<Record<string, string>>): boolean {
  try {
    new Webhook(key).verify(body, { ...headers });
    return true;
  } catch {
    return false;
  }
}

const headerOf = (data: string, name: string) => new RegExp(`^${name}: (.*)$`, "im").exec(data)?.[1] ?? "";

/** Starts the receivers, stores the key and the mail server's address in Vault, and has the function register both endpoints. */
export async function openReceivers(rig: Rig): Promise<Receivers> {
  const { emulator, secretId, url } = rig;
  const smtp = await startMailServer();
  const key = `whsec_${Buffer.from(systemEntropy.bytes(KEY_BYTES)).toString("base64")}`;
  const mail = { host: "127.0.0.1", port: smtp.port, from: "rotator@example.org" };
  await rig.configure({
    OROT_NOTIFY_HOSTS: new URL(url).host,
    OROT_WEBHOOK_KEY_SECRET_ID: emulator.admin.createSecret({
      name: "sample-webhook-key",
      content: JSON.stringify({ keys: [key] }),
    }),
    OROT_SMTP_SECRET_ID: emulator.admin.createSecret({ name: "sample-mail", content: JSON.stringify(mail) }),
  });
  for (const endpoint of [`${url}/receivers/application`, `mailto:${ADDRESS}`]) {
    const { responseCode, returnMessage } = await rig.ask({ secretId, action: "subscribe", endpoint });
    if (responseCode !== 200) {
      await smtp.close();
      throw new Error(`the endpoint was not registered: ${returnMessage}`);
    }
  }
  return {
    seen: () => ({
      webhooks: emulator.state.received.webhooks.map(({ body, headers }) => ({
        id: headers["webhook-id"] ?? "",
        body,
        isVerified: isVerified(key, body, headers),
      })),
      mails: smtp.mails.map(({ to, data }) => ({ to: to.join(", "), subject: headerOf(data, "subject") })),
    }),
    close: () => smtp.close(),
  };
}
