import { isAdmitted } from "../address.ts";
import { RotationError } from "../errors.ts";
import type { Definition } from "./definition.ts";
import { definitions } from "./table.ts";

type Definitions = typeof definitions;
type Value<D> = D extends Definition<infer T, infer F> ? (F extends null ? T | null : T) : never;
export type Settings = { readonly [K in keyof Definitions]: Value<Definitions[K]> };

/** Every setting, in the order of the documentation. `default` is null if the setting has none. */
export const settingDefinitions: readonly Omit<Definition<unknown>, "read" | "inPlaceOf">[] =
  Object.values(definitions);

/**
 * Reads the function's configuration (its environment). Keys without the prefix `OROT_` belong to others and are ignored.
 * @throws RotationError SETTINGS_INVALID naming the setting, never its value
 */
export function parseSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  const known = new Set<string>(settingDefinitions.map((definition) => definition.name));
  for (const name of Object.keys(environment)) {
    if (name.startsWith("OROT_") && !known.has(name)) {
      throw new RotationError(
        "SETTINGS_INVALID",
        `${name} is not a setting`,
        "correct its name or remove it; docs/reference.md lists all settings",
      );
    }
  }
  const read = <T>(definition: Definition<T>): T | null => {
    const text = environment[definition.name] ?? definition.default;
    if (text === null) return null;
    const value = definition.read(text);
    if (value !== null) return value;
    const instead = definition.inPlaceOf(text);
    const next = instead === null ? undefined : `set ${definition.name}=${instead}`;
    throw new RotationError("SETTINGS_INVALID", `${definition.name} must be ${definition.expects}`, next);
  };
  const settings = Object.fromEntries(
    Object.entries(definitions).map(([key, definition]) => [key, read<unknown>(definition)]),
  ) as Settings;
  if (settings.claimTtlSeconds <= 2 * settings.activeWaitSeconds) {
    throw new RotationError(
      "SETTINGS_INVALID",
      `${definitions.claimTtlSeconds.name} must be more than twice ${definitions.activeWaitSeconds.name}`,
    );
  }
  requireAdmittedAliases(settings);
  requireWholeMetrics(settings);
  return settings;
}

/** Metrics belong to a compartment, and a compartment alone posts none. */
function requireWholeMetrics({ metricNamespace, metricCompartmentId }: Settings): void {
  if ((metricNamespace === null) === (metricCompartmentId === null)) return;
  const { metricNamespace: namespace, metricCompartmentId: compartment } = definitions;
  const [set, missing] = metricNamespace === null ? [compartment, namespace] : [namespace, compartment];
  throw new RotationError("SETTINGS_INVALID", `${set.name} is set without ${missing.name}`, `set both, or neither`);
}

/** An alias makes no address one that credentials may be sent to. */
function requireAdmittedAliases({ issuerAliases, issuerOrigins }: Settings): void {
  const bases = (issuerAliases ?? []).flatMap(({ from, to }) => [from.base, to.base]);
  const missing = bases.find((base) => issuerOrigins === null || !isAdmitted(base, issuerOrigins));
  if (missing === undefined) return;
  throw new RotationError(
    "SETTINGS_INVALID",
    `${definitions.issuerAliases.name} names ${missing}, which ${definitions.issuerOrigins.name} does not admit`,
    `add ${missing} to ${definitions.issuerOrigins.name}`,
  );
}
