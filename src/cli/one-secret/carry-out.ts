import * as z from "zod/mini";
import { RotationError } from "../../base/errors.ts";
import { printable } from "../../base/printable.ts";
import type { Plannable, Planned } from "../../rotation/plan/planning.ts";
import { asOperator, CliError, notConfirmed, problemOf } from "../cli-error.ts";
import type { CommandContext } from "../command.ts";
import { commandLine } from "../command-line.ts";
import { type ExitCode, exitCodes } from "../exit-codes.ts";
import { expectSuccess, type FunctionAnswer, partsOf } from "../function.ts";
import type { LocalEvent } from "../local.ts";
import { renderPairs } from "../output/table.ts";
import { type PlanData, planDataOf, planMembers, planPairs } from "./plan-view.ts";
import { asMissingRight, createSecretReader } from "./reader.ts";
import { chooseWay, doerText, type GivenWay, type Way, wayText } from "./via.ts";

/** The document of `--json` for `heal`, `retire` and `rollback` of one secret. */
export const actionReport = z.object({
  secretId: z.string(),
  name: z.string(),
  via: z.enum(["function", "local"]),
  functionId: z.nullable(z.string()),
  /** State and plan as seen from here beforehand; null: they could not be read from here, and the function decided. */
  before: z.nullable(z.object(planMembers)),
  /** Null: nothing was sent. */
  answer: z.nullable(
    z.object({ code: z.string(), what: z.string(), next: z.string(), versionNo: z.nullable(z.int()) }),
  ),
});
export type ActionReport = z.output<typeof actionReport>;

export interface OneAction {
  readonly action: "heal" | "retire" | "rollback";
  readonly plannable: Plannable;
  /** What the event has besides the secret and the action. */
  readonly event?: object;
  /** The question to the operator, without the way. */
  question(planned: Planned | null, name: string): string;
  /** Whether a plan that is only shown, or that has nothing to do, ends with exit code 4. */
  isDue(planned: Planned): boolean;
}

type Context = CommandContext<ActionReport>;
export type Given = GivenWay & { readonly secretId: string; readonly dryRun: boolean };

/** The plan; null if only the function can read what it takes, and the function is to act. */
async function planOrNull(
  { plan, out }: Context,
  { plannable }: OneAction,
  { secretId, dryRun }: Given,
  way: Way,
): Promise<Planned | null> {
  try {
    return await plan(secretId, plannable);
  } catch (thrown) {
    const told = asMissingRight(thrown, secretId);
    const isNoRight = told instanceof CliError || (told instanceof RotationError && told.code === "VAULT_FORBIDDEN");
    if (way.via === "local" || dryRun || !isNoRight) throw told;
    out.warn(`the plan cannot be shown from here: ${problemOf(told).what}`);
    return null;
  }
}

/**
 * Ends the command if the plan is to fail and it would run here. The function is still asked, since its settings, rights and network may
 * differ.
 */
function requireHope({ decision, why, nextAction }: Planned, way: Way): void {
  if (way.via === "function" || decision.kind !== "fail") return;
  const next = asOperator(nextAction ?? "run oci-rotate status");
  throw new CliError("ANSWERED", { code: decision.code, what: asOperator(why), next });
}

async function send({ local, invoke, out }: Context, way: Way, event: LocalEvent): Promise<FunctionAnswer> {
  if (way.via === "function") {
    out.note("the function is running; this may take up to five minutes");
    return invoke(way.functionId, event);
  }
  return local(event, {
    onStage: ({ stage, outcome }) => out.note(printable(`${stage}: ${outcome}`)),
  });
}

/** The plan took reads and logins, and nothing else. */
const NOTHING_CALLED = "nothing was called or changed, since there is nothing to do";

/** Looks, shows the plan, asks, and carries it out. */
export async function carryOut(context: Context, one: OneAction, given: Given): Promise<ExitCode> {
  const { options, out, print, confirm } = context;
  const { secretId } = given;
  const secret = await (await createSecretReader(context, secretId)).read();
  const way = chooseWay(given, secret.rotation.functionId);
  const planned = await planOrNull(context, one, given, way);
  const before: PlanData | null = planned === null ? null : planDataOf(planned);
  const report = {
    secretId,
    name: secret.name,
    via: way.via,
    functionId: way.via === "function" ? way.functionId : null,
    before,
  };
  const head = before === null ? [] : planPairs(out.style, before);
  const isDone = planned?.decision.kind === "done";
  const end = isDone ? (["done", NOTHING_CALLED] as const) : (["by", doerText(way)] as const);
  const seen = renderPairs([["secret", `${printable(secret.name)}  ${secretId}`], ...head, end]);
  if (given.dryRun || isDone) {
    // A heal does not touch it: only a new client secret replaces it.
    const run = before?.state === "poisoned" ? renderPairs([["run", commandLine(options, ["rotate", secretId])]]) : "";
    print({ ...report, answer: null }, `${seen}${run}`);
    return planned !== null && !one.isDue(planned) ? exitCodes.done : exitCodes.attention;
  }
  if (planned !== null) requireHope(planned, way);
  if (!options.json) out.text(seen);
  if (!(await confirm(`${one.question(planned, printable(secret.name))} ${wayText(way)}?`))) throw notConfirmed();
  const answer = expectSuccess(await send(context, way, { secretId, action: one.action, ...one.event }));
  const { code, what, next } = partsOf(answer);
  const result = [["done", `${code}: ${what}`], ...(next === "nothing" ? [] : [["to do", next] as const])] as const;
  print({ ...report, answer: { code, what, next, versionNo: answer.versionNo } }, renderPairs(result));
  return exitCodes.done;
}
