import { expect, test } from "vitest";
import { DAY_MS, HOUR_MS } from "../../../../src/base/durations.ts";
import { createTally } from "../../../../src/base/tally.ts";
import { countFound } from "../../../../src/rotation/actions/count-found.ts";
import { createInstantClock } from "../../../support/instant-clock.ts";
import { listed, scheduled } from "./listed.ts";

const NOTHING_DONE = { done: [], counts: { did: 0, fine: 0, busy: 0, failed: 0, remaining: 1 } };

test.each([
  ["a day ahead is due", DAY_MS, 1, 0],
  ["a moment more than a day ahead is not", DAY_MS + 1, 0, 0],
  ["an hour past is overdue", -HOUR_MS, 1, 1],
  ["a moment less than an hour past is not overdue", -HOUR_MS + 1, 1, 0],
])("a rotation %s", (_what, inMs, due, overdue) => {
  const clock = createInstantClock();
  const tally = createTally();
  const rotation = scheduled({ nextAt: clock.now() + inMs });
  countFound({ tally, clock }, [listed("a", { rotation })], NOTHING_DONE);
  const counted = Object.fromEntries(tally.points().map(({ metric, value }) => [metric, value]));
  expect(counted).toMatchObject({ SecretsDue: due, SecretsOverdue: overdue });
});
