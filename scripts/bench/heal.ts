/** How many secrets one heal of many reaches in the platform's time: the real handler against the emulator, in virtual time. */
import { openScene } from "./fleet-scene.ts";

interface Reached {
  readonly secrets: number;
  /** Looked at. */
  readonly reached: number;
  /** With the tags that say so. */
  readonly noted: number;
}

export interface HealFigures extends Reached {
  /** Virtual time of the one call. */
  readonly seconds: number;
  /** The same by calls too short for so many, each of which goes on from the cursor of the last. */
  readonly following: Reached & {
    readonly calls: number;
    /** Secrets that more than one of the calls looked at. */
    readonly again: number;
  };
}

const SECRETS = 1_001;
const CALL_SECONDS = 300;
/** Of a function that is given too little for so many. */
const SHORT_CALL_SECONDS = 90;
const MAX_CALLS = 20;
const LATENCY_MS = 50;
const UPDATING_MS = 1_000;

/** Secrets without tags: every heal of one costs a write, and leaves it UPDATING. */
async function createScene(secrets: number) {
  const switches = { "updating-ms": UPDATING_MS, "updating-polls": 0 };
  const { clock, emulator, fleet, invoke } = await openScene({ secrets, switches, latencyMs: LATENCY_MS });
  /** One call, and the ids of the secrets that it looked at. */
  const heal = async (callSeconds: number, cursor?: string) => {
    const before = emulator.requests.length;
    const started = clock.monotonic();
    const answer = await invoke({ action: "heal", cursor }, callSeconds);
    const looks = emulator.requests.slice(before).filter(({ call }) => call === "get-secret");
    const seconds = Math.round((clock.monotonic() - started) / 1000);
    return { cursor: answer.cursor, seconds, reached: new Set(looks.map(({ secretId }) => secretId)) };
  };
  const noted = () => fleet.secretIds.filter((id) => "orot-outcome" in emulator.admin.secret(id).freeformTags).length;
  return { heal, noted };
}

/** @param callSeconds the time of each call */
async function followingFigures(secrets: number, callSeconds: number): Promise<HealFigures["following"]> {
  const { heal, noted } = await createScene(secrets);
  const reached = new Set<string | null>();
  let [calls, again] = [0, 0];
  let cursor: string | undefined;
  do {
    const call = await heal(callSeconds, cursor);
    calls += 1;
    cursor = call.cursor;
    for (const id of call.reached) {
      if (reached.has(id)) again += 1;
      reached.add(id);
    }
  } while (cursor !== undefined && calls < MAX_CALLS);
  return { secrets, reached: reached.size, noted: noted(), calls, again };
}

export async function healFigures(secrets = SECRETS, shortSeconds = SHORT_CALL_SECONDS): Promise<HealFigures> {
  const { heal, noted } = await createScene(secrets);
  const { seconds, reached } = await heal(CALL_SECONDS);
  return {
    secrets,
    reached: reached.size,
    noted: noted(),
    seconds,
    following: await followingFigures(secrets, shortSeconds),
  };
}

export function healLines({ secrets, reached, noted, seconds, following }: HealFigures): string[] {
  return [
    `a heal of many, ${LATENCY_MS} ms a call, UPDATING ${UPDATING_MS / 1000} s after each note`,
    `of ${secrets} secrets one call reached ${reached} and noted ${noted}, in ${seconds} of ${CALL_SECONDS} virtual seconds`,
    `calls of ${SHORT_CALL_SECONDS} seconds: ${following.calls} reached ${following.reached} and noted ${following.noted}, ${following.again} of them again`,
  ];
}
