import { expect, test } from "vitest";
import { mapInOrder } from "../../../../src/cli/inventory/in-order.ts";

async function* numbers(count: number, taken: number[] = []) {
  for (let number = 0; number < count; number++) {
    taken.push(number);
    yield number;
  }
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

test("keeps the order, and never more under way than allowed", async () => {
  let underWay = 0;
  let most = 0;
  const map = async (number: number) => {
    underWay += 1;
    most = Math.max(most, underWay);
    for (let turn = 0; turn < 10 - number; turn++) await Promise.resolve();
    underWay -= 1;
    return number * 2;
  };
  expect(await collect(mapInOrder(numbers(10), 3, map))).toEqual([0, 2, 4, 6, 8, 10, 12, 14, 16, 18]);
  expect(most).toBe(3);
});

test("a failure ends it, and nothing is read on", async () => {
  const taken: number[] = [];
  const map = async (number: number) => (number >= 1 ? Promise.reject(new Error(`no ${number}`)) : number);
  await expect(collect(mapInOrder(numbers(50, taken), 4, map))).rejects.toThrow("no 1");
  expect(taken.length).toBeLessThan(7);
});
