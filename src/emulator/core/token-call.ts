import { versionAt } from "../vault/state.ts";
import type { CallName } from "./call-names.ts";
import type { EmulatorState } from "./state.ts";
import { storedContent } from "./stored-content.ts";

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
  for (const secret of Object.values(state.vault.secrets)) {
    const current = versionAt(secret, "CURRENT");
    const content = current === undefined ? undefined : storedContent(current.content);
    if (content?.clientId === clientId) {
      return content.clientSecret === clientSecret ? "token-current" : "token-pending";
    }
  }
  return first === clientSecret ? "token-current" : "token-pending";
}
