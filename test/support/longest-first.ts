import { BaseSequencer, type TestSpecification } from "vitest/node";

/**
 * End-to-end tests wait for their processes; meanwhile the other tests use the cores. A thread keeps its modules as
 * long as the project stays the same, and a project has the first two folders, or the last two.
 */
export const FOLDERS = ["e2e", "contract", "model", "unit"];

/** Files that run for seconds. Started last, each would prolong the run. */
export const LONG = [
  "e2e/demo",
  "e2e/function-deadline",
  "e2e/function-network",
  "e2e/emulator-command",
  "e2e/function-mirror",
  "e2e/function-faults",
  "e2e/cold-start",
  "e2e/function-rotation",
  "e2e/function-settings",
  "contract/emulator-command.contract",
  "contract/live-world.contract",
  "model/mirror",
  "model/prove-rerun",
  "model/prove-sabotage",
  "model/prove",
  "model/walks",
  "model/reference-model",
  "unit/rotation/actions/heal-rounds",
  "unit/cli/commands/rotate-all-due",
  "unit/scripts/options",
  "unit/cli/commands/rotate-due-dates",
  "unit/cli/commands/rotate-due-once",
  "unit/cli/commands/probe",
  "unit/server-text",
];

/** What places a file in the run. */
interface Placed {
  readonly moduleId: string;
}

/** A file that is not named comes after those of its folder that are. */
function placeOf({ moduleId }: Placed): number {
  const place = LONG.findIndex((name) => moduleId.endsWith(`/test/${name}.test.ts`));
  const folder = FOLDERS.findIndex((name) => moduleId.includes(`/test/${name}/`));
  return folder * (LONG.length + 1) + (place < 0 ? LONG.length : place);
}

export const inOrder = (a: Placed, b: Placed) => placeOf(a) - placeOf(b);

/** vitest knows how long a file took, but not in a fresh checkout; and it would run the projects by name. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).toSorted(inOrder);
  }
}
