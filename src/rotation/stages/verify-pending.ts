import type { Credential } from "../../clients/issuers/issuer.ts";
import type { Login } from "../../clients/issuers/verdict.ts";
import type { Invocation } from "../invocation.ts";

/** Logs in with a value that is to be promoted: a fresh token request, whose token is not kept, since nothing is done with it yet. */
export function verifyPending(credential: Credential): Promise<Login> {
  return credential.login(null);
}

/**
 * The same, where a login that this process has just made may serve: the issuer has answered 429, so that it must not be asked, and CURRENT
 * may be dead for as long. Its token is not kept, so none is brought.
 */
export async function verifyToPromote(
  { acceptances, pauseMs, log }: Invocation,
  credential: Credential,
): Promise<Login> {
  const mustNotAsk = () => pauseMs(credential.client) > 0;
  const kept = (): Login => {
    log.info("login-not-repeated", { stage: "verify-pending" });
    return { verdict: "accepted", token: null };
  };
  if (mustNotAsk() && acceptances.has(credential)) return kept();
  const login = await verifyPending(credential);
  return login.verdict === "unknown" && mustNotAsk() && acceptances.has(credential) ? kept() : login;
}
