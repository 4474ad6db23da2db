import * as z from "zod/mini";

/** What calls of the mirror tell each other, in the metadata of the manifest's secret: plain text. Instants are milliseconds since the epoch. */
export interface Note {
  /** When the last fetch was begun, and by which call. */
  readonly fetchedAt: number;
  readonly run: string;
  /** A call that waits for its turn, and until when it may be believed to. */
  readonly waiter: string;
  readonly waitsUntil: number;
  /** After a 429 nothing is sent to Oracle before this. */
  readonly pausedUntil: number;
}

const KEY = "orot-mirror";
const emptyNote: Note = { fetchedAt: 0, run: "", waiter: "", waitsUntil: 0, pausedUntil: 0 };

const note = z.object({
  fetchedAt: z.number(),
  run: z.string(),
  waiter: z.string(),
  waitsUntil: z.number(),
  pausedUntil: z.number(),
});

type Metadata = Readonly<Record<string, unknown>>;

/** An unreadable one counts as none: it bounds how often something is done, and nothing else. */
export function readNote(metadata: Metadata): Note {
  try {
    const parsed = note.safeParse(JSON.parse(String(metadata[KEY])));
    return parsed.success ? parsed.data : emptyNote;
  } catch {
    return emptyNote;
  }
}

export function withNote(metadata: Metadata, value: Note): Metadata {
  return { ...metadata, [KEY]: JSON.stringify(value) };
}
