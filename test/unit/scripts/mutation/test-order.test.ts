import { expect, test } from "vitest";
import { type Candidate, inOrder } from "../../../../scripts/mutation/test-order.ts";

const cheap = (file: string): Candidate => ({ file: `test/unit/${file}.test.ts`, isCostly: false });
const costly = (file: string): Candidate => ({ file: `test/unit/${file}.test.ts`, isCostly: true });
const names = (files: readonly Candidate[]) =>
  files.map(({ file }) => file.slice("test/unit/".length, -".test.ts".length));

test("the tests of the changed file come first, then those near it, and those that start the product last", () => {
  const files = [
    costly("rotation/decide/state"),
    cheap("base/log"),
    cheap("rotation/plan"),
    cheap("rotation/decide/rows"),
    cheap("rotation/decide/state-of-claims"),
    costly("base/clock"),
  ];
  expect(names(files.toSorted(inOrder("src/rotation/decide/state.ts")))).toEqual([
    "rotation/decide/state-of-claims",
    "rotation/decide/rows",
    "rotation/plan",
    "base/log",
    "rotation/decide/state",
    "base/clock",
  ]);
});

test("without a mutant the cheap ones come first, by name", () => {
  const files = [costly("a"), cheap("c"), cheap("b")];
  expect(names(files.toSorted(inOrder(null)))).toEqual(["b", "c", "a"]);
});
