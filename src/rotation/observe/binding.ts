import { isDeepStrictEqual } from "node:util";
import { RotationError } from "../../base/errors.ts";
import { type Place, tagOf } from "../../base/place.ts";
import { type Client, clientTag, isTagOf } from "../../clients/issuers/client.ts";
import type { SecretState } from "../../clients/vault/store.ts";
import { forgetOthers } from "../attempt/authorities.ts";
import type { Context } from "../context.ts";
import type { Rotation } from "../rotation.ts";

export function placeOf({ secretId }: Context, { compartmentId, definedTags }: SecretState): Place {
  return { secretId, compartmentId, definedTags };
}

/**
 * Records where the secret is. After a move, the authorities bound to the old place are dropped, and so is their
 * authorization.
 */
export function notePlace({ context, attempt }: Rotation, state: SecretState): Place {
  const place = placeOf(context, state);
  if (attempt.read.place !== null && !isDeepStrictEqual(attempt.read.place, place)) forgetOthers(attempt.authorities);
  attempt.read.place = place;
  return place;
}

/**
 * If OROT_BINDING_TAG is set, a secret is rotated only for the client that its defined tag names.
 * @throws RotationError CLIENT_NOT_BOUND with the value to set
 */
export function requireTagged({ settings }: Context, client: Client, place: Place): void {
  const { bindingTag, issuerAliases } = settings;
  if (bindingTag === null) return;
  const tag = tagOf(place, bindingTag);
  if (tag !== null && isTagOf(tag, client, issuerAliases ?? [])) return;
  const name = `${bindingTag.namespace}.${bindingTag.key}`;
  throw new RotationError(
    "CLIENT_NOT_BOUND",
    tag === null
      ? `the secret has no defined tag ${name}, which OROT_BINDING_TAG asks for`
      : `the secret's defined tag ${name} names another client than its content`,
    `if the content is right, have someone who may use the tag namespace set ${name}, besides the secret's other tags, to: ${clientTag(client)}`,
  );
}

/**
 * The same for the client that a call serves, before any request to the issuer. An unsaved value is stored first, which
 * needs no issuer. If CURRENT names no client, or another one by now, no request follows either.
 */
export async function requireBound({ context, attempt }: Rotation): Promise<void> {
  const client = attempt.read.served?.client ?? null;
  if (context.settings.bindingTag === null || client === null) return;
  if (attempt.unsaved !== null || attempt.read.isClientChanged) return;
  // Steps that change nothing read the secret itself only for its tags.
  attempt.read.place ??= placeOf(context, await context.clients.vault.readSecret());
  requireTagged(context, client, attempt.read.place);
}
