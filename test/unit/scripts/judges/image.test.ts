import { expect, test } from "vitest";
import { judgeImage } from "../../../../scripts/judges/image.ts";
import { expectRefusals, having } from "./corrupt.ts";

const good = {
  image: { files: 7, bytes: 1_400_000 },
  mirrorImage: { files: 5, bytes: 860_000 },
  ...{ filesCompared: 40, areBuildsEqual: true, sbomComponents: 25, mirrorSbomComponents: 20 },
  ...{ bases: 5, unpinnedBases: 0 },
  notChecked: ["layers"],
};

test("every figure is needed, and none may be null, empty or of another type", () => {
  expectRefusals(judgeImage, good);
});

test.each([
  ["image.files", 40],
  ["image.bytes", 0],
  ["mirrorImage.bytes", 9_000_000],
  ["filesCompared", 1],
  ["areBuildsEqual", false],
  ["sbomComponents", 0],
  ["mirrorSbomComponents", 1],
  ["bases", 0],
  ["unpinnedBases", 1],
])("%s must not be %s", (path, value) => {
  expect(judgeImage({ stdout: having(good, path, value) })).toContain(path);
});
