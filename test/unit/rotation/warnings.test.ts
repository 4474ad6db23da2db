import { expect, test } from "vitest";
import { leftAlone, warningsOf } from "../../../src/rotation/warnings.ts";

const next = "look at who stored it; schedule the deletion of what is not needed";

test("versions that a call left alone are warned of by number, in order", () => {
  const met = { strangers: new Set([12, 3, 9]), unproven: new Set([8]) };
  expect(leftAlone(met)).toEqual([
    {
      what: "versions 3, 9, 12 are of another client than CURRENT, or cannot be understood, and were left alone",
      next,
    },
    { what: "version 8 is PENDING and was not made by the rotator", next },
  ]);
  expect(leftAlone({ strangers: new Set([4]), unproven: new Set([10, 9]) })).toEqual([
    { what: "version 4 is of another client than CURRENT, or cannot be understood, and was left alone", next },
    { what: "versions 9, 10 are PENDING and were not made by the rotator", next },
  ]);
});

test("a call that left nothing alone warns only of what it lacks itself", () => {
  const read = { strangers: new Set<number>(), unproven: new Set<number>() };
  const warning = { what: "no way back is proven", next: "configure one" };
  expect(warningsOf({ read, warning })).toEqual([warning]);
  expect(warningsOf({ read, warning: null })).toEqual([]);
});
