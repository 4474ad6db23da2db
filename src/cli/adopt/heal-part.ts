import { RotationError } from "../../base/errors.ts";
import type { CommandContext } from "../command.ts";
import { type FunctionAnswer, partsOf } from "../function.ts";
import { issuerPacer } from "../issuer-pace.ts";
import { createLocalFunction, type LocalEvent } from "../local.ts";
import type { SignedIn } from "../sign-in/sign-in.ts";
import type { AdoptionParts } from "./task.ts";

const SETTING = "OROT_AUTHORITY_SECRET_IDS";

function withAuthority(environment: Readonly<Record<string, string | undefined>>, authority: string) {
  const known = (environment[SETTING] ?? "").split(",").filter((id) => id !== "" && id !== authority);
  return { ...environment, [SETTING]: [authority, ...known].join(",") };
}

/** What may go well a little later: another run's claim, an issuer's pause, a Vault that is busy. */
const PASSES = 503;

/**
 * A heal of one secret: by the function, which must know the authority, or here as the operator.
 * @param functionId null: here
 */
export function createHeal(
  { runtime, out, invoke }: Pick<CommandContext<unknown>, "runtime" | "out" | "invoke">,
  signedIn: SignedIn,
  { functionId, authority }: { readonly functionId: string | null; readonly authority: string },
): AdoptionParts["heal"] {
  const environment = withAuthority(runtime.environment, authority);
  const local = createLocalFunction(
    { ...runtime, environment, transport: issuerPacer(runtime).transport },
    signedIn,
    out.debug,
  );
  const send = (event: LocalEvent): Promise<FunctionAnswer> =>
    functionId === null ? local(event) : invoke(functionId, event);
  return async (secretId) => {
    const answer = await send({ secretId, action: "heal" });
    const { what, next } = partsOf(answer);
    if (what === "") throw new RotationError("INTERNAL", "a heal answered nothing that can be read");
    return { isDone: answer.responseCode === 200, passes: answer.responseCode === PASSES, what, next };
  };
}
