import { type CallName, callNames } from "../../../src/emulator/core/call-names.ts";
import { faultKinds } from "../../../src/emulator/core/faults.ts";
import { check, type Judgement } from "../checker.ts";
import { combinationId } from "../combinations.ts";
import type { History } from "../history.ts";
import { judgeLiveness } from "../liveness.ts";
import { type CallFault, parseSchedule, type RunFault, runFaultKinds, type Schedule } from "../schedule.ts";
import { openRun } from "../unit.ts";

/** The product as it is knows all of it; a bug must not narrow what is asked of it. */
const support = { heal: true, authority: true, requireWayBack: true };
const MAX_EXTRA_MINTS = 1;
const SOON = "-soon";

function known<T extends string>(text: string, names: readonly T[], what: string): T {
  const found = names.find((name) => name === text);
  if (found === undefined)
    throw new Error(`unknown ${what} "${text}" in a unit. Next: use one of ${names.join(", ")}.`);
  return found;
}

/** The number of the request that is the n-th of its name. */
function placeOf({ world }: History, call: CallName, occurrence: number): number {
  const places = world.emulator.requests.flatMap((record, at) => (record.call === call ? [at] : []));
  const at = places[occurrence - 1];
  if (at === undefined) throw new Error(`the unit has ${places.length} requests ${call}, and needs ${occurrence}`);
  return at;
}

/** `call:kind`, or `call:kind:occurrence`: places by name stay where they are when the product sends a request more or less. */
function callFault(text: string, history: History): CallFault {
  const [call = "", kindText = "", occurrence = "1"] = text.split(":");
  const isSoon = kindText.endsWith(SOON);
  const kind = known(isSoon ? kindText.slice(0, -SOON.length) : kindText, faultKinds, "kind of fault");
  const at = placeOf(history, known(call, callNames, "call"), Number(occurrence));
  return isSoon ? { at, kind, isSoon } : { at, kind };
}

/** `kind`, `step:kind` by the step's index, or as a fault at a call. */
function runFault(text: string, base: History): RunFault | null {
  if (text === "-") return null;
  const [first = "", kindText, occurrence = "1"] = text.split(":");
  const kind = known(kindText ?? first, runFaultKinds, "fault of the run");
  if (kindText === undefined) return { kind, at: 0 };
  return {
    kind,
    at: /^\d$/.test(first) ? Number(first) : placeOf(base, known(first, callNames, "call"), Number(occurrence)),
  };
}

/** Includes what the figures of the whole proof count separately: in each unit the product does nothing of the kind. */
function inWords(history: History, { problems, extraMints, exceptions, isFalseAlarm }: Judgement): string[] {
  const { rounds, schedule } = history;
  const isHealed = rounds === null || rounds < 2 || !schedule.recovery.startsWith("heal");
  return [
    ...problems,
    ...(schedule.run === null && schedule.faults.length === 0 ? judgeLiveness(history) : []),
    ...(isHealed ? [] : ["the heal does not make it good"]),
    ...(extraMints > MAX_EXTRA_MINTS ? [`${extraMints} extra mints`] : []),
    ...(exceptions > 0 ? ["a value became CURRENT unverified, as only the last moment allows"] : []),
    ...(isFalseAlarm ? ["a false alarm"] : []),
  ];
}

/** Runs `combination/flow/recovery/run/faults`, as `--reproduce` takes it but for its faults, whose places are named. */
async function runRotationUnit(id: string, seed: number): Promise<History> {
  const [combination = "", flow = "", recovery = "", run = "", faults = ""] = id.split("/");
  const plain: Schedule = parseSchedule(`${combination}/${flow}/${recovery}/-/-`);
  const opened = await openRun({ seed, support }, combinationId(plain.combination), plain.flow, "product");
  let schedule: Schedule = { ...plain, run: runFault(run, opened.base) };
  let history = schedule.run === null ? opened.base : await opened.run(schedule);
  // The place of each further fault depends on what the ones before it have brought about.
  for (const text of faults === "-" ? [] : faults.split("+")) {
    schedule = { ...schedule, faults: [...schedule.faults, callFault(text, history)] };
    history = await opened.run(schedule);
  }
  return history;
}

/** What is said of a rotation and what follows it. */
export async function rotationProblems(unit: string, seed: number): Promise<readonly string[]> {
  const history = await runRotationUnit(unit, seed);
  return inWords(history, check(history));
}
