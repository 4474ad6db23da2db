import { type Budget, createBudget } from "../../src/base/budget.ts";
import type { Entropy } from "../../src/base/entropy.ts";
import { createNetworkTransport } from "../../src/clients/http/network.ts";
import type { OciSigner } from "../../src/clients/http/oci-http-client.ts";
import { createOciStore, type VaultAccess } from "../../src/clients/vault/oci-store.ts";
import type { SecretStore } from "../../src/clients/vault/store.ts";
import { createInstantClock, type InstantClock } from "./instant-clock.ts";

export const VAULT = "https://vaults.example.org";
export const SECRETS = "https://secrets.example.org";
const SECRET_ID = "ocid1.vaultsecret.oc1..abc";
export const SECRET_PATH = `/20180608/secrets/${SECRET_ID}`;
export const BUNDLE_PATH = `/20190301/secretbundles/${SECRET_ID}`;

export interface VaultRig {
  readonly clock: InstantClock;
  readonly budget: Budget;
  readonly store: SecretStore;
}

/** Request signatures have tests of their own; here one shows where it would stand. */
export const SIGNATURE = 'Signature version="1",keyId="ST$canary.session.token"';
const signer: OciSigner = {
  async signHttpRequest(request) {
    request.headers.append("authorization", SIGNATURE);
  },
};
/** Without jitter, so that delays can be told. */
const entropy: Entropy = { uuid: () => "", bytes: (length) => new Uint8Array(length), fraction: () => 0 };

/** What the real SDK clients take, up to the sockets that nock takes over. */
export function createVaultSeams(budgetMs = 280_000) {
  const clock = createInstantClock();
  const budget = createBudget(clock, null, { budgetMs, marginMs: 5_000, callTimeoutMs: 10_000 });
  const transport = createNetworkTransport(clock);
  const access: VaultAccess = { transport, signer, vaultEndpoint: VAULT, secretsEndpoint: SECRETS };
  return { access, seams: { clock, entropy, budget } };
}

/** The real store over them. */
export function createVaultRig(budgetMs?: number): VaultRig {
  const { access, seams } = createVaultSeams(budgetMs);
  return { ...seams, store: createOciStore(access, SECRET_ID, seams) };
}
