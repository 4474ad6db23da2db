import { createHolder } from "./held.ts";
import { type CredentialOptions, withDefaults } from "./options.ts";
import { createReads, type Look } from "./reads.ts";
import { unlessAborted } from "./time.ts";
import { type Credential, identityOf, type Reader } from "./version.ts";

/**
 * How long one caller waits.
 *
 * @example
 * ```ts
 * await source.current({ signal: AbortSignal.timeout(2_000) });
 * ```
 */
export interface WaitOptions {
  /** Ends the wait with the signal's reason. Reads that other callers share go on. */
  readonly signal?: AbortSignal;
}

/**
 * The credential of one secret; one object serves the whole application.
 *
 * `use` is enough for most. `current` and `next` are for a client library that makes its token requests itself.
 *
 * @example
 * ```ts
 * const first = await source.current();
 * if (await isInvalidClient(await logIn(first))) {
 *   const other = await source.next(first);
 *   if (other !== null) await logIn(other);
 * }
 * ```
 */
export interface CredentialSource {
  /**
   * The credential to log in with now. Read at most once in `ttlMs`. If Vault cannot be read, the last known one, which
   * may well work.
   * @throws CredentialError if none is known
   */
  current(options?: WaitOptions): Promise<Credential>;
  /**
   * The credential to try after the issuer refused one: CURRENT as it is now, else PENDING's, waiting while a rotation
   * is about to store one.
   * @param refused all credentials that this one request has been refused with
   * @returns null: there is no other one
   * @throws CredentialError if there is no other one and the secret could not be read
   */
  next(refused: Credential | readonly Credential[], options?: WaitOptions): Promise<Credential | null>;
  /**
   * Runs a token request, and once more with each other credential while the issuer refuses the one before; each value is tried at most once.
   * Ends as the last try did: with its result or with what it threw.
   * @throws CredentialError as `current` and `next`
   */
  use<T>(request: (credential: Credential) => Promise<T>, options?: WaitOptions): Promise<T>;
}

/** CURRENT, PENDING, and what a second rotation right after brings. */
const MAX_TRIES = 4;
/** How long the data plane may need to show a stored version, if nothing shows that a rotation is under way. */
const SETTLE_MS = 5_000;
/** Another caller may have begun the first before the refusal, or a promotion may come between its two reads. */
const LEAST_LOOKS = 2;
/** Pause before CURRENT is read again after a failed read. */
const AFTER_FAILURE_MS = 5_000;

/** The first that was not refused: CURRENT before PENDING, since it is what everybody is to use. */
function otherOf({ current, pending }: Look, refused: ReadonlySet<string>): Credential | null {
  const candidates = [current?.credential, pending?.credential];
  return candidates.find((candidate) => candidate && !refused.has(identityOf(candidate))) ?? null;
}

/** What a request came to; `finish` ends as the request did. */
interface Ended<T> {
  readonly outcome: unknown;
  finish(): T;
}

async function run<T>(request: () => Promise<T>): Promise<Ended<T>> {
  try {
    const value = await request();
    return { outcome: value, finish: () => value };
  } catch (thrown) {
    const finish = () => {
      throw thrown;
    };
    return { outcome: thrown, finish };
  }
}

/**
 * The current credential of a secret that is rotated, for an application that must not notice the rotation.
 *
 * Make one source per secret and keep it: the credential is cached in it, and concurrent callers share its reads.
 *
 * @example
 * ```ts
 * const source = credential(readVersion, { ttlMs: 60_000 });
 * const token = await source.use(({ clientId, clientSecret }) => requestToken(clientId, clientSecret));
 * ```
 * @param reader reads a version of the secret; called at most once at a time for each version stage but for reads that timed out
 * @throws RangeError for an option out of its range
 */
export function credential(reader: Reader, options: CredentialOptions = {}): CredentialSource {
  const { ttlMs, jitter, waitMs, isRefused, time, random, readTimeoutMs, onReadError } = withDefaults(options);
  const reads = createReads({ reader, time, readTimeoutMs, onReadError });
  const holder = createHolder();
  const freshFrom = (startedAt: number) => startedAt + ttlMs * (1 - jitter * random());

  const current = async (): Promise<Credential> => {
    const known = holder.held;
    if (known !== null && time.monotonic() < known.freshUntil) return known.credential;
    const look = await reads.current();
    holder.seeCurrent(look, freshFrom(look.startedAt));
    if (look.error !== null) {
      if (holder.held === null) throw look.error;
      holder.extend(time.monotonic() + Math.min(ttlMs, AFTER_FAILURE_MS));
    }
    return (holder.held as NonNullable<typeof holder.held>).credential;
  };

  const isWorthWaiting = (look: Look): boolean => {
    const isRotating = look.pending?.isMarked || look.current?.isMarked;
    return time.monotonic() - look.sameSince < (isRotating ? waitMs : Math.min(SETTLE_MS, waitMs));
  };

  const next = async (refused: ReadonlySet<string>, signal?: AbortSignal): Promise<Credential | null> => {
    const startedAt = time.monotonic();
    for (let looks = 1; ; looks += 1) {
      signal?.throwIfAborted();
      const known = holder.held?.credential;
      if (known !== undefined && !refused.has(identityOf(known))) return known;
      const look = await reads.both();
      holder.seeCurrent(look, freshFrom(look.startedAt));
      const other = otherOf(look, refused);
      if (other !== null) {
        holder.take(look, other, freshFrom(look.startedAt));
        return other;
      }
      const isOver = time.monotonic() - startedAt >= waitMs;
      if (isOver || (looks >= LEAST_LOOKS && !isWorthWaiting(look))) {
        if (look.error !== null) throw look.error;
        return null;
      }
    }
  };

  return {
    current: ({ signal } = {}) => unlessAborted(current, signal),
    next: (refused, { signal } = {}) =>
      unlessAborted(() => next(new Set([refused].flat().map(identityOf)), signal), signal),
    async use(request, { signal } = {}) {
      const refused = new Set<string>();
      let candidate = await unlessAborted(current, signal);
      for (let tries = 1; ; tries += 1) {
        const tried = candidate;
        const ended = await run(() => request(tried));
        if (tries >= MAX_TRIES || !(await isRefused(ended.outcome))) return ended.finish();
        refused.add(identityOf(tried));
        const other = await unlessAborted(() => next(refused, signal), signal);
        if (other === null) return ended.finish();
        candidate = other;
      }
    },
  };
}
