import { shortOcid } from "../../src/base/log.ts";
import type { SeenVersion } from "../../src/emulator/admin.ts";
import type { Fault, FaultKind } from "../../src/emulator/core/faults.ts";
import type { RotationStep } from "../../src/emulator/vault/rotation-run.ts";
import type { SeenNotifications } from "./notify.ts";
import type { SeenOverlap } from "./overlap.ts";
import { type IssuerProfile, profiles } from "./profiles.ts";
import type { Rig, SeenAction } from "./rig.ts";
import { type DemoResult, endedWell, type SeenStep } from "./rotation.ts";
import type { SeenStage } from "./stage-log.ts";

const stepsExplained: Readonly<Record<RotationStep, (profile: IssuerProfile) => string>> = {
  VERIFY_CONNECTION: () => "does the client secret in Vault work?",
  CREATE_PENDING_VERSION: ({ creation }) => creation,
  UPDATE_TARGET_SYSTEM: () => "does the new one work?",
  PROMOTE_PENDING_VERSION: () => "make it CURRENT, the version that applications read",
};

const kindsExplained: Readonly<Record<FaultKind, string>> = {
  refused: "the connection is refused, nothing happens",
  "answer-lost": "it takes effect, and its answer never arrives",
  "lands-late": "the connection breaks, and it takes effect a little later",
  "killed-before": "the function is killed just before it is sent",
  "killed-after": "it takes effect, and the function is killed before the answer",
  "client-error": "it is answered 400",
  unauthorized: "it is answered 401",
  conflict: "it is answered 409",
  "precondition-failed": "it is answered 412",
  "rate-limited": "it is answered 429",
  "server-error-before": "it is answered 500, nothing happens",
  "server-error-after": "it takes effect, and is answered 500",
  truncated: "it takes effect, and its answer breaks off",
  "too-slow": "it takes effect, and its answer comes too late",
};

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}

function versionLine(version: SeenVersion): string {
  const stages = version.versionStages.join(", ") || "none";
  return `  ${String(version.number).padEnd(9)}${(version.name ?? "-").padEnd(10)}${stages}`;
}

function versionTable(versions: readonly SeenVersion[]): string[] {
  return ["  version  name      version stages", ...versions.map(versionLine)];
}

function shown(versions: readonly SeenVersion[]): string {
  return versions.map(({ number, versionStages }) => `${number} ${versionStages.join("+") || "none"}`).join("   ");
}

function isoSecond(at: number): string {
  return new Date(at).toISOString().replace(/\.\d+/, "");
}

function stageLine({ stage, outcome, ms }: SeenStage): string {
  return `           ${stage.padEnd(16)}${outcome.padEnd(20)}${`${ms} ms`.padStart(8)}`;
}

export function opening(
  profile: IssuerProfile,
  { url, clientId, secretId }: Pick<Rig, "url" | "clientId" | "secretId">,
  versions: readonly SeenVersion[],
  fault: Fault | null,
): string {
  const faultLines =
    fault === null ? [] : [`The fault: the first ${fault.call} goes wrong; ${kindsExplained[fault.kind]}.`, ""];
  return [
    "One OAuth client secret, rotated from end to end.",
    "",
    `  emulator     ${url}: OCI Vault, ${profile.emulated}, Vault's rotation schedule`,
    "  function     dist/function/func.js, started as OCI Functions starts it, on a unix socket",
    `  ${profile.client.padEnd(13)}${shortOcid(clientId)} at ${profile.place}`,
    `  secret       ...${shortOcid(secretId)} in OCI Vault, holding the ${profile.client}'s credential`,
    "",
    "Before the rotation:",
    ...versionTable(versions),
    "",
    ...faultLines,
    "The schedule calls the function, one step a call:",
    "",
  ].join("\n");
}

export function stepStory(profile: IssuerProfile, { report, stages, versions }: SeenStep, startedAt: number): string {
  const at = seconds(report.startedAt - startedAt).padStart(7);
  const failed = report.responseCode === 200 ? [] : [`           ${report.returnMessage}`];
  return [
    `${at}  ${report.step}: ${stepsExplained[report.step](profile)}`,
    ...stages.map(stageLine),
    `           answer ${report.responseCode ?? "none"} after ${seconds(report.ms)}; versions now: ${shown(versions)}`,
    ...failed,
    "",
  ].join("\n");
}

export function waitingStory(waitSeconds: number): string {
  return [
    "The rotation has failed, and the schedule would call again only when the secret is due. An alarm or a timer sends a heal instead.",
    `Other runs respect the interrupted run's claim for ${waitSeconds} s (in production two and a half minutes): it might still be at work.`,
    "",
  ].join("\n");
}

