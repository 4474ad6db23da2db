import { parseSettings, type Settings } from "../base/settings/settings.ts";
import { PROXY_VARIABLES } from "../clients/http/proxy.ts";
import { PREFIX } from "./defaults/known.ts";
import type { Runtime } from "./runtime.ts";

/**
 * The configuration of local runs: the function's `OROT_` settings, taken from the operator's environment. Besides them only the proxy's
 * variables reach the pipeline.
 */
export function localEnvironment({ environment }: Pick<Runtime, "environment">): Record<string, string> {
  const isSetting = (name: string) => name.startsWith("OROT_") && !name.startsWith(PREFIX);
  const isTaken = (name: string) => isSetting(name) || PROXY_VARIABLES.some((variable) => variable === name);
  return Object.fromEntries(
    Object.entries(environment).filter((entry): entry is [string, string] => {
      const [name, value] = entry;
      return value !== undefined && isTaken(name);
    }),
  );
}

/** @throws RotationError SETTINGS_INVALID */
export function localSettings(runtime: Pick<Runtime, "environment">): Settings {
  return parseSettings(localEnvironment(runtime));
}
