import { describe, expect, test } from "vitest";
import { HELP, parseOptions } from "../../../src/prove/options.ts";

describe("npm run prove", () => {
  test("without options tries all single faults", () => {
    expect(parseOptions([]).part).toBeNull();
  });

  test("tries a part of them", () => {
    expect(parseOptions(["--part-of-singles", "734ef9c1/20"]).part).toEqual({ seed: "734ef9c1", of: 20 });
  });

  test.each([
    ["--kills"],
    ["--command-only"],
    ["--mirror-only"],
    ["--adversary"],
    ["--walks-only"],
    ["--combination", "none"],
    ["--issuer", "uaa"],
    ["--reproduce", "walk/1"],
  ])("refuses a part where nothing but a part of a run is: %s", (...narrow) => {
    expect(() => parseOptions(["--part-of-singles", "1/2", ...narrow])).toThrow(`Next: leave out ${narrow[0]}`);
  });

  test("tells of every option", () => {
    for (const option of ["--part-of-singles", "--adversary"]) expect(HELP).toContain(option);
  });
});
