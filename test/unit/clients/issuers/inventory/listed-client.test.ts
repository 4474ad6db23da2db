import { describe, expect, test } from "vitest";
import {
  type ReadPage,
  readByOffset,
  textOf,
  timeOf,
} from "../../../../../src/clients/issuers/inventory/listed-client.ts";

const LIMIT = 3;
const itself = (one: string) => one;

/** Reads `lists`, one after the other: the list as it is at each page. The last one stays. Also tells each read. */
function paged(lists: readonly string[], cut = LIMIT) {
  const asked: string[] = [];
  const readPage: ReadPage<string> = async (offset, limit) => {
    const list = lists[Math.min(asked.length, lists.length - 1)] ?? "";
    asked.push(`${offset}+${limit}`);
    return [...list].slice(offset, offset + Math.min(limit, cut));
  };
  return { asked, read: () => readByOffset(readPage, itself, LIMIT) };
}

describe("a list that is paged by offsets", () => {
  test.each([
    ["has nothing", "", ["0+3"]],
    ["has one client", "a", ["0+3", "0+3"]],
    ["fills one page", "abc", ["0+3", "2+3"]],
    ["has one more than a page", "abcd", ["0+3", "2+3", "3+3"]],
    ["has several pages", "abcdefg", ["0+3", "2+3", "4+3", "6+3"]],
  ])("that %s is read whole, each page from the last client of the one before", async (_what, list, asked) => {
    const { read, asked: reads } = paged([list]);
    expect(await read()).toEqual({ all: [...list], isComplete: true });
    expect(reads).toEqual(asked);
  });

  test("is read whole where the server cuts pages further than it was asked to", async () => {
    expect(await paged(["abcdefg"], 2).read()).toEqual({ all: [..."abcdefg"], isComplete: true });
  });

  test("is read again where a client went away between two pages, and skips nobody", async () => {
    const { read, asked } = paged(["abcdef", "bcdef"]);
    expect(await read()).toEqual({ all: [..."bcdef"], isComplete: true });
    expect(asked).toEqual(["0+3", "2+3", "0+3", "2+3", "4+3"]);
  });

  test("is read again where it became shorter than what was read", async () => {
    expect(await paged(["abc", "a"]).read()).toEqual({ all: ["a"], isComplete: true });
  });

  test("that moves three times is told as what was read last, and not as complete", async () => {
    const { read, asked } = paged(["abcdef", "bcdef", "cdefgh", "defgh", "efghij", "fghij", "abc"]);
    expect(await read()).toEqual({ all: [..."efg"], isComplete: false });
    expect(asked).toEqual(["0+3", "2+3", "0+3", "2+3", "0+3", "2+3"]);
  });

  test("that never ends is left after a hundred thousand clients, and is not complete", async () => {
    const many = 50_001;
    const readPage: ReadPage<number> = async (offset) => Array.from({ length: many }, (_, at) => offset + at);
    const { all, isComplete } = await readByOffset(readPage, String, many);
    expect(isComplete).toBe(false);
    expect(all).toHaveLength(100_001);
  });
});

test.each([
  ["a name", "a name"],
  [" padded ", " padded "],
  ["", null],
  [" \t", null],
  [7, null],
  [null, null],
  [undefined, null],
  [{ text: "x" }, null],
])("the text of %j is %j", (value, text) => {
  expect(textOf(value)).toBe(text);
});

test.each([
  ["2026-01-02T03:04:05Z", Date.UTC(2026, 0, 2, 3, 4, 5)],
  ["2026-01-02T03:04:05.678+01:00", Date.UTC(2026, 0, 2, 2, 4, 5, 678)],
  ["1970-01-01T00:00:00Z", 0],
  ["soon", null],
  ["", null],
  [1_700_000_000_000, null],
  [2026, null],
  [null, null],
  [undefined, null],
])("the time of %j is %j", (value, at) => {
  expect(timeOf(value)).toBe(at);
});
