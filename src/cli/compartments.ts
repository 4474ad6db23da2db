import { CliError } from "./cli-error.ts";
import type { Runtime } from "./runtime.ts";
import { localSettings } from "./settings.ts";

/**
 * `--compartment`, each once, else the compartments in which the function's heal looks.
 * @throws CliError USAGE where neither names one; RotationError SETTINGS_INVALID
 */
export function compartmentsOf(
  runtime: Pick<Runtime, "environment">,
  { compartment }: { readonly compartment: readonly string[] },
): readonly string[] {
  const compartmentIds = compartment.length > 0 ? compartment : localSettings(runtime).healCompartmentIds;
  if (compartmentIds === null) {
    throw new CliError("USAGE", {
      what: "no compartment was given",
      next: "add --compartment <ocid>, once for each, or set OROT_HEAL_COMPARTMENT_IDS as for the function",
    });
  }
  return [...new Set(compartmentIds)];
}
