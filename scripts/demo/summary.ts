import type { SeenNotifications } from "./notify.ts";
import type { SeenOverlap } from "./overlap.ts";
import type { SeenAction } from "./rig.ts";
import { type DemoResult, endedWell } from "./rotation.ts";

function action({ responseCode, returnMessage, ms }: SeenAction) {
  return { responseCode, code: returnMessage.split(":")[0], ms: Math.round(ms) };
}

function overlapMembers(overlap: SeenOverlap) {
  const { overlapSecret } = overlap;
  if (overlap.kind === "retired") return { overlapSecret, retire: action(overlap.retire) };
  const { until, expiredSecret } = overlap;
  return { overlapSecret, oldSecretUntil: until === null ? null : new Date(until).toISOString(), expiredSecret };
}

function heardMembers({ webhooks, mails }: SeenNotifications) {
  return { webhooks: webhooks.map(({ body, isVerified }) => ({ ...JSON.parse(body), verified: isVerified })), mails };
}

/** The line for scripts; the help text says what its members mean. */
export function summary(result: DemoResult): string {
  const { overlap, heal } = result;
  return JSON.stringify({
    ok: endedWell(result),
    issuer: result.issuer,
    steps: result.steps.map(({ report }) => ({
      step: report.step,
      ms: Math.round(report.ms),
      responseCode: report.responseCode,
    })),
    versions: result.versions.map(({ number, versionStages }) => ({ number, versionStages })),
    oldSecret: result.oldSecret,
    newSecret: result.newSecret,
    remoteCalls: result.remoteCalls,
    ...(overlap === null ? {} : overlapMembers(overlap)),
    ...(heal === null ? {} : { healed: endedWell(result), struck: result.hasFaultStruck, heal: action(heal) }),
    ...(result.heard === null ? {} : heardMembers(result.heard)),
  });
}
