import type { SeenVersion } from "../emulator/admin.ts";
import type { Fault, FaultKind } from "../emulator/faults.ts";
import type { Sample } from "../emulator/sample.ts";
import { shortOcid } from "../log.ts";
import { type DemoResult, endedWell, type SeenHeal, type SeenStep } from "./rotation.ts";
import type { SeenStage } from "./stage-log.ts";

const explained: Readonly<Record<string, string>> = {
  VERIFY_CONNECTION: "does the client secret in Vault work?",
  CREATE_PENDING_VERSION: "have the identity domain make a new one, and store it at once",
  UPDATE_TARGET_SYSTEM: "does the new one work?",
  PROMOTE_PENDING_VERSION: "make it CURRENT, the version that applications read",
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

function stageLine({ stage, outcome, ms }: SeenStage): string {
  return `           ${stage.padEnd(16)}${outcome.padEnd(20)}${`${ms} ms`.padStart(8)}`;
}

export function opening(url: string, sample: Sample, versions: readonly SeenVersion[], fault: Fault | null): string {
  const faultLines =
    fault === null ? [] : [`The fault: the first ${fault.call} goes wrong; ${kindsExplained[fault.kind]}.`, ""];
  return [
    "One OAuth client secret, rotated from end to end.",
    "",
    `  emulator     ${url}: OCI Vault, an identity domain, Vault's rotation schedule`,
    "  function     dist/function/func.js, started as OCI Functions starts it, on a unix socket",
    `  application  ${shortOcid(sample.appId)} at the identity domain`,
    `  secret       ...${shortOcid(sample.secretId)} in OCI Vault, holding the application's credential`,
    "",
    "Before the rotation:",
    ...versionTable(versions),
    "",
    ...faultLines,
    "The schedule calls the function, one step a call:",
    "",
  ].join("\n");
}

export function stepStory({ report, stages, versions }: SeenStep, startedAt: number): string {
  const at = seconds(report.startedAt - startedAt).padStart(7);
  const shown = versions
    .map(({ number, versionStages }) => `${number} ${versionStages.join("+") || "none"}`)
    .join("   ");
  const failed = report.responseCode === 200 ? [] : [`           ${report.returnMessage}`];
  return [
    `${at}  ${report.step}: ${explained[report.step] ?? ""}`,
    ...stages.map(stageLine),
    `           answer ${report.responseCode ?? "none"} after ${seconds(report.ms)}; versions now: ${shown}`,
    ...failed,
    "",
  ].join("\n");
}

export function waitingStory(waitSeconds: number): string {
  return [
    "The rotation has failed, and the schedule would call again only when the secret is due. An alarm or a timer sends a heal instead.",
    `The claim of the interrupted run is left alone for ${waitSeconds} s (in production two and a half minutes): it might still be at work.`,
    "",
  ].join("\n");
}

export function healStory(heal: SeenHeal, versions: readonly SeenVersion[]): string {
  const shown = versions
    .map(({ number, versionStages }) => `${number} ${versionStages.join("+") || "none"}`)
    .join("   ");
  return [
    `         HEAL: look at Vault, ask the issuer, finish what was begun`,
    ...heal.stages.map(stageLine),
    `           answer ${heal.responseCode || "none"} after ${seconds(heal.ms)}; versions now: ${shown}`,
    `           ${heal.returnMessage}`,
    "",
  ].join("\n");
}

function lastSentence(result: DemoResult): string {
  if (!endedWell(result)) return "It did not end well.";
  if (result.heal === null) return "The rotation ended well: applications that read CURRENT get the new client secret.";
  return result.rotation.status === "SUCCEEDED"
    ? "The rotation made the fault good by itself, and the heal found nothing left to do."
    : "The rotation failed, the heal finished it: no working client secret was lost.";
}

export function ending(result: DemoResult): string {
  return [
    "After the rotation:",
    ...versionTable(result.versions),
    "",
    `  the old client secret is ${result.oldSecret}, the one in CURRENT is ${result.newSecret} (asked at the identity domain)`,
    `  the function sent ${result.remoteCalls} requests in the four steps`,
    "",
    lastSentence(result),
    "",
  ].join("\n");
}

function healed(result: DemoResult, { responseCode, returnMessage, ms }: SeenHeal) {
  return {
    healed: endedWell(result),
    heal: { responseCode, code: returnMessage.split(":")[0], ms: Math.round(ms) },
  };
}

/** The line for scripts. */
export function summary(result: DemoResult): string {
  return JSON.stringify({
    ok: endedWell(result),
    steps: result.steps.map(({ report }) => ({
      step: report.step,
      ms: Math.round(report.ms),
      responseCode: report.responseCode,
    })),
    versions: result.versions.map(({ number, versionStages }) => ({ number, versionStages })),
    oldSecret: result.oldSecret,
    newSecret: result.newSecret,
    remoteCalls: result.remoteCalls,
    ...(result.heal === null ? {} : healed(result, result.heal)),
  });
}
