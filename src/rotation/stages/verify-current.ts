import { tokenKey } from "../../clients/http/token-cache.ts";
import type { Credential } from "../../clients/issuers/issuer.ts";
import type { Login } from "../../clients/issuers/verdict.ts";
import type { Invocation } from "../invocation.ts";

/**
 * Logs in with CURRENT: a fresh token request, whose token serves the calls that need a bearer.
 * @param tokenLifeSeconds for a token that is to outlive this call in a claim; null: the issuer's usual life
 */
export async function verifyCurrent(
  { tokens, secretId }: Invocation,
  credential: Credential,
  versionNo: number,
  tokenLifeSeconds: number | null,
): Promise<Login> {
  const login = await credential.login(tokenLifeSeconds);
  const key = tokenKey(secretId, versionNo, credential.tokenEndpoint.scope);
  if (login.verdict === "accepted" && login.token !== null) tokens.put(key, login.token);
  if (login.verdict === "rejected") tokens.drop(key);
  return login;
}
