import { expect, test } from "vitest";
import { createBudget, limitedTo, turnOf } from "../../../src/base/budget.ts";
import { createInstantClock } from "../../support/instant-clock.ts";

const limits = { budgetMs: 280_000, marginMs: 5_000, callTimeoutMs: 10_000 };

test("work may last until the platform's deadline less the margin for the answer", () => {
  const clock = createInstantClock();
  const budget = createBudget(clock, new Date(clock.now() + 300_000), limits);
  expect(budget.remaining()).toBe(295_000);
  expect(budget.remainingUntilKilled()).toBe(300_000);
  clock.advance(100_000);
  expect(budget.remaining()).toBe(195_000);
  expect(budget.remainingUntilKilled()).toBe(200_000);
});

test.each([
  ["no deadline", null],
  ["an unreadable deadline", new Date(Number.NaN)],
])("with %s of the platform, the configured budget is there for work, the margin apart", (_what, deadline) => {
  const budget = createBudget(createInstantClock(), deadline, limits);
  expect(budget.remaining()).toBe(280_000);
  expect(budget.remainingUntilKilled()).toBe(285_000);
});

test("a deadline that has passed leaves nothing, never less", () => {
  const clock = createInstantClock();
  const budget = createBudget(clock, new Date(clock.now() - 60_000), limits);
  expect(budget.remaining()).toBe(0);
  expect(budget.remainingUntilKilled()).toBe(0);
});

test("within the margin nothing is left for work, but something until the end", () => {
  const clock = createInstantClock();
  const budget = createBudget(clock, new Date(clock.now() + 4_000), limits);
  expect(budget.remaining()).toBe(0);
  expect(budget.remainingUntilKilled()).toBe(4_000);
});

test("a call ends after its own timeout, counted from when it starts", () => {
  const clock = createInstantClock();
  const budget = createBudget(clock, new Date(clock.now() + 300_000), limits);
  expect(budget.callDeadline()).toBe(clock.monotonic() + 10_000);
  clock.advance(20_000);
  expect(budget.callDeadline()).toBe(clock.monotonic() + 10_000);
});

test("no call ends later than a second before the platform kills the process", () => {
  const clock = createInstantClock();
  const start = clock.monotonic();
  const budget = createBudget(clock, new Date(clock.now() + 8_000), limits);
  expect(budget.callDeadline()).toBe(start + 7_000);
  clock.advance(7_500);
  expect(budget.callDeadline()).toBe(start + 7_000);
});

test("work that may be given up ends after its own time, and no call of it lasts longer", () => {
  const clock = createInstantClock();
  const budget = createBudget(clock, null, limits);
  const window = limitedTo(budget, clock, 4_000);
  expect(window.remaining()).toBe(4_000);
  expect(window.remainingUntilKilled()).toBe(4_000);
  expect(window.callDeadline() - clock.monotonic()).toBe(4_000);
  clock.advance(3_000);
  expect(window.callDeadline() - clock.monotonic()).toBe(1_000);
  clock.advance(3_000);
  expect(window.remaining()).toBe(0);
  expect(budget.remaining()).toBe(274_000);
});

test("work that may be given up gets no more than there is", () => {
  const clock = createInstantClock();
  const budget = createBudget(clock, new Date(clock.now() + 8_000), limits);
  const window = limitedTo(budget, clock, 60_000);
  expect(window.remaining()).toBe(3_000);
  expect(window.callDeadline()).toBe(budget.callDeadline());
});

test("a turn ends after its own time, and a request that begins within it ends with it", () => {
  const clock = createInstantClock();
  const turn = turnOf(createBudget(clock, null, limits), clock, 20_000);
  expect(turn.remaining()).toBe(20_000);
  expect(turn.callDeadline() - clock.monotonic()).toBe(10_000);
  clock.advance(15_000);
  expect(turn.remaining()).toBe(5_000);
  expect(turn.callDeadline() - clock.monotonic()).toBe(5_000);
});

test("after a turn the call's time is there for what must not be given up, and none of its requests is cut short", () => {
  const clock = createInstantClock();
  const budget = createBudget(clock, null, limits);
  const turn = turnOf(budget, clock, 20_000);
  clock.advance(20_000);
  expect(turn.remaining()).toBe(0);
  expect([turn.remainingInCall(), turn.remainingUntilKilled()]).toEqual([260_000, 265_000]);
  expect(turn.callDeadline() - clock.monotonic()).toBe(10_000);
  clock.advance(300_000);
  expect([turn.remaining(), turn.remainingInCall(), turn.remainingUntilKilled()]).toEqual([0, 0, 0]);
  expect(turn.callDeadline()).toBe(budget.callDeadline());
});

test("a turn gets no more than the call has, and work that may be given up within it no more than the turn", () => {
  const clock = createInstantClock();
  const budget = createBudget(clock, new Date(clock.now() + 12_000), limits);
  expect(turnOf(budget, clock, 20_000).remaining()).toBe(7_000);
  const window = limitedTo(turnOf(budget, clock, 2_000), clock, 4_000);
  expect([window.remaining(), window.remainingInCall(), window.remainingUntilKilled()]).toEqual([2_000, 4_000, 4_000]);
});

test("a turn may be prolonged, but never shortened, and gets no more than the call has", () => {
  const clock = createInstantClock();
  const turn = turnOf(createBudget(clock, null, limits), clock, 20_000);
  clock.advance(15_000);
  turn.prolong(1_000);
  expect(turn.remaining()).toBe(5_000);
  turn.prolong(90_000);
  expect(turn.remaining()).toBe(90_000);
  turn.prolong(900_000);
  expect(turn.remaining()).toBe(265_000);
});
