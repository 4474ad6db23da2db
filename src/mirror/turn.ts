import { RotationError } from "../base/errors.ts";
import type { SecretState, SecretStore } from "../clients/vault/store.ts";
import { type MirrorCall, readWhenActive } from "./call.ts";
import type { Guard } from "./keep.ts";
import { type Note, readNote, withNote } from "./note.ts";

/** The right to fetch, granted once per OROT_MIRROR_MIN_SECONDS_BETWEEN_FETCHES. */
export type Turn =
  | {
      readonly kind: "taken";
      /** Throws if another call has taken its turn since, because this call's data may be outdated. */
      readonly guard: Guard;
    }
  /** Another call fetches after this event arrived, or will do so after its wait. */
  | { readonly kind: "covered" }
  /** No turn is free before this call's time is over. */
  | { readonly kind: "too-early"; readonly seconds: number };

/** Each try ends with a write that another writer prevented; more than this are an outage. */
const MAX_TRIES = 10;
const RETRY_MS = 1_000;
/** What a call needs once it has waited: a fetch, and some writes. */
const WORK_MS = 60_000;
/** How long after the end of its wait a waiting call is still assumed to exist. */
const SLACK_MS = 10_000;
const LONGEST_PAUSE_MS = 86_400_000;
/** The maximum difference between the clocks of two containers. */
const CLOCKS_DIFFER_MS = 60_000;

/** An instant further ahead than any we write comes from a wrong clock and counts for nothing: else it would stop the mirror for good. */
function believed(instant: number, now: number, mostAheadMs: number): number {
  return instant > now + mostAheadMs + CLOCKS_DIFFER_MS ? 0 : instant;
}

/** When the next fetch may begin. */
function opensAt(note: Note, minMs: number, now: number): number {
  return Math.max(believed(note.fetchedAt, now, 0) + minMs, believed(note.pausedUntil, now, LONGEST_PAUSE_MS));
}

async function readNow(call: MirrorCall, store: SecretStore): Promise<{ state: SecretState; note: Note }> {
  const state = await readWhenActive(call, store);
  if (state === null) throw new RotationError("VAULT_UNAVAILABLE", "the manifest's secret did not become ACTIVE");
  return { state, note: readNote(state.metadata) };
}

/** Throws if the manifest's secret shows that another call has fetched since. */
function guardOf(call: MirrorCall, store: SecretStore, taken: Note): Guard {
  const { clock, settings } = call;
  // Until then no other call can take a turn. It counts from the time in the note, however late Vault stored it.
  const exclusiveUntil = clock.monotonic() + taken.fetchedAt + settings.minSecondsBetweenFetches * 1000 - clock.now();
  return async () => {
    if (clock.monotonic() < exclusiveUntil) return;
    const { note } = await readNow(call, store);
    if (note.run === taken.run) return;
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
  let runBefore: string | null = null;
  const minMs = settings.minSecondsBetweenFetches * 1000;
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const { state, note } = await readNow(call, store);
    const now = clock.now();
    if (note.run === run) return { kind: "taken", guard: guardOf(call, store, note) };
    runBefore ??= note.run;
    // Its time would not say it: another container's clock may be ahead.
    if (note.run !== runBefore) return { kind: "covered" };
    const waitMs = opensAt(note, minMs, now) - now;
    if (waitMs > 0) {
      const isAwaited = believed(note.waitsUntil, now, LONGEST_PAUSE_MS) > now;
      if (note.waiter !== run && isAwaited) return { kind: "covered" };
      if (waitMs > budget.remaining() - WORK_MS) return { kind: "too-early", seconds: Math.ceil(waitMs / 1000) };
    }
    const next: Note =
      waitMs > 0
        ? { ...note, waiter: run, waitsUntil: now + waitMs + SLACK_MS }
        : { ...note, fetchedAt: now, run, waiter: "", waitsUntil: 0 };
    if (waitMs <= 0 || note.waiter !== run) {
      const written = await store.writeAnnotations({ metadata: withNote(state.metadata, next) }, state.etag);
      if (written.outcome === "refused") throw written.error;
      if (written.outcome !== "done") await clock.sleep(RETRY_MS);
      continue;
    }
    await clock.sleep(waitMs);
  }
  throw new RotationError("VAULT_UNAVAILABLE", "other writers kept changing the manifest's secret");
}

/** @throws RotationError ISSUER_UNAVAILABLE if a 429 keeps all calls from sending to Oracle for a while */
export async function refuseWhilePaused(call: MirrorCall, store: SecretStore): Promise<void> {
  const { note } = await readNow(call, store);
  const leftMs = opensAt({ ...note, fetchedAt: 0 }, 0, call.clock.now()) - call.clock.now();
  if (leftMs <= 0) return;
  const what = `Oracle answered 429; the pause lasts another ${Math.ceil(leftMs / 1000)} s`;
  throw new RotationError("ISSUER_UNAVAILABLE", what, "try again after it");
}

/**
 * Keeps all calls from sending to Oracle for this time. If Vault cannot store the note, the process itself pauses in
 * any case.
 */
export async function notePause(call: MirrorCall, store: SecretStore, pauseMs: number): Promise<void> {
  const { clock, budget, log } = call;
  const until = clock.now() + Math.min(pauseMs, LONGEST_PAUSE_MS);
  try {
    for (let tries = 0; tries < MAX_TRIES && budget.remaining() > RETRY_MS; tries++) {
      const { state, note } = await readNow(call, store);
      if (believed(note.pausedUntil, clock.now(), LONGEST_PAUSE_MS) >= until) return;
      const written = await store.writeAnnotations(
        { metadata: withNote(state.metadata, { ...note, pausedUntil: until }) },
        state.etag,
      );
      if (written.outcome === "done") return;
      if (written.outcome === "refused") break;
      await clock.sleep(RETRY_MS);
    }
  } catch {
    // The log line below reports it.
  }
  log.warn("pause-not-noted");
}
