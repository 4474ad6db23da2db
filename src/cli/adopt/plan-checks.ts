import { printable } from "../../base/printable.ts";
import { CliError } from "../cli-error.ts";
import type { Planned } from "./plan.ts";
import type { Task } from "./task.ts";

const RESETS: readonly Task["newValue"][] = ["reset", "revive"];

/**
 * Each client that is named for a reset must be one of those to adopt, and only one of them.
 * @throws CliError USAGE
 */
export function requireResets(planned: readonly Planned[], resets: readonly string[]): void {
  for (const id of resets) {
    const fitting = planned.filter((one) => "task" in one && one.task.client.clientId === id);
    if (fitting.length === 1 && fitting.every((one) => "task" in one && RESETS.includes(one.task.newValue))) continue;
    throw new CliError("USAGE", {
      what:
        fitting.length > 1
          ? `several realms or tenants have the client ${printable(id)} of --reset`
          : `--reset names ${printable(id)}, which is none of the clients to adopt whose issuer makes the value`,
      means: "nothing was changed",
      next: fitting.length > 1 ? "name one with --realm or --tenant" : "correct it; for a UAA there is --add",
    });
  }
}

/**
 * Two clients must not meet in one name of a vault.
 * @throws CliError USAGE
 */
export function requireNamesOnce(planned: readonly Planned[]): void {
  const seen = new Set<string>();
  for (const one of planned) {
    if (!("task" in one)) continue;
    const { secretName, place } = one.task;
    const name = `${place.vaultId} ${secretName}`;
    if (seen.has(name)) {
      throw new CliError("USAGE", {
        what: `two clients would get the secret's name ${secretName}`,
        means: "nothing was changed",
        next: "add {realm}, {tenant} or {issuer} to --names",
      });
    }
    seen.add(name);
  }
}
