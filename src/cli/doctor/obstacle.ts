import type { RotationError } from "../../base/errors.ts";
import type { Place } from "../../base/place.ts";
import { type Authorization, bearerOf, type Credential } from "../../clients/issuers/issuer.ts";
import type { Login } from "../../clients/issuers/verdict.ts";
import { problemOf } from "../cli-error.ts";
import type { IssuerAccess } from "../issuer-access.ts";
import { type Finding, failed, problem } from "./finding.ts";

/** Who may ask for a new client secret, in the order of a rotation. A second authority logs in only if it is needed. */
async function* askers(issuer: IssuerAccess, credential: Credential, login: Login, place: Place) {
  const isOwn = credential.capabilities.authorities.includes("client");
  if (isOwn && login.verdict === "accepted" && login.token !== null) {
    yield bearerOf(credential.client, login.token.value);
  }
  for (const { isUnread, prove } of await issuer.authoritiesFor(credential, place)) {
    const proven = isUnread === true ? null : await prove();
    if (proven?.verdict === "accepted") yield proven.authorization satisfies Authorization;
  }
}

/** What at the issuer would end a rotation before it changes anything. Sends only reads and token requests. */
export async function checkObstacle(
  issuer: IssuerAccess,
  { credential, login, place }: { readonly credential: Credential; readonly login: Login; readonly place: Place },
): Promise<Finding[]> {
  const { preflight } = credential;
  if (preflight === undefined || login.verdict !== "accepted") return [];
  try {
    let refusal: RotationError | null = null;
    for await (const authorization of askers(issuer, credential, login, place)) {
      refusal = await preflight(() => Promise.resolve(authorization));
      if (refusal === null) return [];
    }
    return refusal === null ? [] : [problem("issuer", refusal.message, refusal.nextAction)];
  } catch (thrown) {
    return [failed("issuer", problemOf(thrown), { compartmentId: null, secretId: null })];
  }
}
