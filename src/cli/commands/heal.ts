import * as z from "zod/mini";
import { printable } from "../../base/printable.ts";
import { isHealthy } from "../../rotation/plan/plan-text.ts";
import { CliError, notConfirmed } from "../cli-error.ts";
import { type CommandContext, defineCommand } from "../command.ts";
import type { ExitCode } from "../exit-codes.ts";
import { flag, wholeNumber } from "../fields.ts";
import { type Counting, followCursor } from "../follow-cursor.ts";
import { findSecrets, forEach, healOne, placesOf, planOne } from "../heal-many/heal-many.ts";
import {
  addedTo,
  doneIn,
  exitCodeOf,
  type HealManyReport,
  healManyReport,
  healManyText,
  reportOf,
} from "../heal-many/report.ts";
import { type ActionReport, actionReport, carryOut } from "../one-secret/carry-out.ts";
import { requireOneWay, wayOptions } from "../one-secret/via.ts";
import { optionalSecretArgument, placesOptions } from "../secret-argument.ts";

interface Values {
  readonly secretId: string | undefined;
  readonly all: boolean;
  readonly compartment: readonly string[];
  readonly vault: readonly string[];
  readonly concurrency: number;
  readonly via: "function" | "local" | undefined;
  readonly function: string | undefined;
  readonly dryRun: boolean;
}

function usage(what: string, next: string): CliError {
  return new CliError("USAGE", { what, next });
}

function requireSense({ secretId: named, all }: Values): void {
  if (all && named !== undefined) throw usage("a secret and --all were both given", "give only one of them");
  if (!all && named === undefined) throw usage("no secret was given", "give its name or OCID, or give --all");
}

function healthText(name: string, state: string | undefined): string {
  return state === undefined ? `Heal ${name}` : `Heal ${name} (${state})`;
}

async function healAllByFunction(context: CommandContext<HealManyReport>, functionId: string): Promise<ExitCode> {
  const { confirm, print, out } = context;
  if (!(await confirm(`Heal every secret of ${functionId} in the compartments of its settings?`))) throw notConfirmed();
  const report = await followCursor(context, functionId, { action: "heal", by: "operator" }, counting);
  print(report, healManyText(out.style, report));
  return exitCodeOf(report);
}

const counting: Counting<HealManyReport> = {
  read: ({ healed, healthy = 0, busy = 0, failed = 0, remaining = 0 }, { code, what, next }) => {
    if (healed === undefined) throw new CliError("ANSWERED", { code, what, next });
    return { dryRun: false, healed, healthy, busy, failed, remaining, planned: 0, what, next, secrets: [] };
  },
  added: addedTo,
  doneIn,
};

async function healAll(context: CommandContext<HealManyReport>, values: Values): Promise<ExitCode> {
  requireOneWay(values);
  const isNarrowed = values.compartment.length + values.vault.length > 0;
  const isLocal = values.via === "local" || isNarrowed || values.dryRun;
  if (!isLocal && values.function !== undefined) return healAllByFunction(context, values.function);
  if (values.via === "function") {
    throw usage(
      values.function === undefined ? "no function is named" : "the function uses its own OROT_HEAL_COMPARTMENT_IDS",
      values.function === undefined
        ? "name it with --function"
        : "leave --compartment, --vault and --dry-run out, or use --via local",
    );
  }
  const { out, print, confirm } = context;
  const secrets = await findSecrets(context, placesOf(context, values));
  if (secrets.length > 0 && !values.dryRun) {
    const many = secrets.length === 1 ? "the one secret" : `${secrets.length} secrets`;
    if (!(await confirm(`Log in with ${many} there, and heal every unhealthy one, with your own credentials?`))) {
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
  summary: "finish an interrupted rotation: show the state and the plan, then carry it out",
  description: `Names the state of a secret (see oci-rotate status), shows the next step and why, asks, and carries it out. It finishes an
interrupted rotation, or goes back to a version that works. It reads back a client secret whose answer was lost, or has a new one made. It
ends an overlap that is due. If nothing is wrong, it does nothing. Whatever happens on the way, run it again and it continues.

The function that the secret's rotation targets does it, with its rights and settings, or the one that --function names. If there is none,
it is done here, with your own credentials. Then it needs the rights of the function (docs/deploying.md), network access to the issuer, and
the same OROT_AUTHORITY_SECRET_IDS. The plan is always made here, with reads only. The function may know more, so it is asked even if
nothing seems possible.

heal --all does the same for every secret in the compartments whose rotation targets a function, or which an earlier heal has tagged. It
runs here, several at a time. With --function and without --compartment the function does it, in the compartments of the function's settings, as
its schedule does. If one call of the function does not reach all of them, further calls continue with the rest.

Exit code 4: with --dry-run there is something to do; with --all some secrets were not reached.`,
  arguments: optionalSecretArgument,
  options: {
    all: { flags: "--all", does: "every secret in the compartments", takes: flag },
    ...placesOptions("where --all searches, or a name is looked up"),
    concurrency: {
      flags: "--concurrency <n>",
      does: "with --all: maximum number of secrets healed in parallel",
      takes: wholeNumber(1, 20),
      default: "4",
    },
    ...wayOptions,
  },
  data: z.union([actionReport, healManyReport]),
  examples: [
    { does: "what is wrong, and what would heal do?", line: "heal ocid1.vaultsecret.oc1.iad.example --dry-run" },
    { does: "heal it without confirmation", line: "heal ocid1.vaultsecret.oc1.iad.example --yes" },
    { does: "heal every unhealthy secret", line: "heal --all --compartment ocid1.compartment.oc1..example" },
    {
      does: "have the function heal all its secrets",
      line: "heal --all --function ocid1.fnfunc.oc1.iad.example --yes",
    },
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
