import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { controls } from "../../prove/adversary/controls.ts";
import { adversaryScheduleId, parseAdversarySchedule } from "../../prove/adversary/schedule.ts";
import { patched } from "../../prove/sabotage/patches.ts";

describe.each(Object.entries(controls))("the control %s", (_, { patches, schedules }) => {
  it("finds its place in the code, once, and changes it", () => {
    for (const patch of patches) {
      const source = readFileSync(new URL(`../../../src/${patch.file}`, import.meta.url), "utf8");
      expect(patched(source, patch)).not.toBe(source);
    }
    expect(patches.length).toBeGreaterThan(0);
  });

  it("names schedules that there are", () => {
    for (const id of schedules) expect(adversaryScheduleId(parseAdversarySchedule(id))).toBe(id);
    expect(schedules.length).toBeGreaterThan(0);
  });
});
