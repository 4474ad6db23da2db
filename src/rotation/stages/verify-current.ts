import { tokenKey } from "../../clients/http/token-cache.ts";
import { keepToken } from "../attempt/authorities.ts";
import type { Observed, Snapshot } from "../observe/observe.ts";
import { recordVerdict } from "../observe/values.ts";
import { keepVerdict } from "./login.ts";
import type { Stage, StageResult } from "./stage.ts";

/** Logs in with CURRENT by a fresh token request. Its token serves the calls that need a bearer. */
export function logInWithCurrent(
  rotation: Observed<Snapshot | null>,
  { versionNo }: { readonly versionNo: number },
): Promise<StageResult> {
  const { attempt } = rotation;
  const { tokens, secretId, clock } = rotation.context;
  return keepVerdict(rotation, versionNo, async (credential) => {
    const login = await credential.login(attempt.authorities.tokenLifeSeconds);
    const key = tokenKey(secretId, versionNo, credential.tokenEndpoint.scope);
    if (login.verdict === "accepted" && login.token !== null) tokens.put(key, login.token);
    if (login.verdict === "rejected") tokens.drop(key);
    if (login.verdict === "accepted") keepToken(attempt.authorities, credential.client, login.token);
    recordVerdict(attempt.read, versionNo, login.verdict, clock.monotonic());
    return login;
  });
}

/** Asks the issuer whether CURRENT's value still works. */
export const verifyCurrent: Stage<"verify-current", "log-in-current"> = {
  name: "verify-current",
  handles: { "log-in-current": logInWithCurrent },
};
