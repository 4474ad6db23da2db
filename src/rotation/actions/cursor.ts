import { createHash } from "node:crypto";
import { HOUR_MS, MINUTE_MS, SECOND_MS } from "../../base/durations.ts";
import { RotationError } from "../../base/errors.ts";

/*
 * The cursor of an action on many secrets: which of them it is done with. It is the edition, the time and the beginnings
 * of the SHA-256 of their OCIDs, so nobody learns an OCID from it. A forged one keeps secrets from one call, never from the
 * next that the schedule sends.
 */

/** A cursor of one action is none of the other. */
const EDITIONS = { heal: "1.", "rotate-due": "d1." } as const;
export type WithCursor = keyof typeof EDITIONS;
const TIME_BYTES = 4;
/** Two of 5,000 secrets have the same with a probability of one in 90,000. Then the next call without a cursor reaches both. */
const BYTES = 5;
/** As many as fit into an event. A tenancy holds at most 5,000 secrets. */
const MOST = 9_000;
/** An older one would keep its secrets from their turn: a scheduler might send it for ever. */
const LASTS_MS = HOUR_MS;
/** The clocks of two containers differ. */
const AHEAD_MS = 5 * MINUTE_MS;

/** The secrets that are done. */
export type Done = ReadonlySet<string>;

const markOf = (secretId: string) => createHash("sha256").update(secretId).digest().subarray(0, BYTES).toString("hex");

export const isDone = (done: Done, secretId: string): boolean => done.has(markOf(secretId));

function wrong(action: WithCursor, what: string): RotationError {
  return new RotationError("EVENT_INVALID", what, `send ${action} without a cursor`);
}

/**
 * @param now milliseconds since the epoch
 * @returns null if there are too many
 */
export function writeCursor(action: WithCursor, done: Done, secretIds: readonly string[], now: number): string | null {
  const marks = new Set([...done, ...secretIds.map(markOf)]);
  if (marks.size > MOST) return null;
  const time = Buffer.alloc(TIME_BYTES);
  time.writeUInt32BE(Math.floor(now / SECOND_MS));
  return `${EDITIONS[action]}${Buffer.concat([time, Buffer.from([...marks].join(""), "hex")]).toString("base64url")}`;
}

/** @throws RotationError EVENT_INVALID */
export function readCursor(action: WithCursor, cursor: string, now: number): Done {
  const edition = EDITIONS[action];
  const text = cursor.slice(edition.length);
  const bytes = Buffer.from(text, "base64url");
  const isWhole = bytes.length >= TIME_BYTES && (bytes.length - TIME_BYTES) % BYTES === 0;
  if (!cursor.startsWith(edition) || !isWhole || bytes.toString("base64url") !== text) {
    throw wrong(action, `cursor is not one that ${action} has answered`);
  }
  const age = now - bytes.readUInt32BE() * SECOND_MS;
  if (age > LASTS_MS || age < -AHEAD_MS) throw wrong(action, "cursor is not of the last hour");
  const marks = bytes.subarray(TIME_BYTES).toString("hex");
  return new Set(marks.match(new RegExp(`.{${2 * BYTES}}`, "g")) ?? []);
}
