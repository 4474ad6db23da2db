import { expect } from "vitest";
import { type CliOptions, type CliWorld, expectOnlyReads } from "../../../support/cli.ts";

export interface Finding {
  readonly area: string;
  readonly level: string;
  readonly what: string;
  readonly mend: readonly string[];
}

/**
 * A secret as docs/deploying.md leaves it: a function of the right size, a schedule, an address that secrets may go to.
 * @param change of its settings; null: not set
 */
export function deployed(w: CliWorld, change: Readonly<Record<string, string | null>> = {}, more: object = {}): string {
  const settings: Readonly<Record<string, string | null>> = {
    OROT_ISSUER_ORIGINS: `https://idcs-${"0".repeat(32)}.identity.oraclecloud.com`,
    OROT_HEAL_COMPARTMENT_IDS: w.emulator.admin.secret(w.secretId).compartmentId,
    ...change,
  };
  const config = Object.fromEntries(
    Object.entries(settings).flatMap(([name, value]) => (value === null ? [] : [[name, value]])),
  );
  const functionId = w.emulator.admin.createFunction({ config, ...more });
  const secret = w.emulator.admin.secret(w.secretId);
  secret.rotationConfig = {
    targetSystemDetails: { targetSystemType: "FUNCTION", functionId },
    isScheduledRotationEnabled: true,
    rotationInterval: "P30D",
  };
  secret.nextRotationAt = w.clock.now() + 86_400_000;
  secret.lastRotationAt = w.clock.now() - 86_400_000;
  return functionId;
}

export async function diagnose(w: CliWorld, given: CliOptions = {}, ...args: readonly string[]) {
  const run = await w.runWith(given, "doctor", ...args, "--json");
  expectOnlyReads(run);
  return { run, findings: run.json()["findings"] as readonly Finding[] };
}

export function those(findings: readonly Finding[], area: string, level: string): string[] {
  return findings.filter((one) => one.area === area && one.level === level).map(({ what }) => what);
}

export function mendOf(findings: readonly Finding[], what: RegExp): readonly string[] {
  const found = findings.find((one) => what.test(one.what));
  expect(found?.what, `a finding like ${what}`).toMatch(what);
  return found?.mend ?? [];
}

export const problems = (findings: readonly Finding[]) => findings.filter(({ level }) => level === "problem");
