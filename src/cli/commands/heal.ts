import * as z from "zod/mini";
import { printable } from "../../base/printable.ts";
import { isHealthy } from "../../rotation/plan/plan-text.ts";
import { CliError, notConfirmed } from "../cli-error.ts";
import { type CommandContext, defineCommand } from "../command.ts";
import type { ExitCode } from "../exit-codes.ts";
import { compartmentId, flag, listOf, optional, secretId, wholeNumber } from "../fields.ts";
import { type FunctionAnswer, partsOf } from "../function.ts";
import { findSecrets, forEach, healOne, placesOf, planOne } from "../heal-many/heal-many.ts";
import { exitCodeOf, type HealManyReport, healManyReport, healManyText, reportOf } from "../heal-many/report.ts";
import { type ActionReport, actionReport, carryOut } from "../one-secret/carry-out.ts";
import { requireOneWay, wayOptions } from "../one-secret/via.ts";

interface Values {
  readonly secretId: string | undefined;
  readonly all: boolean;
  readonly compartment: readonly string[];
  readonly concurrency: number;
  readonly via: "function" | "local" | undefined;
  readonly function: string | undefined;
  readonly dryRun: boolean;
}

function usage(what: string, next: string): CliError {
  return new CliError("USAGE", { what, next });
}

function requireSense({ secretId: named, all, compartment }: Values): void {
  if (all && named !== undefined) throw usage("a secret was named beside --all", "name the secret, or give --all");
  if (!all && named === undefined) throw usage("no secret is named", "name one by its OCID, or give --all");
  if (!all && compartment.length > 0) throw usage("--compartment belongs to --all", "add --all, or leave it out");
}

function healthText(name: string, state: string | undefined): string {
  return state === undefined ? `Heal ${name}` : `Heal ${name} (${state})`;
}

async function healAllByFunction(context: CommandContext<HealManyReport>, functionId: string): Promise<ExitCode> {
  const { invoke, confirm, print, out } = context;
  if (!(await confirm(`Heal every secret of ${functionId} in the compartments of its own settings?`))) {
    throw notConfirmed();
  }
  out.note("the function is at work; this may take up to five minutes");
  const answer = await invoke(functionId, { action: "heal" });
  const report = countsOf(answer);
  print(report, healManyText(out.style, report));
  return exitCodeOf(report);
}

/** @throws CliError where the function answered without counts: it could not begin */
function countsOf(answer: FunctionAnswer): HealManyReport {
  const { code, what, next } = partsOf(answer);
  const { healed, healthy, busy, failed, remaining } = answer;
  if (healed === undefined) throw new CliError("ANSWERED", { code, what, next });
  const counts = { healed, healthy: healthy ?? 0, busy: busy ?? 0, failed: failed ?? 0, remaining: remaining ?? 0 };
  return { dryRun: false, ...counts, planned: 0, what, next, secrets: [] };
}

async function healAll(context: CommandContext<HealManyReport>, values: Values): Promise<ExitCode> {
  requireOneWay(values);
  const isLocal = values.via === "local" || values.compartment.length > 0 || values.dryRun;
  if (!isLocal && values.function !== undefined) return healAllByFunction(context, values.function);
  if (values.via === "function") {
    throw usage(
      values.function === undefined
        ? "no function is named"
        : "the function looks in its own OROT_HEAL_COMPARTMENT_IDS",
      values.function === undefined
        ? "name it with --function"
        : "leave --compartment and --dry-run out, or use --via local",
    );
  }
  const { out, print, confirm } = context;
  const secrets = await findSecrets(context, placesOf(context, values));
  if (secrets.length > 0 && !values.dryRun) {
    const many = secrets.length === 1 ? "the one secret" : `${secrets.length} secrets`;
    if (!(await confirm(`Log in with ${many} there, and heal what is not healthy, with your own credentials?`))) {
      throw notConfirmed();
    }
  }
  const one = values.dryRun ? planOne(context) : healOne(context);
  const results = await forEach(context, secrets, values.concurrency, one, (secret, count) => {
    out.note(`${count} of ${secrets.length}  ${printable(secret.name)}: ${secret.outcome}`);
  });
  const report = reportOf(results, values.dryRun);
  print(report, healManyText(out.style, report));
  return exitCodeOf(report);
}

export const healCommand = defineCommand({
  name: "heal",
  summary: "finish what was interrupted: name the state, show the plan, carry it out",
  description: `Names the state of a secret (see oci-rotate status), shows the next step and why, asks, and has it done: an interrupted rotation is finished
or taken back to a version that works, a client secret that an issuer forgot to say is read back or made anew, an overlap that is due is ended.
Where nothing is wrong it does nothing. Whatever happens on the way, running it again goes on.

It is done by the function that the secret's rotation targets, with its rights and settings, or by the one that --function names; else here, with
your own credentials: then it needs the rights of the function (docs/deploying.md) and a way to the issuer, and OROT_AUTHORITY_SECRET_IDS as
there. The plan is always looked up from here, with reads alone; the function may know more, so it is asked even where nothing seems possible.

heal --all does the same for every secret in the compartments whose rotation targets a function, or which a heal has noted before: here, some
at a time. With --function and without --compartment the function does it, in the compartments of its own settings, as its schedule does.

Exit code 4: with --dry-run something is to be done; with --all something was not reached.`,
  arguments: {
    secretId: { flags: "[secret-id]", does: "OCID of the secret in Vault", takes: optional(secretId) },
  },
  options: {
    all: { flags: "--all", does: "every secret in the compartments", takes: flag },
    compartment: {
      flags: "--compartment <ocid...>",
      does: "with --all: where to look (default: OROT_HEAL_COMPARTMENT_IDS)",
      takes: listOf(compartmentId),
    },
    concurrency: {
      flags: "--concurrency <n>",
      does: "with --all: so many at once",
      takes: wholeNumber(1, 20),
      default: "4",
    },
    ...wayOptions,
  },
  data: z.union([actionReport, healManyReport]),
  examples: [
    { does: "what is wrong, and what would be done?", line: "heal ocid1.vaultsecret.oc1.iad.example --dry-run" },
    { does: "heal it without being asked", line: "heal ocid1.vaultsecret.oc1.iad.example --yes" },
    { does: "heal what is not healthy", line: "heal --all --compartment ocid1.compartment.oc1..example" },
    { does: "have the function heal all of its own", line: "heal --all --function ocid1.fnfunc.oc1.iad.example --yes" },
  ],
  run: async (context, values) => {
    requireSense(values);
    if (values.secretId === undefined) return healAll(context as CommandContext<HealManyReport>, values);
    return carryOut(
      context as CommandContext<ActionReport>,
      {
        action: "heal",
        plannable: { name: "HEAL" },
        question: (planned, name) => healthText(name, planned?.state),
        isDue: ({ state, current, changes }) => changes || !isHealthy(state, current),
      },
      { ...values, secretId: values.secretId },
    );
  },
});
