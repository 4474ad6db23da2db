import { describe, expect, it } from "vitest";
import { createApplication } from "../../../scripts/consumer/application.ts";
import { credential } from "../../../src/consumer/index.ts";
import type { CallName } from "../../../src/emulator/core/call-names.ts";
import type { FaultKind } from "../../../src/emulator/core/faults.ts";
import { silenceSdk } from "../../support/silence-sdk.ts";

silenceSdk();

const EVERY_MS = 250;
/** An alarm has a heal sent. */
const SOON_MS = 5_000;
/** Longer than the claim of a killed rotation belongs to it, so that a heal may act. */
const AFTER_CLAIM_MS = 4 * 60_000;

const calls: readonly CallName[] = ["regenerate", "write-pending", "promote"];
const kinds: readonly FaultKind[] = [
  "refused",
  "answer-lost",
  "killed-before",
  "killed-after",
  "server-error-after",
  "rate-limited",
  "truncated",
];
/** The new client secret exists nowhere, and it takes longer than a minute until another may be made. */
const valueIsLost = ["regenerate killed-after", "write-pending killed-before"];

interface Answered {
  readonly status: number;
  readonly askedAt: number;
  readonly answeredAt: number;
}

/** An application that asks for tokens in a loop while a rotation meets a fault and is healed. */
async function rotateUnder(call: CallName, kind: FaultKind, healAfterMs: number) {
  const { clock, world, reader, requestToken, rotate } = createApplication(3);
  const { emulator, setup } = world;
  Object.assign(emulator.switches, { "updating-ms": 2_000, "data-plane-lag-ms": 500 });
  emulator.faults.add({ call, kind });
  const source = credential(reader, { time: clock });
  const answers: Answered[] = [];
  let isOver = false;
  const asking = (async () => {
    while (!isOver) {
      const askedAt = clock.monotonic();
      const { status } = await source.use(requestToken);
      answers.push({ status, askedAt, answeredAt: clock.monotonic() });
      await clock.sleep(EVERY_MS);
    }
  })();
  let healedAt = 0;
  try {
    await clock.sleep(1_000);
    if (!(await rotate()).isWell) {
      await clock.sleep(healAfterMs);
      await world.startProcess().call({ action: "heal", secretId: setup.secretId });
    }
    healedAt = clock.monotonic();
    await clock.sleep(5_000);
  } finally {
    isOver = true;
    await asking;
  }
  expect(emulator.requests.some(({ fault }) => fault === kind)).toBe(true);
  return { answers, healedAt };
}

describe("a rotation that meets a fault and is healed", () => {
  const hidden = calls.flatMap((call) => kinds.map((kind) => [call, kind] as const));
  it.each(hidden.filter((pair) => !valueIsLost.includes(pair.join(" "))))(
    "costs the application no request: %s %s",
    async (call, kind) => {
      const { answers } = await rotateUnder(call, kind, SOON_MS);
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    },
  );

  it.each([
    ["regenerate", "killed-after"],
    ["write-pending", "killed-before"],
  ] as const)(
    "costs requests while nobody has a client secret that works, and none after: %s %s",
    async (call, kind) => {
      const { answers, healedAt } = await rotateUnder(call, kind, AFTER_CLAIM_MS);
      const refused = answers.filter(({ status }) => status === 401);
      expect(refused.length).toBeGreaterThan(0);
      for (const { askedAt, answeredAt } of refused) expect(answeredAt - askedAt).toBeLessThan(63_000);
      const after = answers.filter(({ askedAt }) => askedAt > healedAt);
      expect(after.length).toBeGreaterThan(5);
      expect(new Set(after.map(({ status }) => status))).toEqual(new Set([200]));
    },
  );
});
