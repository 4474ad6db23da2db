import { CliError } from "./cli-error.ts";
import { defaultList } from "./defaults/defaults.ts";
import type { Runtime } from "./runtime.ts";
import { localSettings } from "./settings.ts";

/**
 * `--compartment`, each once, else OROT_CLI_COMPARTMENT, else the compartments in which the function's heal looks.
 * @param why completes "no compartment was given"
 * @throws CliError USAGE where neither names one; RotationError SETTINGS_INVALID
 */
export function compartmentsOf(
  runtime: Pick<Runtime, "environment">,
  { compartment }: { readonly compartment: readonly string[] },
  why = "",
): readonly string[] {
  const named = compartment.length > 0 ? compartment : defaultList(runtime.environment, "compartment");
  const compartmentIds = named.length > 0 ? named : localSettings(runtime).healCompartmentIds;
  if (compartmentIds === null) {
    throw new CliError("USAGE", {
      what: `no compartment was given${why === "" ? "" : ` ${why}`}`,
      next: "add --compartment <ocid>, or set OROT_CLI_COMPARTMENT, or OROT_HEAL_COMPARTMENT_IDS as for the function",
    });
  }
  return [...new Set(compartmentIds)];
}
