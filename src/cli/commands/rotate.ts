import * as z from "zod/mini";
import { printable } from "../../base/printable.ts";
import { createRotationClient } from "../../clients/vault/rotation-client.ts";
import { createPacer, notStarted, type Pacer } from "../../rotation/pace/pacer.ts";
import { CliError, notConfirmed, problemOf } from "../cli-error.ts";
import { type CommandContext, defineCommand } from "../command.ts";
import { exitCodes } from "../exit-codes.ts";
import { duration, flag, functionId, instant, oneOf, optional, wholeNumber } from "../fields.ts";
import { createLocalPlan } from "../local.ts";
import { maxAgeOf, maxAgeOption } from "../max-age.ts";
import { chooseTargets, requireSense, type Wish } from "../rotate/choose.ts";
import { dueExitCode, dueReport, dueText, rotateDueByFunction } from "../rotate/due-by-function.ts";
import { createWitness } from "../rotate/made-since.ts";
import { createProgress } from "../rotate/progress.ts";
import { exitCodeOf, type RotationReport, reportOf, reportText, rotationReport } from "../rotate/report.ts";
import { rotateAll } from "../rotate/rotate-all.ts";
import { failed, NOT_STARTED, type Target, type Via, viaNames, type Way } from "../rotate/target.ts";
import { viaFunction } from "../rotate/via-function.ts";
import { viaLocal } from "../rotate/via-local.ts";
import { viaVault } from "../rotate/via-vault.ts";
import type { Runtime } from "../runtime.ts";
import { placesOptions, secretsArgument } from "../secret-argument.ts";
import { localSettings } from "../settings.ts";
import type { SignedIn } from "../sign-in/sign-in.ts";
import { rotationAccess, vaultSeams } from "../vault-seams.ts";

type Context = CommandContext<RotationReport>;

const READ_LIMIT_MS = 60_000;
const MAX_LISTED = 20;
const MAX_AT_ONCE = 64;
const MAX_PER_MINUTE = 10_000;

function pacerOf(runtime: Runtime, perMinute: number | undefined): Pacer {
  const { clock, transport, signal } = runtime;
  const pauseMs = localSettings(runtime).ratePauseSeconds * 1000;
  return createPacer({ clock, transport, signal, pauseMs, perMinute: perMinute ?? null });
}

function waysOf({ runtime, out }: Context, signedIn: SignedIn, pacer: Pacer, isCompromised: boolean) {
  const made = new Map<Via, Way>();
  const make: Readonly<Record<Via, () => Way>> = {
    local: () => viaLocal(runtime, signedIn, pacer, { isCompromised, onLine: out.debug }),
    function: () => viaFunction(runtime, signedIn, pacer, isCompromised),
    vault: () => viaVault(runtime, signedIn, pacer),
  };
  return ({ via }: Target): Way => {
    const way = made.get(via) ?? make[via]();
    made.set(via, way);
    return way;
  };
}

/** What a rotation of this secret would do next, found out with reads and logins only. */
function planning({ runtime }: Context, signedIn: SignedIn, pacer: Pacer, isCompromised: boolean): Way {
  const plan = createLocalPlan({ ...runtime, transport: pacer.transport }, signedIn);
  return async ({ secretId }) => {
    const planned = await pacer.run(() => plan(secretId, { name: "ROTATION", isCompromised }));
    if (planned === notStarted) return NOT_STARTED;
    const { decision, state, next, why, nextAction, current } = planned;
    if (decision.kind === "fail") return failed({ code: decision.code, what: why, next: nextAction ?? why });
    return {
      outcome: "planned",
      versionNo: current?.versionNo ?? null,
      code: state,
      what: next,
      next: nextAction ?? "run it without --dry-run",
    };
  };
}

function nameReader(runtime: Runtime, signedIn: SignedIn) {
  const access = rotationAccess(signedIn);
  const within = vaultSeams(runtime);
  return async (id: string) => {
    const { name, rotation } = await createRotationClient(access, id, within(READ_LIMIT_MS)).read();
    return { name, functionId: rotation.functionId };
  };
}

