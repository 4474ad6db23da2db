import * as z from "zod/mini";
import { RotationError } from "../../base/errors.ts";
import { onFirstUse } from "../../base/on-first-use.ts";
import { Secret } from "../../base/secret.ts";
import type { Authorization, Install, IssuerContext, Retire } from "./issuer.ts";
import {
  adminHeaders,
  adminRealm,
  EXPIRES,
  find,
  type RealmClient,
  ROTATED,
  refusalAt,
  type StoredClient,
} from "./keycloak-client.ts";
import { type IssuerResponse, json, noResponse } from "./responses.ts";

const WHO = "the Keycloak realm";

const CREATED = "client.secret.creation.time";
/** Has the policy count its own period from this PUT. Without a policy it means that the value never ends. */
const ANEW = "0";

/**
 * What one PUT carries besides the value. The old value goes along as the rotated one, so that both log in for the
 * grace. The expiry is set anew because Keycloak would otherwise keep the old one, or rotate by itself once it is over.
 * If no client policy rotates secrets, Keycloak drops both, and the old value dies at once.
 */
function attributesFor(
  stored: StoredClient,
  previous: Secret | null,
  nowSeconds: number,
  graceSeconds: number,
): Record<string, string> {
  const known = stored.attributes ?? {};
  const created = Number(known[CREATED] ?? 0);
  const expiry = Number(known[EXPIRES] ?? 0) > 0 ? { [EXPIRES]: ANEW } : {};
  if (previous === null || graceSeconds === 0) {
    // A PUT leaves the rotated value as it is; what is in the slot from before ends here.
    const ended = known[ROTATED] === undefined ? {} : { [`${ROTATED}.expiration.time`]: String(nowSeconds - 1) };
    return { [CREATED]: String(nowSeconds), ...expiry, ...ended };
  }
  return {
    [CREATED]: String(nowSeconds),
    ...expiry,
    [ROTATED]: previous.reveal(),
    [`${ROTATED}.creation.time`]: String(created > 0 ? created : nowSeconds),
    [`${ROTATED}.expiration.time`]: String(nowSeconds + graceSeconds),
  };
}

/** How long the older value may live at most; a heal may end it before. */
function longestGraceHours({ graceHours, retireAfter, longestGraceHours: longest }: IssuerContext["settings"]): number {
  return retireAfter === "acknowledged" ? Math.max(graceHours, longest) : graceHours;
}

/** `PUT /admin/realms/{realm}/clients/{uuid}` with the value and its attributes; sending it again changes nothing more. */
export async function put(
  client: RealmClient,
  context: IssuerContext,
  authorization: Authorization,
  value: Secret,
  previous: Secret | null,
): Promise<Install> {
  if (authorization.kind !== "bearer") {
    return { outcome: "refused", error: new RotationError("INTERNAL", "only a bearer token is taken here") };
  }
  try {
    const stored = await find(client, context, authorization);
    if ("outcome" in stored) return stored;
    const nowSeconds = Math.floor(context.clock.now() / 1000);
    const graceSeconds = longestGraceHours(context.settings) * 3600;
    // A PUT leaves out what it does not name, but for this one member, which it would switch off.
    const { authorizationServicesEnabled } = stored;
    const body = {
      secret: value.reveal(),
      attributes: attributesFor(stored, previous, nowSeconds, graceSeconds),
      ...(authorizationServicesEnabled === undefined ? {} : { authorizationServicesEnabled }),
    };
    const address = `${adminRealm(client)}/clients/${stored.id}`;
    const response: IssuerResponse = await context.httpAtOnce.put(address, JSON.stringify(body), {
      headers: adminHeaders(authorization),
    });
    if (response.status === 400) {
      const error = new RotationError("POLICY_REFUSED", "the realm's client policies refuse the chosen value");
      return { outcome: "policy-refused", error };
    }
    return refusalAt(response, "setting the client secret") ?? { outcome: "installed" };
  } catch (thrown) {
    const { error, sent } = noResponse(thrown, "the request to set the client secret", WHO);
    return { outcome: sent ? "unknown" : "refused", error };
  }
}

const slot = onFirstUse(() => z.object({ value: z.string() }));

/**
 * `DELETE .../client-secret/rotated`, only if that slot holds the value to retire. After another caller's regenerate it
 * would hold CURRENT's.
 */
export async function endRotated(
  client: RealmClient,
  context: IssuerContext,
  authorization: Authorization,
  older: Secret,
): Promise<Retire> {
  if (authorization.kind !== "bearer") {
    return { outcome: "refused", error: new RotationError("INTERNAL", "only a bearer token is taken here") };
  }
  try {
    const stored = await find(client, context, authorization);
    if ("outcome" in stored) return stored;
    const address = `${adminRealm(client)}/clients/${stored.id}/client-secret/rotated`;
    const shown: IssuerResponse = await context.http.get(address, { headers: adminHeaders(authorization) });
    if (shown.status === 404) return { outcome: "nothing-to-retire" };
    const refusal = refusalAt(shown, "reading the rotated secret");
    if (refusal !== null) return refusal;
    const held = slot().safeParse(json(shown));
    if (!held.success || !older.equals(new Secret(held.data.value))) {
      const what = "the rotated secret is another one than that of PREVIOUS, or is not shown";
      return {
        outcome: "refused",
        error: new RotationError("RETIRE_NOT_SAFE", what, "leave it to expire, or look at the realm"),
      };
    }
    const response: IssuerResponse = await context.httpAtOnce.delete(address, { headers: adminHeaders(authorization) });
    return refusalAt(response, "deleting the rotated secret") ?? { outcome: "retired" };
  } catch (thrown) {
    const { error, sent } = noResponse(thrown, "the request to delete the rotated secret", WHO);
    return { outcome: sent ? "unknown" : "refused", error };
  }
}
