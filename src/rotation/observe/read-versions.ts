import { RotationError } from "../../base/errors.ts";
import { delayBefore, type RetryPolicy } from "../../clients/http/retry.ts";
import { requireValue } from "../../clients/issuers/index.ts";
import type { Credential } from "../../clients/issuers/issuer.ts";
import type { Login } from "../../clients/issuers/verdict.ts";
import { parseContent } from "../../clients/vault/content.ts";
import type { VersionList } from "../../clients/vault/store.ts";
import type { Context } from "../context.ts";
import { placeOf, requireTagged } from "./binding.ts";

/** An operator waits for an action's answer, so it reports "unknown" sooner than a rotation. */
const retryPolicy: RetryPolicy = { attempts: 3, firstDelayMs: 1_000, longestDelayMs: 4_000 };

/** @throws RotationError VAULT_UNAVAILABLE if the secret stays UPDATING */
export async function listVersions({ clients: { vault }, clock, entropy }: Context): Promise<VersionList> {
  for (let attempt = 1; attempt <= retryPolicy.attempts; attempt++) {
    if (attempt > 1) await clock.sleep(delayBefore(retryPolicy, attempt, entropy));
    const list = await vault.listVersions();
    if (list !== null) return list;
  }
  throw new RotationError(
    "VAULT_UNAVAILABLE",
    "the secret is UPDATING, and Vault does not list its versions meanwhile",
  );
}

/**
 * The credential of a version. A claim holds one too: CURRENT's at its time. Null for content with another mark of
 * ours.
 */
export async function readCredentialOf(
  context: Context,
  versionNo: number,
): Promise<{ readonly credential: Credential; readonly isClaim: boolean } | null> {
  const content = parseContent((await context.clients.vault.readVersion(versionNo)).content);
  if (content.kind === "unknown") return null;
  requireValue(content);
  return { credential: context.clients.issuers.open(content), isClaim: content.kind === "claim" };
}

/**
 * Checks the secret's defined tags as they are now, if OROT_BINDING_TAG is set.
 * @throws RotationError CLIENT_NOT_BOUND
 */
export async function requireTaggedNow(context: Context, { client }: Credential): Promise<void> {
  if (context.settings.bindingTag === null) return;
  requireTagged(context, client, placeOf(context, await context.clients.vault.readSecret()));
}

/** Logs in, and retries while the verdict is unknown and may change. */
export async function logInVersion({ clock, entropy, budget }: Context, credential: Credential): Promise<Login> {
  for (let attempt = 1; ; attempt++) {
    const login = await credential.login(null);
    const isLast = attempt === retryPolicy.attempts || login.verdict !== "unknown" || login.final;
    const delay = delayBefore(retryPolicy, attempt + 1, entropy);
    if (isLast || delay >= budget.remaining()) return login;
    await clock.sleep(delay);
  }
}
