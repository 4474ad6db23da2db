import type { ListedSecret } from "../../../../src/clients/vault/directory.ts";
import type { ManyContext } from "../../../../src/rotation/actions/many.ts";
import type { Context } from "../../../../src/rotation/context.ts";
import type { Rig } from "../rig.ts";

/** A rotation that Vault schedules with the function `me`. */
export const scheduled = (changes: Partial<ListedSecret["rotation"]> = {}): ListedSecret["rotation"] => ({
  functionId: "me",
  targetType: "FUNCTION",
  isScheduled: true,
  intervalDays: 30,
  lastAt: null,
  nextAt: null,
  status: null,
  ...changes,
});

/** A secret as a list shows it. */
export const listed = (secretId: string, changes: Partial<ListedSecret> = {}): ListedSecret => ({
  secretId,
  name: secretId,
  compartmentId: "one",
  vaultId: "vault",
  lifecycle: "ACTIVE",
  createdAt: 0,
  isReplica: false,
  tags: {},
  expiresAt: null,
  rotation: scheduled(),
  ...changes,
});

/** What the function `me` works with on these secrets; each run has the rig's context with another id. */
export function manyOf(
  { context, clock }: Rig,
  secrets: readonly ListedSecret[],
  contextFor: (secretId: string) => Context = (secretId) => ({ ...context, secretId }),
): ManyContext {
  const { settings, budget, entropy, log, tally } = context;
  return {
    ...{ settings, clock, budget, entropy, log, tally, functionId: "me" },
    directory: {
      async *secrets() {
        yield* secrets;
      },
      list: async () => [],
    },
    contextFor: (secretId, turn) => ({ ...contextFor(secretId), budget: turn }),
  };
}
