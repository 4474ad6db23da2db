import { expect } from "vitest";
import { readRecord } from "../../../src/clients/vault/notify-record.ts";
import type { SendMail } from "../../../src/notify/mail.ts";
import type { WorldOptions } from "../../support/world.ts";
import { outcomeOf, type TestWorld } from "../../support/worlds.ts";

export const KEY = `whsec_${Buffer.alloc(24, 7).toString("base64")}`;
const ORIGIN = "https://hooks.emulated.example";
export const HOOK = `${ORIGIN}/receivers/a`;
export const OTHER = `${ORIGIN}/receivers/b`;
export const DOWN = `${ORIGIN}/receivers/unavailable/c`;

/** What a receiver gets. */
interface Heard {
  readonly id: string;
  readonly time: string;
  readonly versionNo: number;
  readonly usecase: string;
}

/** A secret with these subscribers, right before its first rotation. */
export async function subscribedIn(
  world: (options?: WorldOptions) => Promise<TestWorld>,
  endpoints: readonly string[],
  more: Readonly<Record<string, string>> = {},
  options: Pick<WorldOptions, "client" | "switches"> & { readonly sendMail?: SendMail } = {},
) {
  const environment = { OROT_NOTIFY_HOSTS: "hooks.emulated.example", ...more };
  const w = await world({ environment, ...options });
  const mail = { host: "smtp.example.org", port: 587, from: "rotator@example.org" };
  w.environment["OROT_SMTP_SECRET_ID"] = w.emulator.admin.createSecret({ name: "mail", content: JSON.stringify(mail) });
  const keys = w.emulator.admin.createSecret({ name: "keys", content: JSON.stringify({ keys: [KEY] }) });
  w.environment["OROT_WEBHOOK_KEY_SECRET_ID"] = keys;
  w.emulator.admin.createTopic({ id: TOPIC.OROT_NOTIFY_TOPIC_ID });
  for (const endpoint of endpoints) {
    expect(outcomeOf(await w.call({ secretId: w.secretId, action: "subscribe", endpoint }))).toBe("OK 200");
  }
  w.calls();
  /** Changes the function's configuration; returns what it was. */
  const configure = (name: string, value: string) => {
    const before = w.environment[name] ?? "";
    w.environment[name] = value;
    return before;
  };
  return { ...w, configure };
}

export const heal = (w: TestWorld, seconds?: number) => w.call({ secretId: w.secretId, action: "heal" }, seconds);

export const heardBy = (w: TestWorld, endpoint: string): Heard[] =>
  w.emulator.state.received.webhooks
    .filter(({ to }) => `${ORIGIN}/receivers/${to}` === endpoint)
    .map(({ body }) => JSON.parse(body));

/** What the topic was sent: title, and the message itself. */
export const published = (w: TestWorld) =>
  w.emulator.state.received.topics.map(({ to, body }) => {
    const { title, body: text } = JSON.parse(body);
    return { to, title, ...JSON.parse(text) };
  });

export const TOPIC = { OROT_NOTIFY_TOPIC_ID: "ocid1.onstopic.oc1.iad.t" };

/** Who is registered, as the secret's metadata keeps it. */
export const endpointsOf = (w: TestWorld) =>
  readRecord(w.emulator.admin.secret(w.secretId).metadata).subscribers.map(({ endpoint }) => endpoint);

export const versionsHeardBy = (w: TestWorld, endpoint: string) =>
  heardBy(w, endpoint).map(({ versionNo }) => versionNo);

/** What everybody is to hear of the first rotation. */
export const firstChange = ({ secretId }: Pick<TestWorld, "secretId">) => ({
  ...{ usecase: "credentialRotation", change: "credentials", id: `${secretId}:3:1`, time: expect.any(String) },
  ...{ secretId, versionNo: 3 },
});
