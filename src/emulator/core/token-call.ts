import { type StoredSecret, type VaultState, versionAt } from "../vault/state.ts";
import type { CallName } from "./call-names.ts";
import type { EmulatorState } from "./state.ts";
import { storedContent } from "./stored-content.ts";

/** By client id, a secret whose CURRENT named it. Among thousands of secrets, each login looks for its own. */
const found = new WeakMap<VaultState["secrets"], Map<string, StoredSecret>>();

function currentContent(secret: StoredSecret | undefined) {
  const current = secret === undefined ? undefined : versionAt(secret, "CURRENT");
  return current === undefined ? undefined : storedContent(current.content);
}

/** Of several secrets that name the client, the one that was found first. */
function contentOfClient({ secrets }: VaultState, clientId: string) {
  const known = currentContent(found.get(secrets)?.get(clientId));
  if (known?.clientId === clientId) return known;
  const named = new Map<string, StoredSecret>();
  for (const secret of Object.values(secrets)) {
    const id = currentContent(secret)?.clientId;
    if (id !== undefined && !named.has(id)) named.set(id, secret);
  }
  found.set(secrets, named);
  return currentContent(named.get(clientId));
}

/**
 * A login is `token-current` if it presents the client secret of CURRENT in Vault.
 * @param first the client's secret if no secret in Vault names the client
 */
export function tokenCall(
  clientId: string,
  clientSecret: string,
  first: string | undefined,
  state: EmulatorState,
): CallName {
  const content = contentOfClient(state.vault, clientId);
  const current = content === undefined ? first : content.clientSecret;
  return current === clientSecret ? "token-current" : "token-pending";
}
