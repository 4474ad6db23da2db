import { type Budget, createBudget } from "../base/budget.ts";
import type { RotationAccess } from "../clients/vault/rotation-client.ts";
import type { Runtime } from "./runtime.ts";
import { localSettings } from "./settings.ts";
import type { SignedIn } from "./sign-in/sign-in.ts";

type Parts = Pick<Runtime, "clock" | "entropy">;

/**
 * What the clients of Vault take besides the access, if a command of the operator uses them itself. The function that it returns makes a
 * budget of its own for each use, whose only limit is the one given.
 * @throws RotationError SETTINGS_INVALID
 */
export function vaultSeams(
  runtime: Parts & Pick<Runtime, "environment">,
): (limitMs: number) => Parts & { readonly budget: Budget } {
  const { clock, entropy } = runtime;
  const callTimeoutMs = localSettings(runtime).callTimeoutSeconds * 1000;
  return (limitMs) => {
    const budget = createBudget(clock, null, { budgetMs: limitMs, marginMs: 0, callTimeoutMs });
    return { clock, entropy, budget };
  };
}

/** With the service that tells how a rotation of Vault's own gets on. */
export function rotationAccess({ access, endpoint }: Pick<SignedIn, "access" | "endpoint">): RotationAccess {
  return { ...access, workRequestsEndpoint: endpoint("workRequests") };
}
