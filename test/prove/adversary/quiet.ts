import { versionsOf, works } from "./condition.ts";
import type { Run } from "./finished.ts";
import { letGo } from "./owner.ts";

const BETWEEN_MS = 15 * 60_000;

/** What ended with an older value that works needs a first one to end that, and rotates with the second. */
const MAX_ROTATIONS = 2;

/** Without the attacker a value that the history did not know becomes CURRENT and works: in the run itself, or by a further rotation. */
export async function rotates(run: Run): Promise<boolean> {
  const { world, prepared } = run;
  const known = new Set(prepared.state.vault.secrets[prepared.secretIds.S]?.versions.map(({ content }) => content));
  const isRotated = () => {
    const current = versionsOf(run).find(({ stage }) => stage === "CURRENT");
    return current !== undefined && !known.has(current.content) && works(run, current);
  };
  for (let left = MAX_ROTATIONS; left > 0 && !isRotated(); left--) {
    await world.clock.sleep(BETWEEN_MS);
    await letGo(run);
    await world.startProcess().call({ secretId: world.setup.secretId });
  }
  return isRotated();
}
