import { describe, expect, test } from "vitest";
import type { HttpRequest } from "../../src/clients/http/transport.ts";
import { createHandler } from "../../src/rotation/handler.ts";
import { alarmIn, isFalse } from "../prove/alarms.ts";
import { check } from "../prove/checker.ts";
import { drive } from "../prove/drive.ts";
import { count, noFigures } from "../prove/figures.ts";
import { parseSchedule } from "../prove/schedule.ts";
import { prepare } from "../prove/setup.ts";
import { createWorld, type Subject } from "../prove/world.ts";
import { silenceSdk } from "../support/silence-sdk.ts";

const SEED = 1;
const support = { heal: true, authority: true, requireWayBack: true };
const alarmed = { responseCode: 400, returnMessage: "LOCKED_OUT: no way back. Next: go there.", versionNo: null };

silenceSdk();

function run(subject: Subject, id: string) {
  const schedule = parseSchedule(id);
  return drive(schedule, { setup: prepare(schedule.combination, SEED), subject, support, base: null });
}

/** The product, which sends an operator to the console whenever a service is not there. */
const fearful: Subject = (dependencies) => {
  const handler = createHandler(dependencies);
  return async (...call) => {
    const answer = await handler(...call);
    return answer.responseCode === 503 ? alarmed : answer;
  };
};

/** The product, but once more a value is made as the one before is stored and comes to be verified. */
const wasteful: Subject = (dependencies) => {
  let minted: HttpRequest | null = null;
  return createHandler({
    ...dependencies,
    transport: async (request) => {
      const { url, deadline } = request;
      if (minted !== null && url.endsWith("/oauth2/v1/token")) {
        await dependencies.transport({ ...minted, deadline });
        minted = null;
      }
      if (url.endsWith("AppClientSecretRegenerator")) minted = request;
      return dependencies.transport(request);
    },
  });
};

describe("an alarm for nothing", () => {
  const SINGLE = "none/whole/heal-later/0:issuer-out-after-mint/-";

  test("is a violation under one fault", async () => {
    expect(check(await run(createHandler, SINGLE)).problems).toEqual([]);
    const { problems, otherViolations, isFalseAlarm } = check(await run(fearful, SINGLE));
    expect(problems).toContain("an answer was LOCKED_OUT, and it was not so");
    expect(otherViolations).toBeGreaterThan(0);
    expect(isFalseAlarm).toBe(true);
  });

  test("is counted under two, apart from those under one", async () => {
    const history = await run(fearful, "none/whole/heal-later/0:issuer-out-after-mint/0:rate-limited");
    const judgement = check(history);
    expect(judgement.isFalseAlarm).toBe(true);
    expect(judgement.problems).toEqual([]);
    const figures = noFigures();
    count(figures, history, judgement);
    expect(figures).toMatchObject({ falseAlarms: 0, falseAlarmsInPairs: 1 });
  });

  test("is none where the issuer itself refuses a value for longer than a node may take to learn of it", async () => {
    const history = await run(
      createHandler,
      "empty,die,alone,honoured,deprecates,stale/whole/heal-later/0:secret-flickers/-",
    );
    expect(history.world.calls.map(({ alarm }) => alarm?.code)).toContain("LOCKED_OUT");
    expect(check(history)).toMatchObject({ isFalseAlarm: false, problems: [] });
  });

  test("is none where nobody could know of the value, which a frozen process stores later", async () => {
    const history = await run(createHandler, "none/whole/heal-later/8:second-rotation-while-frozen/-");
    expect(history.world.calls.map(({ alarm }) => alarm?.code)).toContain("LOCKED_OUT");
    expect(check(history)).toMatchObject({ isFalseAlarm: false, problems: [] });
  });
});

test("a value that works and waits to be CURRENT may not be dropped", async () => {
  const { problems } = check(await run(wasteful, "token-lives/whole/heal-later/-/-"));
  expect(problems).toContain("version 3 worked, was not yet CURRENT, and another value was made in its place");
});

describe("an alarm", () => {
  const then = { code: "LOCKED_OUT", isCurrentGood: false, isStored: false, isClaimed: false } as const;

  test.each([
    ["no version held a value that works", then, true, false],
    ["a version held one", { ...then, isStored: true }, true, true],
    ["a claim belonged to somebody who stored one later", { ...then, isClaimed: true }, true, true],
    ["a claim belonged to somebody who stored none", { ...then, isClaimed: true }, false, false],
    ["CURRENT is said to be refused, and is", { ...then, code: "SECRET_REJECTED", isStored: true }, true, false],
    [
      "CURRENT is said to be refused, and is not",
      { ...then, code: "SECRET_REJECTED", isCurrentGood: true },
      true,
      true,
    ],
  ] as const)("where %s", (_, alarm, isStoredAtLast, expected) => {
    expect(isFalse(alarm, isStoredAtLast)).toBe(expected);
  });

  test("is the answer alone that sends somebody to the console", () => {
    const setup = prepare(parseSchedule("none/whole/heal-later/-/-").combination, SEED);
    const { emulator } = createWorld(setup, createHandler);
    const alarmOf = (returnMessage: string) => alarmIn({ ...alarmed, returnMessage }, emulator, setup, 0);
    expect(alarmOf("LOCKED_OUT: a. Next: b.")).toEqual({ ...then, isCurrentGood: true, isStored: true });
    expect(alarmOf("SECRET_REJECTED: a. Next: b.")?.code).toBe("SECRET_REJECTED");
    expect(alarmOf("ISSUER_UNAVAILABLE: LOCKED_OUT: a. Next: b.")).toBeNull();
    expect(alarmIn(null, emulator, setup, 0)).toBeNull();
  });
});
