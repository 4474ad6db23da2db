import { describe, expect, test } from "vitest";
import { SECOND_MS } from "../../src/base/durations.ts";
import { createHandler } from "../../src/rotation/handler.ts";
import { check } from "../prove/checker.ts";
import { seenContent } from "../prove/contents.ts";
import { drive } from "../prove/drive.ts";
import type { History } from "../prove/history.ts";
import { parseSchedule } from "../prove/schedule.ts";
import { prepare } from "../prove/setup.ts";
import type { Subject } from "../prove/world.ts";
import { silenceSdk } from "../support/silence-sdk.ts";

const SEED = 1;
const support = { heal: true, authority: true, requireWayBack: true };
/** In a whole rotation of `none`. */
const MINT = 7;
const STORE = 8;

silenceSdk();

function run(subject: Subject, id: string): Promise<History> {
  const schedule = parseSchedule(id);
  return drive(schedule, { setup: prepare(schedule.combination, SEED), subject, support, base: null });
}

async function judged(subject: Subject, id: string) {
  const { isLost, inherent, problems } = check(await run(subject, id));
  return { isLost, inherent, problems };
}
const excused = (inherent: string) => ({ isLost: false, inherent, problems: [] });
const lost = expect.objectContaining({ isLost: true, inherent: null });

/** The product, which gives up a minute before the platform would end it, and more. */
const impatient: Subject = (dependencies) => {
  const handler = createHandler(dependencies);
  return (body, context) =>
    handler(body, { ...context, deadline: new Date(dependencies.clock.now() + 120 * SECOND_MS) });
};

/** The product, which takes its time between a mint and what follows. */
const slow =
  (ms: number): Subject =>
  (dependencies) =>
    createHandler({
      ...dependencies,
      transport: async (request) => {
        const response = await dependencies.transport(request);
        if (request.url.endsWith("AppClientSecretRegenerator")) await dependencies.clock.sleep(ms);
        return response;
      },
    });

describe("where nobody is left who could ask the issuer, a loss is excused", () => {
  test.each(["answer-lost", "killed-after", "server-error-after", "truncated", "too-slow", "lands-late"])(
    "by the mint's answer: %s",
    async (kind) => {
      const id = `none/whole/heal-later/-/${MINT}:${kind}`;
      expect(await judged(createHandler, id)).toEqual(excused(`regenerate:${kind}`));
    },
  );

  test("by a kill before the store is answered", async () => {
    const id = `none/whole/heal-later/-/${STORE}:killed-before`;
    expect(await judged(createHandler, id)).toEqual(excused("write-pending:killed-before"));
  });

  test("by a Vault that takes nothing until the platform's deadline", async () => {
    const id = "none/whole/heal-later/0:vault-out-after-mint/-";
    expect(await judged(createHandler, id)).toEqual(excused("vault-out-after-mint"));
  });
});

describe("a loss is the product's own", () => {
  test("where storing is given up before the platform's deadline", async () => {
    expect(await judged(impatient, "none/whole/heal-later/0:vault-out-after-mint/-")).toEqual(lost);
  });

  test("where the value is kept in hand for long before a kill", async () => {
    expect(await judged(slow(60 * SECOND_MS), `none/whole/heal-later/-/${STORE}:killed-before`)).toEqual(lost);
    expect(await judged(slow(SECOND_MS), `none/whole/heal-later/-/${STORE}:killed-before`)).toEqual(
      excused("write-pending:killed-before"),
    );
  });

  test("where a value that was stored has been thrown away", async () => {
    const history = await run(createHandler, `none/whole/heal-later/-/${STORE}:killed-after`);
    expect(check(history)).toMatchObject({ isLost: false, inherent: null });
    const { emulator, setup } = history.world;
    const { versions } = emulator.admin.secret(setup.secretId);
    for (const version of versions) {
      const { clientSecret } = seenContent(version.content);
      if (emulator.admin.login(setup.clientId, clientSecret ?? "") === "accepted") version.deleted = true;
    }
    expect(check(history)).toMatchObject({ isLost: true, inherent: null });
  });

  test("where a way back was there", async () => {
    const first = (id: string) => check({ ...history, schedule: { ...history.schedule, ...parseSchedule(id) } });
    const history = await run(createHandler, `none/whole/heal-later/-/${MINT}:answer-lost`);
    expect(first(`none/whole/heal-later/-/${MINT}:answer-lost`).inherent).toBe("regenerate:answer-lost");
    for (const combination of ["token-lives", "second-authority"]) {
      expect(first(`${combination}/whole/heal-later/-/${MINT}:answer-lost`)).toMatchObject({
        isLost: true,
        inherent: null,
      });
    }
  });
});
