import * as fc from "fast-check";
import { DAY_MS, MINUTE_MS } from "../../src/base/durations.ts";
import { faultKinds } from "../../src/emulator/core/faults.ts";
import { allCombinations, combinationId, hasWayBack } from "./combinations.ts";
import { type CallFault, flows } from "./schedule.ts";
import type { Flow } from "./types.ts";

/** Two containers of the function at most are alive at once. */
export type Slot = 0 | 1;

/** What goes wrong while a process acts; requests are counted from 0 at the start of the act. */
export interface Trouble {
  readonly faults: readonly CallFault[];
  /** The process stands still before a request. */
  readonly freeze: { readonly at: number; readonly ms: number } | null;
  /** Its clock jumps before a request, to this distance from the servers' clock. */
  readonly clockJump: { readonly at: number; readonly ms: number } | null;
  /** The platform's deadline. */
  readonly seconds: number;
  /** The walk goes on so much later although the act is not done; null: when it is done. */
  readonly overlapMs: number | null;
}

/** How the services behave from here on. */
export const weathers = [
  "calm",
  "updating-slow",
  "updating-too-slow",
  "secret-late",
  "secret-flickers",
  "slow",
  "lag",
  "old-stays-old",
] as const;
export type Weather = (typeof weathers)[number];

/** Which number UPDATE and PROMOTE are given: what the last step answered, none, or this one. */
export type GivenNo = "answered" | null | number;

export type Command =
  | { readonly do: "rotate"; readonly slot: Slot; readonly flow: Flow; readonly trouble: Trouble }
  | { readonly do: "step"; readonly slot: Slot; readonly step: number; readonly no: GivenNo; readonly trouble: Trouble }
  | { readonly do: "heal" | "rollback" | "check"; readonly slot: Slot; readonly trouble: Trouble }
  | { readonly do: "restart"; readonly slot: Slot }
  | { readonly do: "set-clock"; readonly slot: Slot; readonly ms: number }
  | { readonly do: "wait"; readonly ms: number }
  | { readonly do: "weather"; readonly weather: Weather }
  | { readonly do: "operator-promotes" | "operator-deletes"; readonly pick: number }
  | { readonly do: "operator-rolls-back" | "operator-writes-wrong" }
  | { readonly do: "operator-regenerates"; readonly storesAfterMs: number };

/** A history: commands one after the other in one world. */
export interface Walk {
  readonly combination: string;
  readonly flow: Flow;
  readonly commands: readonly Command[];
}

/** Begins what `--reproduce` takes for a walk. */
export const WALK_ID = "walk/";

/** A little more than the requests of the longest rotation without faults. */
const MAX_AT = 24;
export const PLATFORM_SECONDS = 300;
const MAX_COMMANDS = 16;
/** One walk in this many has no way back. */
const WITH_WAY_BACK = 9;

const at = fc.nat({ max: MAX_AT });
const slot = fc.constantFrom<Slot>(0, 1);
// Simple values first: it is towards them that a failing walk shrinks.
const fault: fc.Arbitrary<CallFault> = fc
  .record({ at, kind: fc.constantFrom(...faultKinds), isSoon: fc.boolean() })
  .map(({ at: place, kind, isSoon }) =>
    isSoon && kind === "lands-late" ? { at: place, kind, isSoon } : { at: place, kind },
  );
/** OCI refuses signatures that are off by more than five minutes. */
const clockError = fc.constantFrom(0, 5_000, -5_000, 60_000, -60_000, 290_000, -290_000);

const trouble: fc.Arbitrary<Trouble> = fc.record({
  faults: fc.oneof(
    { weight: 4, arbitrary: fc.constant([]) },
    { weight: 6, arbitrary: fc.array(fault, { minLength: 1, maxLength: 1 }) },
    { weight: 2, arbitrary: fc.array(fault, { minLength: 2, maxLength: 2 }) },
  ),
  freeze: fc.oneof(
    { weight: 9, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: fc.record({ at, ms: fc.constantFrom(8_000, 70_000, 200_000) }) },
  ),
  clockJump: fc.oneof(
    { weight: 12, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: fc.record({ at, ms: clockError }) },
  ),
  seconds: fc.oneof(
    { weight: 9, arbitrary: fc.constant(PLATFORM_SECONDS) },
    { weight: 1, arbitrary: fc.constantFrom(120, 60, 30, 10) },
  ),
  overlapMs: fc.oneof(
    { weight: 3, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: fc.constantFrom(30, 75, 120, 160, 1_000, 10_000, 60_000, 160_000) },
  ),
});

const givenNo: fc.Arbitrary<GivenNo> = fc.oneof(
  { weight: 5, arbitrary: fc.constant("answered" as const) },
  { weight: 2, arbitrary: fc.constant(null) },
  { weight: 3, arbitrary: fc.integer({ min: 1, max: 12 }) },
);

const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 12, arbitrary: fc.record({ do: fc.constant("rotate"), slot, flow: fc.constantFrom(...flows), trouble }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant("heal"), slot, trouble }) },
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant("step"), slot, step: fc.nat({ max: 3 }), no: givenNo, trouble }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom("rollback", "check"), slot, trouble }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("restart"), slot }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("set-clock"), slot, ms: clockError }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("wait"),
      ms: fc.constantFrom(
        5_000,
        MINUTE_MS,
        3 * MINUTE_MS,
        20 * MINUTE_MS,
        90 * MINUTE_MS,
        DAY_MS,
        3 * DAY_MS,
        30 * DAY_MS,
      ),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("weather"), weather: fc.constantFrom(...weathers) }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constantFrom("operator-promotes", "operator-deletes"), pick: fc.nat({ max: 30 }) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constantFrom("operator-rolls-back", "operator-writes-wrong") }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("operator-regenerates"),
      storesAfterMs: fc.constantFrom(0, 30_000, 5 * MINUTE_MS),
    }),
  },
);

const idsOf = (wayBack: boolean) =>
  allCombinations.filter((combination) => hasWayBack(combination) === wayBack).map(combinationId);

/** Every walk; about one in ten in a combination without any way back. */
export const walks: fc.Arbitrary<Walk> = fc.record({
  combination: fc.oneof(
    { weight: WITH_WAY_BACK, arbitrary: fc.constantFrom(...idsOf(true)) },
    { weight: 1, arbitrary: fc.constantFrom(...idsOf(false)) },
  ),
  flow: fc.constantFrom(...flows),
  commands: fc.array(command, { maxLength: MAX_COMMANDS, size: "max" }),
});
