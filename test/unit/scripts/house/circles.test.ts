import { expect, test } from "vitest";
import { circlesIn } from "../../../../scripts/house/circles.ts";

test("arrows that come together again are no circle", () => {
  expect(
    circlesIn([
      ["a", "b"],
      ["a", "c"],
      ["b", "d"],
      ["c", "d"],
    ]),
  ).toEqual([]);
});

test("each circle is found, however long, and what leads to it or from it is no part of it", () => {
  const circles = circlesIn([
    ["start", "a"],
    ["a", "b"],
    ["b", "c"],
    ["c", "a"],
    ["c", "end"],
    ["end", "x"],
    ["x", "y"],
    ["y", "x"],
  ]);
  expect(circles).toHaveLength(2);
  expect(circles).toEqual(
    expect.arrayContaining([
      ["a", "b", "c"],
      ["x", "y"],
    ]),
  );
});

test("two circles that share a node are one", () => {
  expect(
    circlesIn([
      ["a", "b"],
      ["b", "a"],
      ["b", "c"],
      ["c", "b"],
    ]),
  ).toEqual([["a", "b", "c"]]);
});
