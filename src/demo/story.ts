import type { SeenVersion } from "../emulator/admin.ts";
import type { Sample } from "../emulator/sample.ts";
import { shortOcid } from "../log.ts";
import { type DemoResult, endedWell, type SeenStep } from "./rotation.ts";

const explained: Readonly<Record<string, string>> = {
  VERIFY_CONNECTION: "does the client secret in Vault work?",
  CREATE_PENDING_VERSION: "have the identity domain make a new one, and store it at once",
  UPDATE_TARGET_SYSTEM: "does the new one work?",
  PROMOTE_PENDING_VERSION: "make it CURRENT, the version that applications read",
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

export function opening(url: string, sample: Sample, versions: readonly SeenVersion[]): string {
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
    ...stages.map(
      ({ stage, outcome, ms }) => `           ${stage.padEnd(16)}${outcome.padEnd(12)}${`${ms} ms`.padStart(8)}`,
    ),
    `           answer ${report.responseCode ?? "none"} after ${seconds(report.ms)}; versions now: ${shown}`,
    ...failed,
    "",
  ].join("\n");
}

export function ending(result: DemoResult): string {
  const sentence = endedWell(result)
    ? "The rotation ended well: applications that read CURRENT get the new client secret."
    : "The rotation did not end well.";
  return [
    "After the rotation:",
    ...versionTable(result.versions),
    "",
    `  the old client secret is ${result.oldSecret}, the one in CURRENT is ${result.newSecret} (asked at the identity domain)`,
    `  the function sent ${result.remoteCalls} requests in the four steps`,
    "",
    sentence,
    "",
  ].join("\n");
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
  });
}
