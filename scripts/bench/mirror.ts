/** `npm run bench -- --mirror`: what the Retail credential mirror asks of the identity domain. */
import { HOUR_MS, MINUTE_MS } from "../../src/base/durations.ts";
import "../../src/base/silence.ts";
import type { RecordedRequest } from "../../src/emulator/core/record.ts";
import { createMirrorWorld } from "../../test/prove/mirror/world.ts";

export interface MirrorBenchFigures {
  readonly fetches: number;
  /** How long they took, virtual. */
  readonly hours: number;
  readonly tokenRequests: number;
  /** Of pauses after a 429: the shortest time, virtual, until the domain or the Credential Exchange got another request; null: it got none. */
  readonly shortestPauseMs: number | null;
}

const MIRROR = { action: "mirror" };
const FETCHES = 1_000;
const CALLS_IN_PAUSE = 5;

const isPaused = ({ system }: RecordedRequest) => system === "identity" || system === "ces";

async function countTokens(): Promise<Omit<MirrorBenchFigures, "shortestPauseMs">> {
  const { clock, emulator, startProcess } = createMirrorWorld();
  const process = startProcess();
  const startedAt = clock.now();
  for (let fetches = 0; fetches < FETCHES; fetches += 1) {
    const began = clock.now();
    await process.call(MIRROR);
    await clock.sleep(Math.max(0, began + MINUTE_MS - clock.now()));
  }
  const count = (wanted: (request: RecordedRequest) => boolean) => emulator.requests.filter(wanted).length;
  return {
    fetches: count(({ call }) => call === "fetch-credentials"),
    hours: Number(((clock.now() - startedAt) / HOUR_MS).toFixed(2)),
    tokenRequests: count(({ call }) => call.startsWith("token-")),
  };
}

/** A 429 at either, then calls of every kind, in this process and in others. */
async function pauseAfter(call: "token-current" | "fetch-credentials"): Promise<number | null> {
  const { clock, emulator, startProcess } = createMirrorWorld();
  const process = startProcess();
  await process.call(MIRROR);
  // By then the token has run out, so that the next call asks for one.
  await clock.sleep(HOUR_MS + MINUTE_MS);
  emulator.faults.add({ call, kind: "rate-limited" });
  await process.call(MIRROR);
  const refused = emulator.requests.findLast(({ status }) => status === 429);
  if (refused === undefined) throw new Error(`no 429 at ${call}`);
  const after = emulator.requests.length;
  for (let calls = 0; calls < CALLS_IN_PAUSE; calls += 1) {
    await Promise.all([process.call({ action: "callbacks" }), startProcess().call(MIRROR)]);
  }
  const next = emulator.requests.slice(after).find(isPaused);
  return next === undefined ? null : next.time - refused.time;
}

export async function mirrorFigures(): Promise<MirrorBenchFigures> {
  const figures = await countTokens();
  const pauses = [await pauseAfter("token-current"), await pauseAfter("fetch-credentials")];
  const seen = pauses.filter((pause) => pause !== null);
  return { ...figures, shortestPauseMs: seen.length === 0 ? null : Math.min(...seen) };
}

export function mirrorLines({ fetches, hours, tokenRequests, shortestPauseMs }: MirrorBenchFigures): string[] {
  const pause = shortestPauseMs === null ? "no request came" : `${Math.floor(shortestPauseMs / 1000)} s`;
  return [
    `${fetches} fetches in ${hours} virtual hours: ${tokenRequests} token requests`,
    `after a 429, until the next request to the identity domain or the Credential Exchange: ${pause}`,
  ];
}
