import { tokenKey } from "../../clients/http/token-cache.ts";
import type { Attempt } from "../attempt.ts";
import type { Context } from "../context.ts";
import type { Snapshot } from "../observe/observe.ts";
import { recordVerdict } from "../observe/values.ts";
import { keepVerdict } from "./login.ts";
import type { Stage, StageResult } from "./stage.ts";

/** Logs in with CURRENT by a fresh token request. Its token serves the calls that need a bearer. */
export function logInWithCurrent(
  context: Context,
  attempt: Attempt,
  _observation: Snapshot | null,
  { versionNo }: { readonly versionNo: number },
): Promise<StageResult> {
  const { tokens, secretId, clock } = context;
  return keepVerdict(context, attempt, versionNo, async (credential) => {
    const login = await credential.login(attempt.tokenLifeSeconds);
    const key = tokenKey(secretId, versionNo, credential.tokenEndpoint.scope);
    if (login.verdict === "accepted" && login.token !== null) tokens.put(key, login.token);
    if (login.verdict === "rejected") tokens.drop(key);
    if (login.verdict === "accepted") {
      attempt.token = login.token === null ? null : { client: credential.client, ...login.token };
    }
    recordVerdict(attempt, versionNo, login.verdict, clock.monotonic());
    return login;
  });
}

/** Asks the issuer whether CURRENT's value still works. */
export const verifyCurrent: Stage<"verify-current", "log-in-current"> = {
  name: "verify-current",
  handles: { "log-in-current": logInWithCurrent },
};
