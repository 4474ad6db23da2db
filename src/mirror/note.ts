import * as z from "zod/mini";
import { onFirstUse } from "../base/on-first-use.ts";

/**
 * The note that calls of the mirror share in the metadata of the manifest's secret, as plain text. Times are milliseconds since the epoch.
 */
export interface Note {
  /** When the last fetch started, and the call that started it. */
  readonly fetchedAt: number;
  readonly run: string;
  /** A call that waits for its turn, and the time until which the note counts. */
  readonly waiter: string;
  readonly waitsUntil: number;
  /** After a 429 nothing is sent to Oracle before this time. */
  readonly pausedUntil: number;
}

const KEY = "orot-mirror";
const emptyNote: Note = { fetchedAt: 0, run: "", waiter: "", waitsUntil: 0, pausedUntil: 0 };

const note = onFirstUse(() =>
  z.object({
    fetchedAt: z.number(),
    run: z.string(),
    waiter: z.string(),
    waitsUntil: z.number(),
    pausedUntil: z.number(),
  }),
);

type Metadata = Readonly<Record<string, unknown>>;

/** An unreadable note counts as none, since it only limits how often something is done. */
export function readNote(metadata: Metadata): Note {
  try {
    const parsed = note().safeParse(JSON.parse(String(metadata[KEY])));
    return parsed.success ? parsed.data : emptyNote;
  } catch {
    return emptyNote;
  }
}

export function withNote(metadata: Metadata, value: Note): Metadata {
  return { ...metadata, [KEY]: JSON.stringify(value) };
}
