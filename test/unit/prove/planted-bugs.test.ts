import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { patched } from "../../prove/sabotage/patches.ts";
import { plantedBug, plantedBugs } from "../../prove/sabotage/planted/index.ts";
import { missedText, sabotageFailuresOf, sabotageReportOf, sabotageText } from "../../prove/sabotage/report.ts";

describe.each(plantedBugs.map((bug) => [bug.name, bug] as const))("the planted bug %s", (_, { patches }) => {
  it("finds its places in the code, each once, and changes them", () => {
    const files = new Map<string, string>();
    for (const patch of patches) {
      const source =
        files.get(patch.file) ?? readFileSync(new URL(`../../../src/${patch.file}`, import.meta.url), "utf8");
      const changed = patched(source, patch);
      expect(changed).not.toBe(source);
      files.set(patch.file, changed);
    }
    expect(files.size).toBeGreaterThan(0);
  });
});

describe("the planted bugs", () => {
  it("have names of their own, in lower case", () => {
    const names = plantedBugs.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)+$/);
  });

  it("differ from one another in what they change", () => {
    const changes = plantedBugs.map(({ patches }) => JSON.stringify(patches));
    expect(new Set(changes).size).toBe(changes.length);
  });

  it("lie in the product, not in what judges it", () => {
    const files = plantedBugs.flatMap(({ patches }) => patches.map(({ file }) => file));
    expect(files.filter((file) => /^(emulator\/|\.)/.test(file))).toEqual([]);
  });

  it("are caught by reasons that an empty or another judgement does not give", () => {
    for (const { reason } of plantedBugs) {
      expect(reason.test("")).toBe(false);
      expect(reason.test("not converged: CURRENT logs in, PENDING credentials: 3")).toBe(false);
    }
  });

  it("are found by name, and an unknown one is answered with those that there are", () => {
    const [first] = plantedBugs;
    expect(plantedBug(first?.name ?? "")).toBe(first);
    expect(() => plantedBug("none-such")).toThrow(`Next: use one of ${first?.name}, `);
  });
});

describe("what is said of a planted bug", () => {
  const caught = {
    ...{ name: "a-bug", what: "it does wrong", unit: "read-back/whole/heal-later/-/-" },
    ...{ without: [], with: ["lost: it is gone"], failure: null, isCaught: true },
  };
  const passes = { ...caught, with: [], isCaught: false };

  it("where it is caught: what the judge said without it and with it", () => {
    expect(missedText(caught)).toBeNull();
    expect(sabotageText(caught)).toBe(
      [
        "caught  a-bug: it does wrong",
        "    unit     read-back/whole/heal-later/-/-",
        "    without  no violation",
        "    with     lost: it is gone",
      ].join("\n"),
    );
  });

  it.each([
    ["the unit passes with it", passes, "is not caught by read-back/whole/heal-later/-/-: the unit passes"],
    ["the judge names another fault", { ...passes, with: ["leak"] }, "for another reason: leak"],
    ["the unit fails without it", { ...passes, without: ["lost"] }, "fails without the planted bug a-bug: lost"],
    ["its patch is out of step", { ...passes, failure: "finds its text 0 times" }, "finds its text 0 times"],
  ])("where %s: that it is missed, and why", (_, result, why) => {
    expect(missedText(result)).toContain(why);
    expect(sabotageText(result)).toContain("NOT CAUGHT");
  });

  it("in figures: fewer caught than planted, or none planted, is a failure", () => {
    expect(sabotageReportOf([caught, passes])).toEqual({ planted: 2, caught: 1 });
    expect(sabotageFailuresOf({ planted: 2, caught: 2 })).toEqual([]);
    expect(sabotageFailuresOf({ planted: 2, caught: 1 })).toEqual(["1 of 2 planted bugs are not caught"]);
    expect(sabotageFailuresOf({ planted: 0, caught: 0 })).toEqual([
      "no bug was planted: the proof shows nothing of itself",
    ]);
  });
});
