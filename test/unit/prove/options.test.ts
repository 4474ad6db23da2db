import { describe, expect, test } from "vitest";
import { HELP, parseOptions } from "../../prove/options.ts";

describe("npm run prove", () => {
  test("without options tries all single faults", () => {
    expect(parseOptions([]).part).toBeNull();
  });

  test("tries a part of them", () => {
    expect(parseOptions(["--part-of-singles", "734ef9c1/20"]).part).toEqual({ seed: "734ef9c1", of: 20 });
  });

  test.each([
    ["--kills"],
    ["--upgrades"],
    ["--command-only"],
    ["--mirror-only"],
    ["--adversary"],
    ["--sabotage"],
    ["--walks-only"],
    ["--combination", "none"],
    ["--issuer", "uaa"],
    ["--reproduce", "walk/1"],
  ])("refuses a part where nothing but a part of a run is: %s", (...narrow) => {
    expect(() => parseOptions(["--part-of-singles", "1/2", ...narrow])).toThrow(`Next: leave out ${narrow[0]}`);
  });

  test("plants all bugs, or one by its name, and takes a name nowhere else", () => {
    expect(parseOptions([]).sabotage).toBeNull();
    expect(parseOptions(["--sabotage", "--json"]).sabotage).toEqual({ name: null });
    expect(parseOptions(["--sabotage", "paused-for-ever"]).sabotage).toEqual({ name: "paused-for-ever" });
    expect(() => parseOptions(["paused-for-ever"])).toThrow('"paused-for-ever" belongs to no option');
    expect(() => parseOptions(["--sabotage", "one", "two"])).toThrow('"two" belongs to no option');
  });

  test("tells of every option", () => {
    for (const option of ["--part-of-singles", "--adversary", "--sabotage", "--upgrades"])
      expect(HELP).toContain(option);
  });
});