export function healStory(heal: SeenAction, versions: readonly SeenVersion[]): string {
  return [
    "         HEAL: look at Vault, ask the issuer, finish what was begun",
    ...heal.stages.map(stageLine),
    `           answer ${heal.responseCode || "none"} after ${seconds(heal.ms)}; versions now: ${shown(versions)}`,
    `           ${heal.returnMessage}`,
    "",
  ].join("\n");
}

function expiryStory({ until, expiredSecret }: Extract<SeenOverlap, { kind: "expires" }>): string[] {
  if (until === null) return ["           The rotation has ended the old one itself."];
  return [
    `           The old one is left to expire: it is accepted until ${isoSecond(until)}, 24 hours after the change (OROT_GRACE_HOURS).`,
    `           The emulator's clock is put past it: now the old one is ${expiredSecret}.`,
  ];
}

function retireStory({ retire, failed }: Extract<SeenOverlap, { kind: "retired" }>): string[] {
  return [
    "         RETIRE: have the issuer delete the old one, at once (OROT_GRACE_HOURS=0 instead of 24)",
    ...(failed === null
      ? []
      : [`           It fails (${failed.returnMessage}), and is sent once more a little later.`]),
    ...retire.stages.map(stageLine),
    `           answer ${retire.responseCode || "none"} after ${seconds(retire.ms)}: ${retire.returnMessage}`,
  ];
}

export function overlapStory(profile: IssuerProfile, overlap: SeenOverlap): string {
  return [
    `         OVERLAP: does the old client secret work alongside the new one? It is ${overlap.overlapSecret} at ${profile.place}.`,
    ...(overlap.kind === "retired" ? retireStory(overlap) : expiryStory(overlap)),
    "",
  ].join("\n");
}

/** Shortens OCIDs, which are too long for a line and mean nothing to a reader. */
const shortened = (text: string) => text.replace(/ocid1\.[A-Za-z0-9._-]+/g, (ocid) => `...${shortOcid(ocid)}`);

export function notifyStory({ webhooks, mails }: SeenNotifications): string {
  return [
    "         NOTIFIED: the application and the operators, once CURRENT is the new version",
    ...webhooks.map(
      ({ body, isVerified }) =>
        `           webhook, its signature ${isVerified ? "verified" : "NOT VERIFIED"}: ${shortened(body)}`,
    ),
    ...mails.map(({ to, subject }) => `           mail to ${to}: ${subject}`),
    ...(webhooks.length + mails.length === 0 ? ["           Nothing has arrived."] : []),
    "",
  ].join("\n");
}

function lastSentence(result: DemoResult): string {
  if (!endedWell(result)) return "It did not end well.";
  if (result.heal !== null && !result.hasFaultStruck) {
    return "The fault struck nothing, since no such call was made. The rotation ended well.";
  }
  if (result.heal === null) return "The rotation ended well: applications that read CURRENT get the new client secret.";
  if (!result.isRotated) {
    return "The rotation failed before it replaced the client secret: the one in CURRENT still works, and the next rotation starts afresh.";
  }
  if (result.overlap?.kind === "retired" && result.overlap.failed !== null) {
    return "The retirement failed, and the next one finished it: no working client secret was lost.";
  }
  return result.rotation.status === "SUCCEEDED"
    ? "The function recovered from the fault by itself, and the heal found nothing left to do."
    : "The rotation failed, and the heal finished it: no working client secret was lost.";
}

/** If the old one is left to expire, the verdict after that was shown already. */
function oldVerdict({ oldSecret, overlap }: DemoResult): string {
  return overlap?.kind === "expires" && overlap.until !== null
    ? `${oldSecret} until ${isoSecond(overlap.until)}`
    : oldSecret;
}

/** A rotation that failed did not run all four. */
function stepsRun({ steps }: DemoResult): string {
  if (steps.length === 1) return "one step";
  return steps.length === 4 ? "the four steps" : `${steps.length} steps`;
}

export function ending(result: DemoResult): string {
  const { place } = profiles[result.issuer];
  return [
    "After the rotation:",
    ...versionTable(result.versions),
    "",
    `  the old client secret is ${oldVerdict(result)}, the one in CURRENT is ${result.newSecret} (asked at ${place})`,
    `  the function sent ${result.remoteCalls} requests in ${stepsRun(result)}`,
    "",
    lastSentence(result),
    "",
  ].join("\n");
}
