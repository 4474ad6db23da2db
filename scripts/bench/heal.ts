/** How many secrets one heal of many reaches in the platform's time: the real handler against the emulator, in virtual time. */
import "../../src/base/silence.ts";
import { HOUR_MS } from "../../src/base/durations.ts";
import { createSeededEntropy } from "../../src/emulator/core/seeded-entropy.ts";
import { createVirtualClock } from "../../src/emulator/core/virtual-clock.ts";
import { createEmulator } from "../../src/emulator/emulator.ts";
import { createFleet } from "../../src/emulator/fleet.ts";
import { type Answer, createHandler } from "../../src/rotation/handler.ts";

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
const COMPARTMENT = "ocid1.compartment.oc1..bench";
const DOMAIN = "https://idcs-0123456789abcdef0123456789abcdef.identity.oraclecloud.com";

/** Secrets without tags: every heal of one costs a write, and leaves it UPDATING. */
async function createScene(secrets: number) {
  const clock = createVirtualClock();
  const emulator = createEmulator({
    clock,
    entropy: createSeededEntropy(1),
    switches: { "updating-ms": UPDATING_MS, "updating-polls": 0 },
    latencyMs: LATENCY_MS,
  });
  const functionId = emulator.admin.createFunction();
  const fleet = { count: secrets, domainUrl: DOMAIN, functionId, compartmentId: COMPARTMENT };
  const { secretIds } = createFleet(emulator.admin, clock.now(), fleet);
  const { transport } = emulator;
  const handler = createHandler({
    clock,
    entropy: createSeededEntropy(2),
    transport,
    vaultAccess: () => ({
      transport,
      signer: { signHttpRequest: () => Promise.resolve() },
      vaultEndpoint: "https://vaults.emulated.example",
      secretsEndpoint: "https://secrets.vaults.emulated.example",
    }),
    environment: { OROT_HEAL_COMPARTMENT_IDS: COMPARTMENT, FN_FN_ID: functionId },
    write: () => undefined,
  });
  await clock.sleep(HOUR_MS);
  /** One call, and the ids of the secrets that it looked at. */
  const heal = async (callSeconds: number, cursor?: string) => {
    const before = emulator.requests.length;
    const started = clock.monotonic();
    const deadline = new Date(clock.now() + callSeconds * 1000);
    const event = Buffer.from(JSON.stringify({ action: "heal", cursor }));
    const answer: Answer = await handler(event, { callID: "bench", deadline });
    const looks = emulator.requests.slice(before).filter(({ call }) => call === "get-secret");
    const seconds = Math.round((clock.monotonic() - started) / 1000);
    return { cursor: answer.cursor, seconds, reached: new Set(looks.map(({ secretId }) => secretId)) };
  };
  const noted = () => secretIds.filter((id) => "orot-outcome" in emulator.admin.secret(id).freeformTags).length;
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
