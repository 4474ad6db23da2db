import { expect, test } from "vitest";
import { regionMeant } from "../../../src/cli/regions.ts";

test.each([
  ["us-asburn-1", "us-ashburn-1"],
  ["us-ashburn", "us-ashburn-1"],
  ["us_ashburn_1", "us-ashburn-1"],
  ["us-ashburn-1 # home", "us-ashburn-1"],
  ['"us-ashburn-1"', "us-ashburn-1"],
  ["eu-franfurt-1", "eu-frankfurt-1"],
  ["eu-frankfort-1", "eu-frankfurt-1"],
  ["ap-tokio-1", "ap-tokyo-1"],
])("%s is a slip for %s", (given, meant) => {
  expect(regionMeant(given)).toBe(`did you mean the region ${meant}`);
});

test.each(["us-ashburn-1", "eu-frankfurt-1", "nowhere", "xx-utterly-other-9", ""])("%s is no slip", (given) => {
  expect(regionMeant(given)).toBe(null);
});
