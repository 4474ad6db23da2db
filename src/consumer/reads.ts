import { CredentialError, describe } from "./errors.ts";
import { type Time, within } from "./time.ts";
import {
  type Credential,
  type Reader,
  readCurrent,
  readPending,
  type SecretVersion,
  type Seen,
  type VersionStage,
} from "./version.ts";

/** What one look at the secret showed. */
export interface Look {
  /** Looks are numbered as they begin: what a later one saw is newer, whichever ends first. */
  readonly number: number;
  readonly startedAt: number;
  /** Since when looks in a row have shown this and nothing else. */
  readonly sameSince: number;
  readonly current: Seen<Credential> | null;
  /** Only a version above CURRENT's number: one below it is left over from an earlier rotation. */
  readonly pending: Seen | null;
  /** Why CURRENT, or else PENDING, is not known. Without CURRENT nothing tells whether PENDING is newer, so it is not read. */
  readonly error: CredentialError | null;
}

export interface ReadsOptions {
  readonly reader: Reader;
  readonly time: Time;
  readonly readTimeoutMs: number;
  /** Hears what a reader threw. */
  readonly onReadError: (thrown: unknown) => void;
}

export interface Reads {
  /** Only CURRENT. Callers at the same time share one read. */
  current(): Promise<Look>;
  /** CURRENT, then PENDING. Callers at the same time share one look, and fruitless looks in a row keep a growing distance. */
  both(): Promise<Look>;
}

/** Distance of fruitless looks: 0.25, 0.5, 1, 2, 2, ... seconds, hence at most some 70 reads in a minute. */
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 2_000;
/** After this long without a look, the next one counts as the first again. */
const QUIET_MS = 60_000;

/** A copy of the reader's result, made at once; null: it is not a version. */
function copyOf(value: unknown): SecretVersion | null {
  if (typeof value !== "object" || value === null) return null;
  try {
    const content: unknown = Reflect.get(value, "content");
    const versionNo: unknown = Reflect.get(value, "versionNo");
    const isVersion = typeof content === "string" && typeof versionNo === "number" && Number.isSafeInteger(versionNo);
    return isVersion ? { content, versionNo } : null;
  } catch {
    // What a getter throws may hold anything.
    return null;
  }
}

/** What makes two looks the same: as long as it stays, looking again soon is of no use. */
const situationOf = ({ current, pending, error }: Look) =>
  `${current?.versionNo} ${pending?.versionNo} ${error === null ? "" : error.code}`;

export function createReads({ reader, time, readTimeoutMs, onReadError }: ReadsOptions): Reads {
  let looks = 0;
  let currentUnderWay: Promise<Look> | null = null;
  let bothUnderWay: Promise<Look> | null = null;
  let last = { situation: "", since: 0, endedAt: Number.NEGATIVE_INFINITY, inARow: 0 };

  /** @throws CredentialError READ_FAILED */
  const read = async (versionStage: VersionStage): Promise<SecretVersion | null> => {
    let version: SecretVersion | null | undefined;
    try {
      // A reader that is no async function may throw at once.
      version = await within(time, readTimeoutMs, Promise.resolve(versionStage).then(reader));
    } catch (thrown) {
      onReadError(thrown);
      throw new CredentialError("READ_FAILED", `reading ${versionStage} failed${describe(thrown)}`);
    }
    if (version === undefined) {
      const error = new CredentialError("READ_FAILED", `reading ${versionStage} took longer than ${readTimeoutMs} ms`);
      onReadError(error);
      throw error;
    }
    const copy = copyOf(version);
    if (version === null || copy !== null) return copy;
    throw new CredentialError("READ_FAILED", `the reader gave something else than {content, versionNo} or null`);
  };

  const lookAtCurrent = async (): Promise<Look> => {
    looks += 1;
    const startedAt = time.monotonic();
    const seen = { number: looks, startedAt, sameSince: startedAt, pending: null };
    try {
      const version = await read("CURRENT");
      if (version === null) throw new CredentialError("NOT_FOUND", "the secret has no CURRENT version to read");
      return { ...seen, current: readCurrent(version), error: null };
    } catch (thrown) {
      if (!(thrown instanceof CredentialError)) throw thrown;
      return { ...seen, current: null, error: thrown };
    }
  };

  const lookAtBoth = async (): Promise<Look> => {
    if (last.inARow > 0) {
      const pause = Math.min(FIRST_PAUSE_MS * 2 ** (last.inARow - 1), LONGEST_PAUSE_MS);
      const left = last.endedAt + pause - time.monotonic();
      if (left > 0) await time.sleep(left);
    }
    const look = await withPending(await lookAtCurrent());
    const situation = situationOf(look);
    const goesOn = situation === last.situation && look.startedAt - last.endedAt < QUIET_MS;
    const since = goesOn ? last.since : look.startedAt;
    last = { situation, since, endedAt: time.monotonic(), inARow: goesOn ? last.inARow + 1 : 1 };
    return { ...look, sameSince: since };
  };

  const withPending = async (look: Look): Promise<Look> => {
    if (look.current === null) return look;
    try {
      const version = await read("PENDING");
      const isNewer = version !== null && version.versionNo > look.current.versionNo;
      return { ...look, pending: isNewer ? readPending(version) : null };
    } catch (thrown) {
      if (!(thrown instanceof CredentialError)) throw thrown;
      return { ...look, error: thrown };
    }
  };

  return {
    current() {
      currentUnderWay ??= lookAtCurrent().finally(() => {
        currentUnderWay = null;
      });
      return currentUnderWay;
    },
    both() {
      bothUnderWay ??= lookAtBoth().finally(() => {
        bothUnderWay = null;
      });
      return bothUnderWay;
    },
  };
}
