import { tokenKey } from "../../clients/http/token-cache.ts";
import type { Invocation } from "../invocation.ts";
import type { Memory } from "../memory.ts";
import type { Observation } from "../observe/observe.ts";
import { noteCurrent } from "../observe/values.ts";
import { keepVerdict } from "./login.ts";
import type { Stage, StageResult } from "./stage.ts";

/** Logs in with CURRENT: a fresh token request, whose token serves the calls that need a bearer. */
export function logInWithCurrent(
  invocation: Invocation,
  memory: Memory,
  _observation: Observation | null,
  { versionNo }: { readonly versionNo: number },
): Promise<StageResult> {
  const { tokens, secretId, clock } = invocation;
  return keepVerdict(invocation, memory, versionNo, async (credential) => {
    const login = await credential.login(memory.tokenLifeSeconds);
    const key = tokenKey(secretId, versionNo, credential.tokenEndpoint.scope);
    if (login.verdict === "accepted" && login.token !== null) tokens.put(key, login.token);
    if (login.verdict === "rejected") tokens.drop(key);
    if (login.verdict === "accepted") {
      memory.token = login.token === null ? null : { client: credential.client, ...login.token };
    }
    noteCurrent(memory, versionNo, login.verdict, clock.monotonic());
    return login;
  });
}

/** Asks the issuer whether CURRENT's value still works. */
export const verifyCurrent: Stage<"verify-current", "log-in-current"> = {
  name: "verify-current",
  handles: { "log-in-current": logInWithCurrent },
};
