import { type CredentialSource, credential } from "../../src/consumer/index.ts";
import { type Application, createApplication } from "./application.ts";

/** Token requests of an application, as its own code sees them. */
interface Requests {
  requests: number;
  failed: number;
}

export interface ConsumerFigures {
  readonly rotations: number;
  /** With the consumer client. */
  readonly with: Requests;
  /** An application that reads CURRENT again before each request, which is the best possible without the consumer. */
  readonly without: Requests;
}

const SEED = 1;
/** Token requests are this far apart. */
const EVERY_MS = 100;
/** How long before and after each rotation the client sends requests. */
const AROUND_MS = 5_000;
/** From one rotation to the next: longer than a claim lives. */
const BETWEEN_MS = 15 * 60_000;
/** What Vault takes: a secret is UPDATING for seconds after each write, and reads may lag behind. */
const UPDATING_MS = 2_000;
const LAG_MS = 500;

async function askUntil(
  isOver: () => boolean,
  { clock }: Application,
  ask: () => Promise<Response>,
  counted: Requests,
) {
  while (!isOver()) {
    const isGood = await ask().then(
      ({ ok }) => ok,
      () => false,
    );
    counted.requests += 1;
    if (!isGood) counted.failed += 1;
    await clock.sleep(EVERY_MS);
  }
}

/**
 * Two applications that ask for tokens in a loop while one client secret is rotated many times at an issuer that keeps one: the real function
 * and the real SDK, in virtual time.
 */
export async function benchConsumer(rotations: number): Promise<ConsumerFigures> {
  const application = createApplication(SEED);
  const { clock, world, reader, requestToken } = application;
  Object.assign(world.emulator.switches, { "updating-ms": UPDATING_MS, "data-plane-lag-ms": LAG_MS });
  const source: CredentialSource = credential(reader, { time: clock });
  const plain = credential(reader, { time: clock, ttlMs: 0 });
  const figures = { rotations, with: { requests: 0, failed: 0 }, without: { requests: 0, failed: 0 } };

  for (let rotation = 1; rotation <= rotations; rotation += 1) {
    let isOver = false;
    const loops = [
      askUntil(
        () => isOver,
        application,
        () => source.use(requestToken),
        figures.with,
      ),
      askUntil(
        () => isOver,
        application,
        async () => requestToken(await plain.current()),
        figures.without,
      ),
    ];
    try {
      await clock.sleep(AROUND_MS);
      const { isWell } = await application.rotate();
      if (!isWell) throw new Error(`rotation ${rotation} of the bench did not end well`);
      await clock.sleep(AROUND_MS);
    } finally {
      isOver = true;
      await Promise.all(loops);
    }
    await clock.sleep(BETWEEN_MS);
  }
  return figures;
}
