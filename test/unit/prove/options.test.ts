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
    ["--walks-only"],
    ["--combination", "none"],
    ["--issuer", "uaa"],
    ["--reproduce", "walk/1"],
  ])("refuses a half of a part: %s", (...narrow) => {
    expect(() => parseOptions(["--half-of-singles", "1", ...narrow])).toThrow(`Next: leave out ${narrow[0]}`);
  });

  test("tells of every option", () => {
    for (const option of ["--half-of-singles", "--other-half", "--adversary"]) expect(HELP).toContain(option);
  });
});
