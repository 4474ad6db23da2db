import { expect, test } from "vitest";
import { createHandler } from "../../src/rotation/handler.ts";
import { check } from "../prove/checker.ts";
import { drive } from "../prove/drive.ts";
import { parseSchedule } from "../prove/schedule.ts";
import { prepare } from "../prove/setup.ts";
import { silenceSdk } from "../support/silence-sdk.ts";

const SEED = 1;
const support = { heal: true, authority: true, requireWayBack: true };

silenceSdk();

/** Schedules that `npm run prove` once failed. The faults are named as well, so that one which has moved is noticed. */
test.each([
  [
    "a stray 401 at a second authority's login locks nobody out",
    "empty,die,authority,honoured,deprecates,fresh/four-steps/heal-later/-/11:answer-lost+16:unauthorized",
    ["regenerate answer-lost", "token-current unauthorized"],
  ],
  [
    "a stray 401 at what a second authority asks for locks nobody out",
    "empty,die,authority,honoured,deprecates,fresh/four-steps/rotate-now/-/11:killed-after+48:unauthorized",
    ["regenerate killed-after", "read-app unauthorized"],
  ],
  [
    "a stray 401 does not pass for the end of a compromised value",
    "uaa,empty,die,alone,honoured,deprecates,fresh/compromised/heal-later/-/22:unauthorized",
    ["token-pending unauthorized"],
  ],
  [
    "a stray 401 does not pass for the end of a value that was to be retired",
    "uaa,empty,die,alone,honoured,deprecates,fresh/retire/heal-later/-/19:unauthorized",
    ["token-pending unauthorized"],
  ],
])("%s", async (_what, id, faults) => {
  const schedule = parseSchedule(id);
  const history = await drive(schedule, {
    setup: prepare(schedule.combination, SEED),
    subject: createHandler,
    support,
    base: null,
  });
  const met = history.world.emulator.requests.flatMap(({ call, fault }) =>
    fault === null ? [] : [`${call} ${fault}`],
  );
  expect(met).toEqual(faults);
  expect(check(history).problems).toEqual([]);
});
