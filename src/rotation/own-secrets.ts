import { RotationError } from "../base/errors.ts";
import type { Settings } from "../base/settings/settings.ts";

/**
 * The setting that makes a secret the rotator's own: a second authority's credential, a CA bundle, a signing key or
 * SMTP credentials. Its content could look like a client's credential. A caller who may send events must not have it
 * rotated.
 */
export function settingThatNames(settings: Settings, secretId: string): string | null {
  const { authoritySecretIds, caBundle, webhookKeySecretId, smtpSecretId } = settings;
  const named: Readonly<Record<string, readonly (string | null)[]>> = {
    OROT_AUTHORITY_SECRET_IDS: authoritySecretIds ?? [],
    OROT_CA_BUNDLE: [caBundle?.kind === "secret" ? caBundle.secretId : null],
    OROT_WEBHOOK_KEY_SECRET_ID: [webhookKeySecretId],
    OROT_SMTP_SECRET_ID: [smtpSecretId],
  };
  const isMeant = (one: string | null) => one?.toLowerCase() === secretId.toLowerCase();
  return Object.entries(named).find(([, ids]) => ids.some(isMeant))?.[0] ?? null;
}

/** @throws RotationError EVENT_INVALID if a setting names the secret of the event */
export function requireSubject(settings: Settings, secretId: string): void {
  const setting = settingThatNames(settings, secretId);
  if (setting === null) return;
  throw new RotationError(
    "EVENT_INVALID",
    `the secret is one that ${setting} names, and this function rotates none of its own`,
    "name another secret; one that holds a second authority's credential is rotated by a function that does not use it",
  );
}
