import * as z from "zod/mini";
import { RotationError } from "../../base/errors.ts";
import { onFirstUse } from "../../base/on-first-use.ts";
import { Secret } from "../../base/secret.ts";
import type { Authorization, Install, IssuerContext, Older, Retire } from "./issuer.ts";
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
import { type IssuerResponse, isShown, json, noResponse } from "./responses.ts";

const WHO = "the Keycloak realm";

const CREATED = "client.secret.creation.time";
/** Has the policy count its own period from this PUT. Without a policy it means that the value never ends. */
const ANEW = "0";

/** The value for the rotated slot. `stays`: the slot is left as it is. Null: what is in it ends. */
type Rotated = Secret | "stays" | null;

/** The client's first secret, the primary one; null: it is not shown. */
function primaryOf({ secret }: StoredClient): Secret | null {
  return secret != null && isShown(secret) ? new Secret(secret) : null;
}

/** The primary value, which no version holds. A repeated PUT finds the new value in its place, and the slot filled. */
function revived(stored: StoredClient, value: Secret): Rotated {
  const primary = primaryOf(stored);
  return primary === null || primary.equals(value) ? "stays" : primary;
}

/**
 * What one PUT carries besides the value. The old value goes along as the rotated one, so that both log in for the
 * grace. The expiry is set anew because Keycloak would otherwise keep the old one, or rotate by itself once it is over.
 * If no client policy rotates secrets, Keycloak drops both, and the old value dies at once.
 */
function attributesFor(
  stored: StoredClient,
  rotated: Rotated,
  nowSeconds: number,
  graceSeconds: number,
): Record<string, string> {
  const known = stored.attributes ?? {};
  const created = Number(known[CREATED] ?? 0);
  const expiry = Number(known[EXPIRES] ?? 0) > 0 ? { [EXPIRES]: ANEW } : {};
  if (rotated === null || graceSeconds === 0) {
    // A PUT leaves the rotated value as it is; what is in the slot from before ends here.
    const ended = known[ROTATED] === undefined ? {} : { [`${ROTATED}.expiration.time`]: String(nowSeconds - 1) };
    return { [CREATED]: String(nowSeconds), ...expiry, ...ended };
  }
  if (rotated === "stays") return { [CREATED]: String(nowSeconds), ...expiry };
  return {
    [CREATED]: String(nowSeconds),
    ...expiry,
    [ROTATED]: rotated.reveal(),
    [`${ROTATED}.creation.time`]: String(created > 0 ? created : nowSeconds),
    [`${ROTATED}.expiration.time`]: String(nowSeconds + graceSeconds),
  };
}

/** How long the older value may live at most; a heal may end it before. */
function longestGraceHours({ graceHours, retireAfter, longestGraceHours: longest }: IssuerContext["settings"]): number {
  return retireAfter === "acknowledged" ? Math.max(graceHours, longest) : graceHours;
}

/**
 * `PUT /admin/realms/{realm}/clients/{uuid}` with the value and its attributes; sending it again changes nothing more.
 * @param own CURRENT's value
 */
export async function put(
  client: RealmClient,
  context: IssuerContext,
  authorization: Authorization,
  value: Secret,
  { own, older }: { readonly own: Secret; readonly older: Older },
): Promise<Install> {
  if (authorization.kind !== "bearer") {
    return { outcome: "refused", error: new RotationError("INTERNAL", "only a bearer token is taken here") };
  }
  try {
    const stored = await find(client, context, authorization);
    if ("outcome" in stored) return stored;
    const nowSeconds = Math.floor(context.clock.now() / 1000);
    const graceSeconds = longestGraceHours(context.settings) * 3600;
    const rotated = { keep: () => own, revive: () => revived(stored, value), end: () => null }[older]();
    // A PUT leaves out what it does not name, but for this one member, which it would switch off.
    const { authorizationServicesEnabled } = stored;
    const body = {
      secret: value.reveal(),
      attributes: attributesFor(stored, rotated, nowSeconds, graceSeconds),
      authorizationServicesEnabled,
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

/** Which secret of a client may be ended, by its two values; null: not shown. */
export interface Ending {
  mayEnd(primary: Secret | null, rotated: Secret | null): boolean;
  /** Why it may not. */
  readonly otherwise: string;
}

/**
 * `DELETE .../client-secret/rotated`, only if that slot holds a value to end. After another caller's regenerate it would
 * hold CURRENT's.
 */
export async function endRotated(
  client: RealmClient,
  context: IssuerContext,
  authorization: Authorization,
  { mayEnd, otherwise }: Ending,
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
    if (!mayEnd(primaryOf(stored), held.success ? new Secret(held.data.value) : null)) {
      const error = new RotationError("RETIRE_NOT_SAFE", otherwise, "leave it to expire, or look at the realm");
      return { outcome: "refused", error };
    }
    const response: IssuerResponse = await context.httpAtOnce.delete(address, { headers: adminHeaders(authorization) });
    return refusalAt(response, "deleting the rotated secret") ?? { outcome: "retired" };
  } catch (thrown) {
    const { error, sent } = noResponse(thrown, "the request to delete the rotated secret", WHO);
    return { outcome: sent ? "unknown" : "refused", error };
  }
}
