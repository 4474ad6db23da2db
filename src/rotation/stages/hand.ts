import type { Secret } from "../../base/secret.ts";
import { contentWith } from "../../clients/vault/content.ts";
import { fitsVault } from "../../clients/vault/content-size.ts";
import type { Invocation } from "../invocation.ts";
import type { Memory } from "../memory.ts";
import type { Observation } from "../observe/observe.ts";
import { usable } from "../observe/view.ts";

/**
 * From here until it is stored, the value exists nowhere but in `memory.hand`. Nothing of it is parsed or judged: a value that the issuer has made
 * works, whatever it looks like.
 * @returns false where it does not fit into a version, so that nothing was taken
 */
export function takeIntoHand(
  invocation: Invocation,
  memory: Memory,
  { current, list }: Observation,
  clientSecret: Secret,
  isMinted: boolean,
): boolean {
  const { content, credential } = usable(memory, current.versionNo);
  const text = content.withSecret(credential.rotatedMember, clientSecret);
  if (!fitsVault(text.reveal())) return false;
  memory.hand = {
    text,
    content: contentWith(content, credential.rotatedMember, clientSecret),
    credential: credential.withSecret(clientSecret),
    base: list.versions[0]?.versionNo ?? 0,
    receivedAt: invocation.clock.monotonic(),
    isCopy: false,
    isMinted,
    login: null,
    failure: null,
    races: 0,
  };
  return true;
}

/** A version's own text, to be written once more. */
export function takeCopy(invocation: Invocation, memory: Memory, { list }: Observation, versionNo: number): void {
  const { content, credential } = usable(memory, versionNo);
  memory.hand = {
    text: content.withSecret(credential.rotatedMember, credential.clientSecret),
    content,
    credential,
    base: list.versions[0]?.versionNo ?? 0,
    receivedAt: invocation.clock.monotonic(),
    isCopy: true,
    isMinted: false,
    login: memory.logins.get(versionNo)?.login ?? null,
    failure: null,
    races: 0,
  };
}
