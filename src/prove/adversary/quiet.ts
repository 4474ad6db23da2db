import { versionsOf, works } from "./condition.ts";
import type { Run } from "./run.ts";

const BETWEEN_MS = 15 * 60_000;

/** Without the attacker a further rotation, after all has ended, brings a new value that works. */
export async function rotatesAfter(run: Run): Promise<boolean> {
  const { world, watch } = run;
  await world.clock.sleep(BETWEEN_MS);
  const before = new Set(watch.seen("S"));
  const { end } = await world.startProcess().call({ secretId: world.setup.secretId });
  const current = versionsOf(run).find(({ stage }) => stage === "CURRENT");
  const isNew = [...watch.seen("S")].some((value) => !before.has(value));
  const isOk = end?.kind === "answered" && end.answer.responseCode === 200;
  return isOk && isNew && current !== undefined && works(run, current);
}
