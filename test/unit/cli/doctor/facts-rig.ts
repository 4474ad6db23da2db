import { RotationError } from "../../../../src/base/errors.ts";
import { parseSettings, type Settings } from "../../../../src/base/settings/settings.ts";
import { problemOf } from "../../../../src/cli/cli-error.ts";
import type { Facts } from "../../../../src/cli/doctor/facts.ts";
import type { Finding } from "../../../../src/cli/doctor/finding.ts";

/** Of a function with default settings, and no secret. */
export const facts = (more: Partial<Facts> = {}): Facts => ({
  ...{ secretId: null, secret: null, versions: null, current: null, functionId: null, fn: null, application: null },
  ...{ settingsFrom: "function", environment: {}, settings: { value: parseSettings({}) }, healed: [], ...more },
});

/** A read that failed. */
export const unread = (next = "ask") => ({
  failure: problemOf(new RotationError("VAULT_FORBIDDEN", "you may not", next)),
});

export const settingsOf = (environment: Readonly<Record<string, string>>): Settings => parseSettings(environment);

/** Level, sentence and what mends it. */
export const told = (findings: readonly Finding[]): readonly (readonly string[])[] =>
  findings.map(({ level, what, mend }) => [level, what, ...mend]);
