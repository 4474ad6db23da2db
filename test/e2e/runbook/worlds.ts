/** What the drills' worlds have in common: a deployed function that rotates, and an issuer whose console somebody uses. */
import { expect } from "vitest";
import type { CliWorld } from "../../support/cli.ts";
import { regenerateByHand, scheduleRotation } from "../../support/outside-changes.ts";

const CONSOLE_VALUE = "made-in-the-console";
export const REGENERATE = "in the issuer's console, regenerate this client's secret, and keep the page open.";
/** What the page calls `$SECRET`. */
export const theSecret = (w: CliWorld) => ({ SECRET: w.secretId });

/** Deploys the function of this world, which rotates the world's secret. */
export function rotatedByFunction(w: CliWorld): string {
  const functionId = w.deploy();
  scheduleRotation(w, functionId, 30);
  return functionId;
}

/** So many rotations, hours apart. */
export async function rotated(w: CliWorld, times: number): Promise<void> {
  for (let time = 0; time < times; time += 1) {
    expect(await w.rotate()).toMatchObject({ responseCode: 200 });
    await w.clock.sleep(6 * 3_600_000);
  }
}

export const usesConsole = (w: CliWorld) => regenerateByHand(w, CONSOLE_VALUE);
/** The file that a reader edits, with the value from the console in it. */
export function withConsoleValue(w: CliWorld, before: string): string {
  w.canary.add(CONSOLE_VALUE);
  return JSON.stringify({ ...JSON.parse(before), appSecret: CONSOLE_VALUE });
}
