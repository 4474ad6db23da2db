import type { CommandOptions } from "./options.ts";
import { issuerSettings, ociCommands, ownCommands, type Sample } from "./sample.ts";
import type { RotationReport } from "./vault/rotation-run.ts";

export const out = (text: string) => {
  process.stdout.write(`${text}\n`);
};

/** Says what there is, and what to try. */
export function announce(options: CommandOptions, url: string, sample: Sample, configFile: string): void {
  const commands = ociCommands(sample, url, configFile);
  if (options.json) {
    const settings = issuerSettings(url);
    out(JSON.stringify({ url, ...sample, configFile, settings, commands: commands.map(({ command }) => command) }));
    return;
  }
  out(`The emulator answers at ${url} (Ctrl-C stops it). It created:`);
  out(`  application  ${sample.appId}`);
  out(`  secret       ${sample.secretId}`);
  const program = options.command ?? `${options.bundle}; build it with: npm run build`;
  out(`  function     ${sample.functionId}  (${program})`);
  out(`  oci config   ${configFile}`);
  out("");
  out("Try in another terminal, after npm run build:");
  for (const { does, command } of ownCommands) out(`  # ${does}\n  ${command}`);
  out("");
  out("Or with OCI's own command line:");
  for (const { does, command } of commands) out(`  # ${does}\n  ${command}`);
  out("");
  out("A function of your own needs to know where its issuers are:");
  for (const [name, value] of Object.entries(issuerSettings(url))) out(`  export ${name}=${value}`);
}

export function describeRotation(report: RotationReport): string {
  const steps = report.steps.map((step) => `  ${step.step}: ${step.responseCode ?? "no answer"} ${step.returnMessage}`);
  return [`Rotation of ${report.secretId.slice(-8)} ${report.status}`, ...steps].join("\n");
}
