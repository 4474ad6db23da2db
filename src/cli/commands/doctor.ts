import * as z from "zod/mini";
import { printable } from "../../base/printable.ts";
import { defineCommand } from "../command.ts";
import { examine } from "../doctor/examine.ts";
import { type Finding, findingSchema, ok } from "../doctor/finding.ts";
import { type UpgradeStep, upgradeSteps } from "../doctor/upgrade.ts";
import { exitCodes } from "../exit-codes.ts";
import { flag, functionId, optional } from "../fields.ts";
import type { Style } from "../output/style.ts";
import { optionalSecretArgument } from "../secret-argument.ts";

const diagnosis = z.object({
  secretId: z.nullable(z.string()),
  functionId: z.nullable(z.string()),
  /** Whose settings were examined: the function's, or those of this shell. */
  settingsFrom: z.enum(["function", "environment"]),
  healthy: z.boolean(),
  findings: z.array(findingSchema),
  /** With `--upgrade`: lines to paste, and why; `line` is null if there is nothing to paste. */
  upgrade: z.optional(z.array(z.object({ why: z.string(), line: z.nullable(z.string()) }))),
});

const LEVEL_WIDTH = 7;
const AREA_WIDTH = 9;

function render(style: Style, findings: readonly Finding[]): string {
  const colours = { ok: style.green, warning: style.yellow, problem: style.red } as const;
  const lines = findings.flatMap(({ level, area, what, mend }) => [
    `${colours[level](level)}${" ".repeat(LEVEL_WIDTH - level.length)}  ${area.padEnd(AREA_WIDTH)}  ${printable(what)}`,
    ...mend.map((line) => `${" ".repeat(LEVEL_WIDTH)}  ${" ".repeat(AREA_WIDTH)}  > ${printable(line)}`),
  ]);
  const count = (level: Finding["level"]) => findings.filter((finding) => finding.level === level).length;
  const counted = (level: "problem" | "warning") => `${count(level)} ${level}${count(level) === 1 ? "" : "s"}`;
  return `${lines.join("\n")}\n\n${counted("problem")}, ${counted("warning")}, ${count("ok")} ok\n`;
}

/** The whole output can be pasted into a shell: the prose is in comments. */
function renderUpgrade(steps: readonly UpgradeStep[]): string {
  if (steps.length === 0) return "\nupgrade: nothing is of an earlier edition\n";
  const lines = steps.flatMap(({ why, line }) => [`# ${printable(why)}`, ...(line === null ? [] : [line])]);
  return `\nupgrade:\n${lines.join("\n")}\n`;
}

export const doctorCommand = defineCommand({
  name: "doctor",
  summary: "examine settings, rights, network, clock, versions, schedule and ways back, and print the fixes",
  description: `Examines everything that a rotation needs. It reports each item as ok, a warning or a problem, with the exact policy line or
command that fixes it. It covers the function's settings, time limit and memory; the rights, as far as reads and the secret's history show
them; whether Vault and the issuer can be reached through the proxy and your own certificate authorities; this machine's clock; free version
slots; Vault's rotation schedule, and whether grace and notice fit into its interval; whether CURRENT logs in; the ways back from a lost
answer; and whether subscribers can be notified.

Changes nothing: it sends only reads to OCI and the issuer, and token requests. It runs here, with your own credentials. Only the function
can test its own rights and subnet: invoke it with the action check.

Without a secret it examines only network, clock and function. The function is --function, otherwise the one that the secret's rotation
targets. With "read fn-function" and "read fn-app" it examines the function's own settings; without them, those of this shell.

--upgrade prints what an earlier edition's settings and second authorities need in this one, as lines to paste. It covers the secret, and
every other one that the function rotates in the compartments of OROT_HEAL_COMPARTMENT_IDS. It reads CURRENT of each. Check every line
before you paste it.

Exit code 4 means that there is a problem; with warnings only the exit code is 0.`,
  arguments: optionalSecretArgument,
  options: {
    function: { flags: "--function <ocid>", does: "OCID of the function that rotates it", takes: optional(functionId) },
    upgrade: {
      flags: "--upgrade",
      does: "print what an earlier edition's configuration needs, as lines to paste",
      takes: flag,
    },
  },
  data: diagnosis,
  examples: [
    {
      does: "before the first rotation",
      line: "doctor ocid1.vaultsecret.oc1.iad.example --function ocid1.fnfunc.oc1.iad.example",
    },
    { does: "only the function", line: "doctor --function ocid1.fnfunc.oc1.iad.example" },
    { does: "the missing policy lines", line: "doctor ocid1.vaultsecret.oc1.iad.example --json" },
    { does: "after a new edition", line: "doctor --function ocid1.fnfunc.oc1.iad.example --upgrade" },
  ],
  async run({ runtime, signIn, print, out }, values) {
    const subject = { secretId: values.secretId ?? null, functionId: values.function ?? null };
    const signedIn = await signIn();
    const { facts, findings: examined, isSignedIn } = await examine(runtime, signedIn, subject);
    const findings = [ok("sign-in", signedIn.as), ...examined];
    const upgrade = values.upgrade && isSignedIn ? await upgradeSteps(runtime, signedIn, facts) : null;
    const healthy = findings.every(({ level }) => level !== "problem");
    print(
      {
        secretId: facts.secretId,
        functionId: facts.functionId,
        settingsFrom: facts.settingsFrom,
        healthy,
        findings: [...findings],
        ...(upgrade && { upgrade }),
      },
      `${render(out.style, findings)}${upgrade === null ? "" : renderUpgrade(upgrade)}`,
    );
    if (!isSignedIn) return exitCodes.signIn;
    return healthy ? exitCodes.done : exitCodes.attention;
  },
});
