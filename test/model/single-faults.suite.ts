import { beforeAll, describe, expect, test, vi } from "vitest";
import type { CallName } from "../../src/emulator/core/call-names.ts";
import { type Flow, type Result, type Setting, sweep } from "./sweep.ts";

export interface Expected {
  readonly title: string;
  readonly setting: Setting;
  /** Null: at every remote call. */
  readonly only: readonly CallName[] | null;
  /** Without the flow: `call:occurrence kind`. */
  readonly lost: readonly string[];
  readonly atLeast: number;
}

/** Runs every schedule with one fault of both flows, and holds the losses to those that are known. */
export function singleFaults(flow: Flow, { title, setting, only, lost, atLeast }: Expected): void {
  describe(`one fault in ${flow === "whole" ? "a whole rotation" : "the four steps"}, ${title}`, () => {
    let results: readonly Result[] = [];
    beforeAll(async () => {
      vi.spyOn(console, "warn").mockImplementation(() => undefined);
      results = await sweep(setting, flow, only);
    });

    test("every answer is well formed and in time, nothing unverified is promoted, nothing leaks", () => {
      expect(results.length).toBeGreaterThanOrEqual(atLeast);
      expect(results.filter(({ violations }) => violations.length > 0)).toEqual([]);
    });

    test("the client secret is lost only in the schedules that are known, and never before the mint", () => {
      const found = results.filter(({ isLost }) => isLost).map(({ id }) => id.slice(flow.length + 1));
      expect(found).toEqual(lost);
    });

    test("what is lost is said as LOCKED_OUT by the call after it, and nothing else ever is", () => {
      const later = new Set(results.filter(({ isLost }) => isLost).map((result) => result.later));
      expect([...later]).toEqual(lost.length === 0 ? [] : ["LOCKED_OUT 400"]);
      const said = results.filter(({ isLost, outcomes }) => !isLost && outcomes.includes("LOCKED_OUT 400"));
      expect(said).toEqual([]);
    });

    test("after every other schedule the rotation has ended well, or the next call does", () => {
      const bad = results.filter(
        ({ isLost, later }) => !isLost && later !== null && !/^(OK|ALREADY_ROTATED|NOTHING_TO_DO) 200$/.test(later),
      );
      expect(bad).toEqual([]);
    });

    test("nothing is answered INTERNAL", () => {
      expect(results.filter(({ outcomes }) => outcomes.some((outcome) => outcome.startsWith("INTERNAL")))).toEqual([]);
    });
  });
}
