import { fittingDays, LATE_MS } from "../inventory/ends-first.ts";
import { checkDates, lifeOf } from "./dates.ts";
import type { Facts } from "./facts.ts";
import { type Finding, known, ok, problem, warning } from "./finding.ts";
import type { SecretFacts } from "./secret-facts.ts";

const DEFAULT_DAYS = 30;

function scheduleLine(secretId: string, functionId: string, days: number): string {
  const config = {
    targetSystemDetails: { targetSystemType: "FUNCTION", functionId },
    isScheduledRotationEnabled: true,
    rotationInterval: `P${days}D`,
  };
  return `oci vault secret update --secret-id ${secretId} --force --rotation-config '${JSON.stringify(config)}'`;
}

/** The state of the secret itself. */
export function checkSecret({ secret, secretId }: Facts, now: number): Finding[] {
  const facts = known(secret);
  if (facts === null || secretId === null) return [];
  const findings: Finding[] = [];
  if (facts.isReplica) {
    const what = "the secret is a replica, which cannot be written";
    findings.push(problem("secret", what, "rotate the secret in its source region"));
  }
  if (facts.lifecycle !== "ACTIVE" && facts.lifecycle !== "UPDATING") {
    const cancel =
      facts.lifecycle === "PENDING_DELETION"
        ? `oci vault secret cancel-secret-deletion --secret-id ${secretId}`
        : "look at the secret in the console";
    findings.push(problem("secret", `the secret is ${facts.lifecycle}, and only an ACTIVE one can be rotated`, cancel));
  }
  if (facts.isBlockedOnExpiry) {
    const ended = facts.expiresAt !== null && facts.expiresAt <= now;
    const rule = "the secret's expiry rule blocks retrieval";
    const mend = `oci vault secret update --secret-id ${secretId} --force --secret-rules '[]'`;
    findings.push(
      ended
        ? problem("secret", `${rule}, and CURRENT has expired: it cannot be read, and so not rotated`, mend)
        : warning("secret", `${rule}: once CURRENT expires it can no longer be rotated`, mend),
    );
  }
  return findings.length === 0 ? [ok("secret", `the secret is ${facts.lifecycle} and may be written`)] : findings;
}

function enabledSchedule(secretId: string, { rotation }: SecretFacts, functionId: string, now: number): Finding {
  const { intervalDays, nextAt, status } = rotation;
  const line = scheduleLine(secretId, functionId, intervalDays ?? DEFAULT_DAYS);
  if (intervalDays === null) return problem("schedule", "the schedule is on but has no interval", line);
  if (status === "NOT_ENABLED") {
    return problem("schedule", "the schedule is set but Vault says NOT_ENABLED, as after a cancelled rotation", line);
  }
  if (nextAt === null) return warning("schedule", "the schedule is on, but Vault names no next rotation", line);
  const next = new Date(nextAt).toISOString();
  if (now - nextAt > LATE_MS && status !== "IN_PROGRESS") {
    return problem("schedule", `the next rotation was due on ${next} and has not begun`, line);
  }
  return ok("schedule", `Vault rotates it every ${intervalDays} days, next on ${next}`);
}

/** Vault's rotation schedule: absent, incomplete, with a wrong target, or overdue. */
export function checkSchedule(all: Facts, expiresAt: number | null, now: number): Finding[] {
  const { secret, secretId, functionId } = all;
  const facts = known(secret);
  if (facts === null || secretId === null) return [];
  const { rotation } = facts;
  // A line that is pasted may not set an interval that the value does not live for.
  const lifeMs = lifeOf(all, expiresAt);
  const most = lifeMs === null ? null : fittingDays(lifeMs);
  const days = Math.min(rotation.intervalDays ?? DEFAULT_DAYS, most ?? Number.POSITIVE_INFINITY);
  const line = scheduleLine(secretId, functionId ?? "<function>", days);
  if (rotation.targetType === null) {
    return [warning("schedule", "Vault never rotates this secret: it has no rotation configuration", line)];
  }
  if (rotation.targetType !== "FUNCTION" || rotation.functionId === null) {
    return [problem("schedule", `the rotation targets ${rotation.targetType}, not a function`, line)];
  }
  if (functionId !== null && rotation.functionId !== functionId) {
    return [problem("schedule", `the rotation targets another function, ${rotation.functionId}`, line)];
  }
  if (!rotation.isScheduled) {
    const what = "the rotation has a function but its schedule is off, as a cancelled rotation also leaves it";
    return [warning("schedule", what, line)];
  }
  return [enabledSchedule(secretId, facts, rotation.functionId, now), ...checkDates(all, expiresAt, now)];
}
