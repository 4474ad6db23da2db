import type { CommandContext } from "../../command.ts";
import { expectSuccess, type FunctionAnswer } from "../../function.ts";
import { createSecretReader } from "../../one-secret/reader.ts";
import { chooseWay, type GivenWay, type Way, wayOptions } from "../../one-secret/via.ts";

/** The function's settings decide who may be notified, so the event goes to the function if there is one. */
export const notifyOptions = { via: wayOptions.via, function: wayOptions.function } as const;

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
