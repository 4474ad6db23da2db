import { createBudget } from "../base/budget.ts";
import { createLog } from "../base/log.ts";
import type { Place } from "../base/place.ts";
import type { Secret } from "../base/secret.ts";
import type { Settings } from "../base/settings/settings.ts";
import { createIssuerHttp } from "../clients/http/issuer-http.ts";
import { createRateGate } from "../clients/http/rate-gate.ts";
import type { Transport } from "../clients/http/transport.ts";
import { authoritiesFor } from "../clients/issuers/authorities.ts";
import { openCredential } from "../clients/issuers/index.ts";
import type { Authority, Credential } from "../clients/issuers/issuer.ts";
import type { Content } from "../clients/vault/content.ts";
import { createOciStore, type VaultAccess } from "../clients/vault/oci-store.ts";
import type { Runtime } from "./runtime.ts";

/** The issuer of a secret, asked from this machine outside any rotation. */
export interface IssuerAccess {
  /** @throws RotationError as `openCredential` does */
  open(content: Content): Credential;
  /** Throws RotationError VAULT_UNAVAILABLE. @param place of the secret that holds the credential */
  authoritiesFor(credential: Credential, place: Place): Promise<readonly Authority[]>;
  /** CURRENT of any secret. Throws RotationError as SecretStore does. */
  readSecretText(secretId: string): Promise<Secret>;
}

/**
 * @param authorities PEM of certificate authorities trusted for issuers in addition to the system's; null: none
 * @param limitMs the limit for all requests together
 */
export function createIssuerAccess(
  { clock, entropy, transport }: Pick<Runtime, "clock" | "entropy" | "transport">,
  access: VaultAccess,
  settings: Settings,
  { authorities, limitMs }: { readonly authorities: string | null; readonly limitMs: number },
): IssuerAccess {
  const callTimeoutMs = settings.callTimeoutSeconds * 1000;
  const budget = createBudget(clock, null, { budgetMs: limitMs, marginMs: 0, callTimeoutMs });
  const toIssuers: Transport = authorities === null ? transport : (request) => transport({ ...request, authorities });
  const gate = createRateGate(clock);
  const pause = { ratePauseMs: settings.ratePauseSeconds * 1000 };
  const http = createIssuerHttp(toIssuers, gate, budget, { ...pause, maxWaitMs: () => budget.remaining() }, clock);
  const httpAtOnce = createIssuerHttp(toIssuers, gate, budget, { ...pause, maxWaitMs: () => 0 }, clock);
  const readSecretText = (id: string) => createOciStore(access, id, { clock, entropy, budget }).readCurrentText();
  // Silent: each caller reports its own findings.
  const log = createLog(() => undefined, clock, false);
  const { issuerOrigins: origins, issuerAliases } = settings;
  const rules = { origins, aliases: issuerAliases ?? [], onCrossing: () => undefined };
  return {
    readSecretText,
    open: (content) => openCredential(content, { http, httpAtOnce, clock, settings }, rules),
    authoritiesFor: ({ client }, place) =>
      authoritiesFor({ client, place }, { http, clock, entropy, settings, log, signer: access.signer, readSecretText }),
  };
}
