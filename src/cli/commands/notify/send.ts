import type { CommandContext } from "../../command.ts";
import { commandLine } from "../../command-line.ts";
import { expectSuccess, type FunctionAnswer } from "../../function.ts";
import type { GlobalOptions } from "../../global-options.ts";
import { createSecretReader } from "../../one-secret/reader.ts";
import { chooseWay, type GivenWay, type Way, wayOptions } from "../../one-secret/via.ts";

/** The function's settings decide who may be notified, so the event goes to the function if there is one. */
export const notifyOptions = { via: wayOptions.via, function: wayOptions.function } as const;

/** An empty list would look like a command that did nothing. */
export const NOBODY = "Nobody is notified of this secret's rotations.";
export const howToAdd = (options: GlobalOptions, secretId: string): string =>
  `to add one: ${commandLine(options, ["notify", "add", secretId])} <https or mailto address>`;

/** Sends one event to the function that the secret's rotation targets, or runs it here. Returns which, and the answer. @throws CliError */
export async function send(
  context: Pick<CommandContext<never>, "runtime" | "signIn" | "local" | "invoke">,
  given: GivenWay & { readonly secretId: string },
  event: object,
): Promise<{ readonly way: Way; readonly answer: FunctionAnswer }> {
  const { rotation } = await (await createSecretReader(context, given.secretId)).read();
  const way = chooseWay(given, rotation.functionId);
  const whole = { secretId: given.secretId, ...event };
  const answer = await (way.via === "function" ? context.invoke(way.functionId, whole) : context.local(whole));
  return { way, answer: expectSuccess(answer) };
}
