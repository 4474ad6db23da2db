import { printable, printableJson } from "../base/printable.ts";

/** A notification. It never holds a credential, a token, or a digest of one. */
export interface Message {
  /** The same at every retry, so that a receiver can ignore duplicates. */
  readonly id: string;
  /** Time of the notification, milliseconds since the epoch. */
  readonly at: number;
  /** JSON text: what webhooks and the topic get. */
  readonly body: string;
  /** One line. */
  readonly title: string;
  /** For people: the text of the mail. */
  readonly text: string;
}

interface Subject {
  readonly secretId: string;
  /** CURRENT's number. */
  readonly versionNo: number;
  readonly at: number;
}

/** Why a value is due: Vault's schedule, its end at the issuer or by a rule of the secret, or its age. */
export type DueReason = "rotation" | "expiry" | "age";

const bodyOf = (id: string, { at, secretId, versionNo }: Subject, usecase: object, more: object = {}) =>
  JSON.stringify({ ...usecase, id, time: new Date(at).toISOString(), secretId, versionNo, ...more });

/** Removes hidden characters, which a mail program, a subject line or a receiver's log could act on. */
function messageOf({ lines, ...told }: Omit<Message, "text"> & { readonly lines: readonly string[] }): Message {
  return {
    ...told,
    body: printableJson(told.body),
    title: printable(told.title),
    text: lines.map(printable).join("\n"),
  };
}

/**
 * The credential has changed. The first two members are those of the callback of Oracle's Credential Exchange Service.
 * @param seq number of changes of the secret notified so far, including this one
 */
export function changeMessage(subject: Subject & { readonly seq: number }): Message {
  const { secretId, versionNo, seq, at } = subject;
  const id = `${secretId}:${versionNo}:${seq}`;
  return messageOf({
    id,
    at,
    body: bodyOf(id, subject, { usecase: "credentialRotation", change: "credentials" }),
    title: "A client secret in OCI Vault was rotated",
    lines: [
      `The secret ${secretId} holds a new client secret: version ${versionNo} is CURRENT.`,
      "Applications that use it should read CURRENT again.",
    ],
  });
}

const DUE_WORDS: Readonly<Record<DueReason, string>> = {
  rotation: "its rotation is scheduled",
  expiry: "it ends",
  age: "it reaches its greatest age",
};

/** The credential is due to be replaced. @param dueAt milliseconds since the epoch */
export function dueMessage(subject: Subject & { readonly dueAt: number; readonly reason: DueReason }): Message {
  const { secretId, versionNo, at, reason } = subject;
  const dueAt = new Date(subject.dueAt).toISOString();
  const id = `${secretId}:${versionNo}:due`;
  return messageOf({
    id,
    at,
    body: bodyOf(id, subject, { usecase: "credentialRotationDue" }, { dueAt, reason }),
    title: "A client secret in OCI Vault is due to be rotated",
    lines: [
      `The client secret in ${secretId}, version ${versionNo}, is due on ${dueAt}: ${DUE_WORDS[reason]}.`,
      "Nothing has changed yet. Be ready to read CURRENT again.",
    ],
  });
}

/** A test message: nothing has changed. */
export function testMessage(subject: Subject & { readonly nonce: string }): Message {
  const { secretId, versionNo, at, nonce } = subject;
  const id = `${secretId}:${versionNo}:test:${nonce}`;
  return messageOf({
    id,
    at,
    body: bodyOf(id, subject, { usecase: "credentialRotationTest" }),
    title: "A test: nothing was rotated",
    lines: [`This is a test of the notifications about the secret ${secretId}. Nothing was rotated.`],
  });
}

/**
 * A rotation has failed. A failure that repeats has the same id for one day.
 * @param day `YYYY-MM-DD`
 */
export function failureMessage(
  subject: Subject & { readonly seq: number; readonly day: string; readonly code: string; readonly nextAction: string },
): Message {
  const { secretId, versionNo, seq, at, day, code, nextAction } = subject;
  const id = `${secretId}:${versionNo}:${seq}:${code}:${day}`;
  return messageOf({
    id,
    at,
    body: bodyOf(id, subject, { usecase: "credentialRotationFailed" }, { code, nextAction }),
    title: "The rotation of a client secret in OCI Vault failed",
    lines: [
      `The rotation of the client secret in ${secretId} failed with ${code}. Version ${versionNo} is CURRENT.`,
      `Next: ${nextAction}.`,
    ],
  });
}
