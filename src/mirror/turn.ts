import { RotationError } from "../errors.ts";
import type { SecretState, SecretStore } from "../vault/store.ts";
import { type MirrorCall, readWhenActive } from "./call.ts";
import type { Guard } from "./keep.ts";
import { type Note, readNote, withNote } from "./note.ts";

/** The right to fetch, once in OROT_MIRROR_MIN_SECONDS_BETWEEN_FETCHES. */
export type Turn =
  | {
      readonly kind: "taken";
      /** Throws where another call has taken its turn since: what this one fetched may be old by now. */
      readonly guard: Guard;
    }
  /** Another call fetches after this one was asked for, or will do so when its wait is over. */
  | { readonly kind: "covered" }
  /** No turn before the time of this call is up. */
  | { readonly kind: "too-early"; readonly seconds: number };

/** Each ends with a write that somebody else prevented; more of them are an outage. */
const MOST_TRIES = 10;
const RETRY_MS = 1_000;
/** What a call needs once it has waited: a fetch, and some writes. */
const WORK_MS = 60_000;
/** How long beyond the end of its wait a waiting call is still believed to be there. */
const SLACK_MS = 10_000;
const LONGEST_PAUSE_MS = 86_400_000;

/** From when on the next fetch may begin. An instant further ahead than any we write comes from a wrong clock and counts for nothing. */
function opensAt(note: Note, minMs: number, now: number): number {
  const next = note.fetchedAt > now + minMs ? 0 : note.fetchedAt + minMs;
  const pausedUntil = note.pausedUntil > now + LONGEST_PAUSE_MS ? 0 : note.pausedUntil;
  return Math.max(next, pausedUntil);
}

async function readNow(call: MirrorCall, store: SecretStore): Promise<{ state: SecretState; note: Note }> {
  const state = await readWhenActive(call, store);
  if (state === null) throw new RotationError("VAULT_UNAVAILABLE", "the manifest's secret did not become ACTIVE");
  return { state, note: readNote(state.metadata) };
}

/** Throws where the manifest's secret says that another call has fetched since. */
function guardOf(call: MirrorCall, store: SecretStore, run: string, takenAt: number): Guard {
  const exclusiveMs = call.settings.minSecondsBetweenFetches * 1000;
  return async () => {
    // Until then nobody else can have taken a turn.
    if (call.clock.monotonic() - takenAt < exclusiveMs) return;
    const { note } = await readNow(call, store);
    if (note.run === run) return;
    throw new RotationError(
      "CLAIM_LIVE",
      "another call has fetched since, and stores what it got",
      "nothing: the other call finishes",
    );
  };
}

/**
 * Takes the turn to fetch by compare-and-swap, or waits for it. One call at a time waits, so that a flood of callbacks holds one container and
 * no more, and none of them is lost: the fetch of the one that waits comes after all of them.
 */
export async function takeTurn(call: MirrorCall, store: SecretStore): Promise<Turn> {
  const { clock, budget, settings } = call;
  const run = call.entropy.uuid();
  const askedAt = clock.now();
  let takenAt = clock.monotonic();
  const minMs = settings.minSecondsBetweenFetches * 1000;
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const { state, note } = await readNow(call, store);
    const now = clock.now();
    if (note.run === run) return { kind: "taken", guard: guardOf(call, store, run, takenAt) };
    if (tries > 0 && note.fetchedAt >= askedAt && note.fetchedAt <= now + minMs) return { kind: "covered" };
    const waitMs = opensAt(note, minMs, now) - now;
    if (waitMs > 0) {
      const isAwaited = note.waitsUntil > now && note.waitsUntil <= now + LONGEST_PAUSE_MS;
      if (note.waiter !== run && isAwaited) return { kind: "covered" };
      if (waitMs > budget.remaining() - WORK_MS) return { kind: "too-early", seconds: Math.ceil(waitMs / 1000) };
    }
    takenAt = clock.monotonic();
    const next: Note =
      waitMs > 0
        ? { ...note, waiter: run, waitsUntil: now + waitMs + SLACK_MS }
        : { ...note, fetchedAt: now, run, waiter: "", waitsUntil: 0 };
    if (waitMs <= 0 || note.waiter !== run) {
      const written = await store.writeNotes({ metadata: withNote(state.metadata, next) }, state.etag);
      if (written.outcome === "refused") throw written.error;
      if (written.outcome !== "done") await clock.sleep(RETRY_MS);
      continue;
    }
    await clock.sleep(waitMs);
  }
  throw new RotationError("VAULT_UNAVAILABLE", "other writers kept changing the manifest's secret");
}

/** @throws RotationError ISSUER_UNAVAILABLE where a 429 has everybody keep away from Oracle for a while */
export async function refuseWhilePaused(call: MirrorCall, store: SecretStore): Promise<void> {
  const { note } = await readNow(call, store);
  const leftMs = opensAt({ ...note, fetchedAt: 0 }, 0, call.clock.now()) - call.clock.now();
  if (leftMs <= 0) return;
  const what = `Oracle answered 429; the pause lasts another ${Math.ceil(leftMs / 1000)} s`;
  throw new RotationError("ISSUER_UNAVAILABLE", what, "try again after it");
}

/** Has every call keep away from Oracle for so long. Best effort: the process itself pauses in any case. */
export async function notePause(call: MirrorCall, store: SecretStore, pauseMs: number): Promise<void> {
  try {
    const { state, note } = await readNow(call, store);
    const pausedUntil = Math.max(note.pausedUntil, call.clock.now() + Math.min(pauseMs, LONGEST_PAUSE_MS));
    await store.writeNotes({ metadata: withNote(state.metadata, { ...note, pausedUntil }) }, state.etag);
  } catch {
    call.log.warn("pause-not-noted");
  }
}
