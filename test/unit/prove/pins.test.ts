import { describe, expect, test } from "vitest";
import { hasWayBack, parseCombination } from "../../prove/combinations.ts";
import { noFigures } from "../../prove/figures.ts";
import { beyondPins, pinnedRunOf, pinsOf, pinsText, readPins } from "../../prove/pins.ts";

const run = { seed: 1, pairsAimedAt: 100 };
const counted = (inherentByPlace: Record<string, number>, falseAlarmsInPairs = 0) => ({
  ...noFigures(),
  inherentByPlace,
  falseAlarmsInPairs,
});
const found = counted({ "singles a,b regenerate:answer-lost": 3, "pairs a,b regenerate:too-slow": 40 }, 20);
const pins = pinsOf(found, run);

describe("inherent losses", () => {
  test("as they were pinned are no failure, nor are fewer of them", () => {
    expect(beyondPins(found, run, pins)).toEqual([]);
    expect(beyondPins(counted({ "singles a,b regenerate:answer-lost": 2 }), run, pins)).toEqual([]);
    expect(beyondPins(noFigures(), run, pins)).toEqual([]);
  });

  test.each([
    ["one more of a single fault", "singles a,b regenerate:answer-lost", 4, "pinned: 3"],
    ["a new reason", "singles a,b write-pending:killed-before", 1, "pinned: 0"],
    ["a reason of pairs alone in singles", "singles a,b regenerate:too-slow", 1, "pinned: 0"],
    ["a known reason in another combination", "singles a,c regenerate:answer-lost", 1, "pinned: 0"],
    ["a new reason in pairs", "pairs a,b get-secret:killed-before", 1, "pinned: 0"],
    ["half as many again in pairs", "pairs a,b regenerate:too-slow", 60, "pinned: 49"],
  ])("beyond the pins fail: %s", (_, place, count, pinned) => {
    const [kind = "", combination, reason] = place.split(" ");
    expect(beyondPins(counted({ [place]: count }), run, pins)).toEqual([
      `${count} losses by ${reason} in ${kind} of ${combination}, ${pinned}`,
    ]);
  });

  test("of another seed are held by their reasons, and by about their number in singles", () => {
    const other = { ...run, seed: 2 };
    expect(beyondPins(counted({ "singles a,b regenerate:answer-lost": 9 }), other, pins)).toEqual([]);
    expect(beyondPins(counted({ "singles a,b regenerate:answer-lost": 10 }), other, pins)).toHaveLength(1);
    expect(beyondPins(counted({ "pairs a,b regenerate:answer-lost": 500 }), other, pins)).toEqual([]);
    expect(beyondPins(counted({ "pairs a,b promote:refused": 1 }), other, pins)).toHaveLength(1);
  });
});

test("more false alarms in pairs than about those that are pinned fail", () => {
  expect(beyondPins(counted({}, 27), run, pins)).toEqual([]);
  expect(beyondPins(counted({}, 28), run, pins)).toEqual(["28 false alarms in pairs, pinned: 27"]);
});

test("every pair and a share of them are different runs", () => {
  const options = { seed: 1, pairs: 100, allPairs: false };
  expect(pinnedRunOf(options)).toEqual(run);
  expect(pinnedRunOf({ ...options, allPairs: true })).not.toEqual(run);
});

test("pins are written so that a change of one combination is a change of one line", () => {
  const text = pinsText(pins);
  expect(JSON.parse(text)).toEqual(pins);
  expect(text.split("\n").filter((line) => line.includes('"a,b"'))).toHaveLength(2);
});

test("the pins of the repository are for combinations without any way back", () => {
  const { singles, pairs } = readPins();
  const names = [...Object.keys(singles), ...Object.keys(pairs)];
  expect(names.filter((name) => hasWayBack(parseCombination(name)))).toEqual([]);
  expect(Object.keys(singles).length).toBeGreaterThan(0);
});
