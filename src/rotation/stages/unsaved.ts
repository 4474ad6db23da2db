import type { Secret } from "../../base/secret.ts";
import { contentWith } from "../../clients/vault/content.ts";
import { fitsVault } from "../../clients/vault/content-size.ts";
import { highestNo } from "../../clients/vault/highest.ts";
import type { Observed } from "../observe/observe.ts";
import { usable } from "../observe/values.ts";

/**
 * Keeps a new value. Until it is stored, it exists only in `attempt.unsaved`. It is not parsed or judged: a value that
 * the issuer made works, whatever it looks like.
 * @returns false if it does not fit into a version; then nothing was kept
 */
export function keepUnsaved(
  { context, attempt, snapshot: { current, list } }: Observed,
  clientSecret: Secret,
  isMinted: boolean,
): boolean {
  const { content, credential } = usable(attempt.read, current.versionNo);
  const text = content.withSecret(credential.rotatedMember, clientSecret);
  if (!fitsVault(text.reveal())) return false;
  attempt.unsaved = {
    text,
    content: contentWith(content, credential.rotatedMember, clientSecret),
    credential: credential.withSecret(clientSecret),
    base: highestNo(list),
    receivedAt: context.clock.monotonic(),
    isCopy: false,
    isMinted,
    login: null,
    failure: null,
    races: 0,
  };
  return true;
}

/** Keeps a version's own text as unsaved, to be written again. */
export function copyVersion({ context, attempt, snapshot: { list } }: Observed, versionNo: number): void {
  const { content, credential } = usable(attempt.read, versionNo);
  attempt.unsaved = {
    text: content.withSecret(credential.rotatedMember, credential.clientSecret),
    content,
    credential,
    base: highestNo(list),
    receivedAt: context.clock.monotonic(),
    isCopy: true,
    isMinted: false,
    login: attempt.read.logins.get(versionNo)?.login ?? null,
    failure: null,
    races: 0,
  };
}
