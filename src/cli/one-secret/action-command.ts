import { type AnyCommand, defineCommand } from "../command.ts";
import { secretArgument } from "../secret-argument.ts";
import { actionReport, carryOut, type OneAction } from "./carry-out.ts";
import { wayOptions } from "./via.ts";

/** A command named after its action. It looks at one secret, shows the plan, asks, and carries it out. */
export function defineActionCommand(
  described: Pick<AnyCommand, "summary" | "description" | "examples">,
  one: OneAction,
): AnyCommand {
  return defineCommand({
    ...described,
    name: one.action,
    arguments: secretArgument,
    options: wayOptions,
    data: actionReport,
    run: (context, values) => carryOut(context, one, values),
  });
}
