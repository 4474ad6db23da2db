import { expect, test } from "vitest";
import { median, spread } from "../../../scripts/bench/spread.ts";

test("median and 90th percentile are measured values, whatever their order", () => {
  expect(spread([5, 1, 4, 2, 3, 10, 9, 8, 7, 6])).toEqual({ median: 5, p90: 9 });
  expect(spread([1.26])).toEqual({ median: 1.3, p90: 1.3 });
});

test("nothing has no median", () => {
  expect(() => median([])).toThrow("nothing was measured");
});
