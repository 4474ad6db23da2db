import type { Budget } from "../../../src/base/budget.ts";
import { RotationError } from "../../../src/base/errors.ts";
import { type NotifyRecord, readRecord, type Subscriber, type Told } from "../../../src/clients/vault/notify-record.ts";
import type { SecretState, SecretStore, Write } from "../../../src/clients/vault/store.ts";
import { createUpdating, createUpdatingTimes } from "../../../src/clients/vault/updating.ts";
import type { Channels, Delivery } from "../../../src/notify/channels.ts";
import type { Seen } from "../../../src/notify/deliver.ts";
import type { Message } from "../../../src/notify/message.ts";
import type { Context } from "../../../src/rotation/context.ts";
import type { InstantClock } from "../../support/instant-clock.ts";
import { createRig } from "../rotation/rig.ts";

export const HOOK = "https://hooks.example.org/a";
export const OTHER = "https://hooks.example.org/b";
export const MAIL = "mailto:ops@example.org";
export const TOPIC = { OROT_NOTIFY_TOPIC_ID: "ocid1.onstopic.oc1.iad.t" };
export const CURRENT_NO = 3;

/** Metadata with these of our own members in it. */
export const own = (members: unknown) => ({ orot: JSON.stringify(members) });

interface Situation {
  readonly subscribers?: readonly Record<string, unknown>[];
  readonly told?: Partial<Told>;
  /** Of which version the topic has heard that it is due. */
  readonly topicDue?: number;
  readonly environment?: Readonly<Record<string, string>>;
  /** What becomes of a message, by endpoint and `topic`; default: delivered. */
  readonly deliveries?: Readonly<Record<string, Delivery | Error>>;
  readonly allowanceMs?: number;
  /** How long a message takes. */
  readonly sendMs?: number;
  /** How Vault answers writes, one after the other; `lost`: it landed, and nobody hears so. Then `done`. */
  readonly writes?: readonly (Write["outcome"] | "lost")[];
  /** What the looks show otherwise, one after the other. */
  readonly looks?: readonly Partial<SecretState>[];
  /** What the call has seen before; default: what is there. */
  readonly seen?: Partial<Seen>;
}

export interface TellRig {
  readonly context: Context;
  readonly seen: Seen;
  readonly clock: InstantClock;
  readonly sent: { readonly to: string; readonly message: Message; readonly ms: number }[];
  /** `look` and `write`, as they were asked of the store for notifications. */
  readonly asked: string[];
  readonly spent: number[];
  /** Of those who looked and wrote: when they give up. */
  readonly windows: Budget[];
  readonly log: readonly Record<string, unknown>[];
  recipients(): string[];
  kept(): NotifyRecord;
}

function writeOf(outcome: Write["outcome"]): Write {
  if (outcome === "done") return { outcome };
  return { outcome, error: new RotationError("VAULT_FORBIDDEN", `the write is ${outcome}`) };
}

/** One secret that has version 3 as CURRENT, with whoever is to be told of it. */
export function createTellRig(situation: Situation = {}): TellRig {
  const {
    subscribers = [{ endpoint: HOOK }],
    told,
    topicDue,
    deliveries = {},
    allowanceMs = 10_000,
    sendMs = 0,
  } = situation;
  const { context, clock, log } = createRig([], situation.environment);
  let metadata: SecretState["metadata"] = own({
    subscribers,
    ...(told && { told: { version: 1, seq: 1, ...told } }),
    ...(topicDue !== undefined && { topicDue }),
  });
  const seen: Seen = { metadata, highestNo: CURRENT_NO, ...situation.seen };
  const looks = [...(situation.looks ?? [])];
  const writes = [...(situation.writes ?? [])];
  const rig = { sent: [], asked: [], spent: [], windows: [] } as Pick<TellRig, "sent" | "asked" | "spent" | "windows">;
  const store: SecretStore = createUpdating(clock, createUpdatingTimes()).watch({
    ...context.clients.vault,
    readSecret: async () => {
      rig.asked.push("look");
      const state = await context.clients.vault.readSecret();
      return { ...state, currentVersionNo: CURRENT_NO, metadata, ...looks.shift() };
    },
    writeAnnotations: async (annotations) => {
      rig.asked.push("write");
      const outcome = writes.shift() ?? "done";
      if (outcome === "done" || outcome === "lost") metadata = annotations.metadata ?? metadata;
      return writeOf(outcome === "lost" ? "unknown" : outcome);
    },
  });
  const deliver = (to: string, message: Message, window: Budget): Promise<Delivery> => {
    rig.sent.push({ to, message, ms: window.remaining() });
    const delivery = deliveries[to] ?? "delivered";
    // All begin before the first one ends.
    return Promise.resolve().then(() => {
      clock.advance(sendMs);
      if (delivery instanceof Error) throw delivery;
      return delivery;
    });
  };
  const channels: Channels = {
    require: () => Promise.reject(new Error("nobody registers here")),
    allowance: () => allowanceMs,
    spend: (ms) => rig.spent.push(ms),
    send: (message, endpoint, window) => deliver(endpoint, message, window),
    publish: (message, window) => deliver("topic", message, window),
  };
  const bounded: Context = {
    ...context,
    clients: {
      ...context.clients,
      notifications: channels,
      vault: {
        ...store,
        readSecret: () => Promise.reject(new Error("a look without a limit")),
        writeAnnotations: () => Promise.reject(new Error("a write without a limit")),
      },
      vaultWithin: (window) => {
        rig.windows.push(window);
        return store;
      },
    },
  };
  return {
    ...rig,
    context: bounded,
    seen,
    clock,
    log,
    recipients: () => rig.sent.map(({ to }) => to),
    kept: () => readRecord(metadata),
  };
}

/** As it is kept. */
export const subscriber = (endpoint: string, failures: number | null = null): Subscriber => ({ endpoint, failures });