async function isConfirmed(context: Context, targets: readonly Target[], isCompromised: boolean): Promise<boolean> {
  const { out, options, confirm } = context;
  if (!options.yes) {
    for (const { name, secretId: id, via } of targets.slice(0, MAX_LISTED)) {
      out.note(`${printable(name)}  ${id}  via ${via}`);
    }
    if (targets.length > MAX_LISTED) out.note(`and ${targets.length - MAX_LISTED} more`);
  }
  const what = targets.length === 1 ? "this secret" : `these ${targets.length} secrets`;
  const how = isCompromised ? ", ending the values now in use without grace" : "";
  return confirm(`Rotate ${what}${how}?`);
}

export const rotateCommand = defineCommand({
  name: "rotate",
  summary: "rotate one secret, several, or all that are due",
  description: `Gets a new client secret from the issuer, stores it in Vault, logs in with it, and makes it CURRENT. It does so for the
secrets named, or with --all-due for all that scan finds due: those whose next rotation by Vault, own expiry, or age of --max-age is past or
within --within. Each secret is checked again before its turn. It is skipped if it was rotated after it became due, if its date was noted for a
version other than CURRENT, or if more than half of its lifetime is left, however long --within is. The summary says so. The command can run
as often as you like.

--via selects who rotates. --via vault starts Vault's own rotation (RotateSecret) and follows its work request. --via function calls the
function. --via local rotates here with your own credentials, which needs "use secrets", "read secret-versions" and "read secret-bundles"
for the secrets and network access to the issuers from this machine. Default: vault if the secret's rotation targets a function, otherwise
function.

With --all-due and --function, and without --via, --compartment, --vault, --since and --dry-run, the function itself rotates what is due in the compartments
of its settings (action rotate-due), the most urgent first. If one call does not reach all of them, further calls continue with the rest. Exit code 4:
some were not reached, or another run was at work on them.

Many secrets: requests to one identity domain are paced so that it does not refuse them. The pace follows the limits of the smallest type of
domain (150 a minute) unless --rate says otherwise. After a 429 the command sends nothing to that domain for as long as it asks, and then
sends more slowly. A failure stops no other secret; the summary says what to do about each.

If the command is interrupted or killed, run it again: it finishes rotations in progress and skips secrets that were rotated after they
became due. For secrets given by OCID, add --since with the time of the first try to skip those rotated since.`,
  arguments: secretsArgument,
  options: {
    allDue: { flags: "--all-due", does: "all secrets that are due", takes: flag },
    within: {
      flags: "--within <duration>",
      does: "how far ahead counts as due, such as 7d",
      takes: duration,
      default: "0d",
    },
    maxAge: maxAgeOption,
    ...placesOptions("where --all-due searches, or names are looked up"),
    via: { flags: "--via <way>", does: `${viaNames.join(", ")}`, takes: optional(oneOf(...viaNames)) },
    function: {
      flags: "--function <ocid>",
      does: "the function to call (default: the one that the secret's rotation targets)",
      takes: optional(functionId),
    },
    compromised: {
      flags: "--compromised",
      does: "the values now in use are known to others and get no grace",
      takes: flag,
    },
    since: {
      flags: "--since <time>",
      does: "skip secrets rotated after this time, such as 2026-11-22T10:00:00Z",
      takes: optional(instant),
    },
    rate: {
      flags: "--rate <n>",
      does: "maximum requests per minute per domain, counted separately for logins and other calls (default: 135 at identity domains)",
      takes: optional(wholeNumber(1, MAX_PER_MINUTE)),
    },
    concurrency: {
      flags: "--concurrency <n>",
      does: "maximum number of secrets rotated in parallel",
      takes: wholeNumber(1, MAX_AT_ONCE),
      default: "16",
    },
    dryRun: {
      flags: "--dry-run",
      does: "show what would be done, with reads and logins only; runs here, as with --via local",
      takes: flag,
    },
  },
  data: z.union([rotationReport, dueReport]),
  examples: [
    { does: "rotate one secret now", line: "rotate ocid1.vaultsecret.oc1.iad.example" },
    {
      does: "what would be done about all secrets due within a week?",
      line: "rotate --all-due --within 7d --compartment ocid1.compartment.oc1..example --dry-run",
    },
    {
      does: "in a script, here, at a domain that takes 1000 requests a minute",
      line: "rotate --all-due --compartment ocid1.compartment.oc1..example --via local --rate 900 --yes --json",
    },
    {
      does: "have the function rotate all that is due in its compartments",
      line: "rotate --all-due --function ocid1.fnfunc.oc1.iad.example --yes",
    },
    { does: "the value was published by mistake", line: "rotate ocid1.vaultsecret.oc1.iad.example --compromised" },
  ],
  async run(given, values) {
    const context = given as Context;
    const { runtime, out, print } = context;
    const isCompromised = values.compromised;
    const wish: Wish = {
      ...values,
      withinMs: values.within,
      maxAgeMs: maxAgeOf(runtime, values.maxAge),
      functionId: values.function,
      since: values.since ?? null,
      isCompromised,
    };
    requireSense(wish);
    if (values.maxAge !== undefined && !values.allDue) {
      throw new CliError("USAGE", { what: "--max-age belongs to --all-due", next: "add --all-due, or leave it out" });
    }
    const isNarrowed = values.compartment.length + values.vault.length > 0 || values.since !== undefined;
    const isHere = values.via !== undefined || isNarrowed || values.dryRun;
    if (values.allDue && values.function !== undefined && !isHere) {
      if (values.rate !== undefined) {
        throw new CliError("USAGE", {
          what: "the function keeps its own pace",
          next: "leave --rate out, or add --via",
        });
      }
      if (!(await context.confirm(`Rotate all that is due in the compartments of ${values.function}'s settings?`))) {
        throw notConfirmed();
      }
      const dates = { withinMs: values.within, maxAgeMs: values.maxAge };
      const report = await rotateDueByFunction(context, values.function, dates);
      given.print(report, dueText(report));
      return dueExitCode(report);
    }
    const signedIn = await context.signIn();
    const targets = await chooseTargets(runtime, signedIn, wish, nameReader(runtime, signedIn));
    const finish = (report: RotationReport) => {
      print(report, reportText(report, out.style));
      return exitCodeOf(report);
    };
    if (targets.length === 0) {
      print(reportOf([], [], values.dryRun), "Nothing is due.\n");
      return exitCodes.done;
    }
    const pacer = pacerOf(runtime, values.rate);
    if (!values.dryRun && !(await isConfirmed(context, targets, isCompromised))) {
      out.note("nothing was done");
      return exitCodes.failed;
    }
    const dry = values.dryRun ? planning(context, signedIn, pacer, isCompromised) : null;
    const ways = waysOf(context, signedIn, pacer, isCompromised);
    const progress = createProgress(runtime, out, targets.length);
    // A compromised secret's values are replaced whenever they were made.
    const hasWitness = !isCompromised || values.since !== undefined;
    const results = await rotateAll(
      {
        runtime,
        concurrency: values.concurrency,
        wayOf: (target) => dry ?? ways(target),
        witness: hasWitness ? createWitness(runtime, signedIn) : null,
        isDry: values.dryRun,
        watcher: progress,
        isOver: () => runtime.signal.aborted || signedIn.problem() !== null,
        problemOf: (thrown) => problemOf(context.causeOf(thrown)),
      },
      targets,
    );
    progress.close();
    const exitCode = finish(reportOf(targets, results, values.dryRun));
    const lost = signedIn.problem();
    if (lost === null || exitCode === exitCodes.done) return exitCode;
    out.warn(`${lost.problem.what}; next: ${lost.problem.next}`);
    return exitCodes.signIn;
  },
});
