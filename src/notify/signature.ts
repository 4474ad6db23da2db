import { createHmac } from "node:crypto";
import * as z from "zod/mini";
import { RotationError } from "../base/errors.ts";
import { onFirstUse } from "../base/on-first-use.ts";
import { Secret } from "../base/secret.ts";
import type { Message } from "./message.ts";

const PREFIX = "whsec_";
/** Length of a key in bytes (Source: Standard Webhooks, section "Signature scheme"). */
const LEAST_BYTES = 24;
const MAX_BYTES = 64;
const content = onFirstUse(() => z.object({ keys: z.array(z.string()).check(z.minLength(1), z.maxLength(2)) }));

function invalid(what: string): RotationError {
  return new RotationError(
    "SETTINGS_INVALID",
    `the secret of OROT_WEBHOOK_KEY_SECRET_ID ${what}`,
    'store {"keys":["whsec_…"]} with one or two keys in it, each 24 to 64 random bytes in base64',
  );
}

function isKey(text: string): boolean {
  const encoded = text.slice(PREFIX.length);
  const bytes = Buffer.from(encoded, "base64");
  const isExact = bytes.toString("base64").replace(/=+$/, "") === encoded.replace(/=+$/, "");
  return text.startsWith(PREFIX) && isExact && bytes.length >= LEAST_BYTES && bytes.length <= MAX_BYTES;
}

/**
 * The signing keys in a secret's content: one, or two while receivers change keys.
 * @throws RotationError SETTINGS_INVALID, without anything of the content
 */
export function parseKeys(text: Secret): Secret[] {
  let parsed: z.output<ReturnType<typeof content>>;
  try {
    parsed = content().parse(JSON.parse(text.reveal()));
  } catch {
    throw invalid("does not hold one or two keys");
  }
  if (!parsed.keys.every(isKey)) throw invalid("holds a key that is no whsec_ key of 24 to 64 bytes");
  return parsed.keys.map((key) => new Secret(key));
}

/**
 * The headers that authenticate the sender (Source: Standard Webhooks). There is one signature per key: a receiver accepts the message if
 * one matches its key.
 * @param now milliseconds since the epoch: receivers refuse messages older than some minutes, so a retry is signed again
 */
export function signedHeaders(keys: readonly Secret[], { id, body }: Message, now: number): Record<string, string> {
  const timestamp = String(Math.floor(now / 1000));
  const signatures = keys.map((key) => {
    const bytes = Buffer.from(key.reveal().slice(PREFIX.length), "base64");
    return `v1,${createHmac("sha256", bytes).update(`${id}.${timestamp}.${body}`).digest("base64")}`;
  });
  return { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signatures.join(" ") };
}
