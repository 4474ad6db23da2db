import { describe, expect, it } from "vitest";
import { faultKinds } from "../../src/emulator/core/faults.ts";
import { pairs, singles } from "../prove/mirror/enumerate.ts";
import { countMirror, mergeMirror, noMirrorFigures } from "../prove/mirror/figures.ts";
import { type MirrorSchedule, runMirror } from "../prove/mirror/schedule.ts";
import { mirrorScheduleId, parseMirrorSchedule } from "../prove/mirror/schedule-id.ts";
import { mirrorTraceText } from "../prove/mirror/trace.ts";
import { mirrorFailuresOf } from "../prove/report.ts";

const fault = { call: "write-pending", kind: "answer-lost", occurrence: 2 } as const;
const second = { call: "promote", kind: "killed-before", occurrence: 1 } as const;
const torn: MirrorSchedule = { start: "all-changed", faults: [], reading: "current" };

describe("A schedule of the mirror", () => {
  it.each<[string, MirrorSchedule]>([
    ["mirror/nothing-stored/-", { start: "nothing-stored", faults: [] }],
    ["mirror/all-changed/write-pending:answer-lost:2", { start: "all-changed", faults: [fault] }],
    [
      "mirror/all-changed/write-pending:answer-lost:2+promote:killed-before:1",
      { start: "all-changed", faults: [fault, second] },
    ],
    ["mirror/all-changed/write-pending:answer-lost:2/twice", { start: "all-changed", faults: [fault], isTwice: true }],
    ["mirror/credentials-changed/-/frozen-7", { start: "credentials-changed", faults: [], frozenAt: 7 }],
  ])("goes by the id %s, and is read back from it", (id, schedule) => {
    expect(mirrorScheduleId(schedule)).toBe(id);
    expect(parseMirrorSchedule(id)).toEqual(schedule);
  });

  it.each([
    ["mirror/somewhere/-", 'unknown start "somewhere"'],
    ["mirror/all-changed", "mirror/start/faults"],
    ["mirror/all-changed/-/twice/again", "mirror/start/faults"],
    ["mirror/all-changed/-/thrice", 'unknown "thrice"'],
    ["mirror/all-changed/regenerate:vanished:1", 'unknown kind "vanished"'],
  ])("is not read from %s", (id, message) => {
    expect(() => parseMirrorSchedule(id)).toThrow(message);
  });

  it("is told as requests in order, with what struck them", async () => {
    const schedule = parseMirrorSchedule("mirror/all-changed/fetch-credentials:answer-lost:1");
    const text = mirrorTraceText(schedule, await runMirror(schedule));
    expect(text).toMatch(/fetch-credentials {2}\d{3} {2}<- answer-lost/);
    expect(text).toMatch(/no violation$/);
  });

  it("has second faults in the call that makes good what the first one left, too", async () => {
    const all = await singles("nothing-stored");
    expect(all.length % faultKinds.length).toBe(0);
    const killed = all.find(({ faults: [{ kind }] }) => kind === "killed-before");
    expect(killed).toBeDefined();
    if (killed === undefined) return;
    const seconds = await pairs(killed);
    expect(seconds.length).toBeGreaterThan(0);
    const last = seconds.at(-1) as MirrorSchedule;
    expect(await runMirror(last)).toMatchObject({ struck: 2, problems: [] });
  });
});

describe("The mirror's figures", () => {
  it("count a torn set, and say how to see it again", async () => {
    const figures = noMirrorFigures();
    countMirror(figures, "singles", torn, await runMirror(torn));
    const sum = noMirrorFigures();
    mergeMirror(sum, figures);
    mergeMirror(sum, figures);
    expect(sum).toMatchObject({ singles: 2, failed: 2, pairs: 0 });
    expect(sum.findings.map(({ id }) => id)).toEqual(["mirror/all-changed/-", "mirror/all-changed/-"]);
  });

  it("fail a run in which something failed, nothing was tried, or the control saw nothing", () => {
    const good = { ...noMirrorFigures(), singles: 1, controlTorn: 1, quiet: 1, quietMirrored: 1 };
    expect(mirrorFailuresOf(good)).toEqual([]);
    expect(mirrorFailuresOf(null)).toEqual([]);
    expect(mirrorFailuresOf({ ...good, quietMirrored: 0 })).toHaveLength(1);
    expect(mirrorFailuresOf({ ...good, failed: 3 })).toEqual(["the mirror failed in 3 schedules and must in none"]);
    expect(mirrorFailuresOf({ ...good, singles: 0 })).toEqual(["the mirror was tried with no fault"]);
    expect(mirrorFailuresOf({ ...good, controlTorn: 0 })[0]).toContain("the mirror's checker proves nothing");
  });
});
