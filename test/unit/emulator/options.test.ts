import { describe, expect, it } from "vitest";
import { createSwitches, parseSwitch, switchTable } from "../../../src/emulator/core/switches.ts";
import { helpText, readOptions } from "../../../src/emulator/options.ts";

describe("the emulator's command line", () => {
  it("takes switches and faults several times", () => {
    const options = readOptions([
      "--switch",
      "updating-ms=5",
      "--switch",
      "deny=get-secret,promote",
      "--fault",
      "promote:refused",
    ]);
    expect(options.switches).toEqual({ "updating-ms": 5, deny: ["get-secret", "promote"] });
    expect(options.faults).toEqual([{ call: "promote", kind: "refused" }]);
    expect(options.port).toBeUndefined();
  });

  it("takes how many secrets to make, up to what a tenancy may hold", () => {
    expect(readOptions([]).secrets).toBe(0);
    expect(readOptions(["--secrets", "5000"]).secrets).toBe(5_000);
    expect(helpText()).toContain("--secrets <n>");
  });

  it.each([
    ["--secrets", "5001"],
    ["--secrets", "-1"],
    ["--port", "x"],
    ["--port", "70000"],
    ["--fault", "x"],
    ["--switch", "if-match=maybe"],
    ["--unknown"],
    ["stray"],
  ])("refuses %s %s", (...args) => {
    expect(() => readOptions(args)).toThrow();
  });

  it("lists every switch with what it takes in its help", () => {
    const help = helpText();
    for (const [name, { takes, does }] of Object.entries(switchTable)) {
      expect(help).toContain(`${name}=${takes}`);
      expect(help).toContain(does);
    }
  });
});

describe("a switch", () => {
  it("is read as its type says", () => {
    expect(parseSwitch("old-secret-dies=at-once")).toEqual({ "old-secret-dies": "at-once" });
    expect(parseSwitch("old-secret-dies=250")).toEqual({ "old-secret-dies": 250 });
    expect(parseSwitch("second-pending=refuses")).toEqual({ "second-pending": "refuses" });
  });

  it.each(["updating-ms=-1", "updating-ms=", "updating-ms", "second-pending=other", "old-secret-dies=soon"])(
    "refuses %s and says what it takes",
    (text) => {
      expect(() => parseSwitch(text)).toThrow("takes");
    },
  );

  it("keeps its default unless it is changed, and one emulator's switches are not another's", () => {
    const one = createSwitches({ "page-size": 2 });
    one["updating-ms"] = 7;
    expect(createSwitches()).toMatchObject({ "page-size": 100, "updating-ms": 0, "if-match": "honoured" });
  });
});
