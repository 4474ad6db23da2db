import { describe, expect, test } from "vitest";
import { HELP, parseOptions } from "../../../src/prove/options.ts";

describe("npm run prove", () => {
  test("without options tries all single faults", () => {
    expect(parseOptions([]).half).toBeNull();
  });

  test("tries one half of the single faults of OCI IAM, or the other", () => {
    expect(parseOptions(["--half-of-singles", "734ef9c1"]).half).toEqual({ seed: "734ef9c1", isOther: false });
    expect(parseOptions(["--half-of-singles", "734ef9c1", "--other-half"]).half).toEqual({
      seed: "734ef9c1",
      isOther: true,
    });
  });

  test.each([
    ["--kills"],
    ["--command-only"],
    ["--mirror-only"],
    ["--adversary"],
    ["--sabotage"],
    ["--walks-only"],
    ["--combination", "none"],
    ["--issuer", "uaa"],
    ["--reproduce", "walk/1"],
  ])("refuses a half of a part: %s", (...narrow) => {
    expect(() => parseOptions(["--half-of-singles", "1", ...narrow])).toThrow(`Next: leave out ${narrow[0]}`);
  });

  test("plants all bugs, or one by its name, and takes a name nowhere else", () => {
    expect(parseOptions([]).sabotage).toBeNull();
    expect(parseOptions(["--sabotage", "--json"]).sabotage).toEqual({ name: null });
    expect(parseOptions(["--sabotage", "paused-for-ever"]).sabotage).toEqual({ name: "paused-for-ever" });
    expect(() => parseOptions(["paused-for-ever"])).toThrow('"paused-for-ever" belongs to no option');
    expect(() => parseOptions(["--sabotage", "one", "two"])).toThrow('"two" belongs to no option');
  });

  test("tells of every option", () => {
    for (const option of ["--half-of-singles", "--other-half", "--adversary", "--sabotage"])
      expect(HELP).toContain(option);
  });
});
