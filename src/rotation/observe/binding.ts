import { isDeepStrictEqual } from "node:util";
import { RotationError } from "../../base/errors.ts";
import { type Place, tagOf } from "../../base/place.ts";
import { type Client, clientTag, isTagOf } from "../../clients/issuers/client.ts";
import type { SecretState } from "../../clients/vault/store.ts";
import type { Invocation } from "../invocation.ts";
import type { Memory } from "../memory.ts";

export function placeOf({ secretId }: Invocation, { compartmentId, definedTags }: SecretState): Place {
  return { secretId, compartmentId, definedTags };
}

/** Keeps where the secret is. Who was bound to it elsewhere is no longer asked, nor is what he has proven used. */
export function notePlace(invocation: Invocation, memory: Memory, state: SecretState): Place {
  const place = placeOf(invocation, state);
  if (memory.place !== null && !isDeepStrictEqual(memory.place, place)) {
    memory.authorities = null;
    memory.authorityProof = null;
  }
  memory.place = place;
  return place;
}

/**
 * Where OROT_BINDING_TAG is set, a secret is rotated for the client alone that its defined tag names.
 * @throws RotationError CLIENT_NOT_BOUND with the value to set
 */
export function requireTagged({ settings }: Invocation, client: Client, place: Place): void {
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
    `if the content is right, have somebody who may use the tag namespace set ${name}, beside the secret's other tags, to: ${clientTag(client)}`,
  );
}

/**
 * The same for the client that a call serves, before the issuer is asked anything. A value in hand is stored first, which asks the issuer
 * nothing; and where CURRENT names nobody, or somebody else by now, nothing is asked for either.
 */
export async function requireBound(invocation: Invocation, memory: Memory): Promise<void> {
  const client = memory.served?.client ?? null;
  if (invocation.settings.bindingTag === null || client === null) return;
  if (memory.hand !== null || memory.isClientChanged) return;
  // Steps that change nothing read the secret itself for its tags alone.
  memory.place ??= placeOf(invocation, await invocation.clients.vault.readSecret());
  requireTagged(invocation, client, memory.place);
}
