import type { Credential, Login } from "../issuers/issuer.ts";

/** Logs in with a value that is to be promoted: a fresh token request, whose token is not kept, since nothing is done with it yet. */
export function verifyPending(credential: Credential): Promise<Login> {
  return credential.login(null);
}
