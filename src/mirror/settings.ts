import { RotationError } from "../base/errors.ts";
import { isSafeOrigin } from "../base/origin.ts";
import type { Definition as SharedDefinition } from "../base/settings/definition.ts";
import { list, ocid, whole } from "../base/settings/kinds.ts";
import { type Settings as CoreSettings, parseSettings } from "../base/settings/settings.ts";

const PREFIX = "OROT_MIRROR_";
const MAX_CALLBACKS = 5;

/** The path of the environment belongs to the base; whatever else a URL can carry does not. */
function isBaseUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { origin, username, password, search, hash } = new URL(text);
  return isSafeOrigin(origin) && `${username}${password}${search}${hash}` === "";
}
const baseUrl = (text: string) => (isBaseUrl(text) ? text.replace(/\/+$/, "") : null);

function isCallback(text: string): boolean {
  return text.length <= 500 && URL.canParse(text) && ["http:", "https:", "mailto:"].includes(new URL(text).protocol);
}
const callbacks = (text: string) => {
  const urls = list((url) => (isCallback(url) ? url : null))(text);
  return urls !== null && urls.length <= MAX_CALLBACKS ? urls : null;
};

/** As the rotator's, but that a setting without a default must be set, unless it `isOptional`. */
interface Definition<T> extends Pick<SharedDefinition<T>, "default" | "expects" | "meaning" | "read"> {
  readonly name: `OROT_MIRROR_${string}`;
  readonly isOptional: boolean;
}

const required = <T>(
  name: Definition<T>["name"],
  read: Definition<T>["read"],
  expects: string,
  meaning: string,
): Definition<T> => ({ name, default: null, isOptional: false, read, expects, meaning });

const definitions = {
  cesUrl: required(
    "OROT_MIRROR_CES_URL",
    baseUrl,
    "an https URL without query and user (http only on loopback)",
    "The base of the Credential Exchange Service, as Oracle names it for the environment: up to, not including, /api.",
  ),
  tenantId: required(
    "OROT_MIRROR_TENANT_ID",
    (text) => (/^[A-Za-z0-9_-]{1,60}$/.test(text) ? text : null),
    "letters, digits, hyphen and underscore, up to 60",
    "The tenant whose callbacks are listed; also part of the names of the mirrored secrets.",
  ),
  callbackUrls: {
    ...required(
      "OROT_MIRROR_CALLBACK_URL",
      callbacks,
      `up to ${MAX_CALLBACKS} http, https or mailto URLs, separated by commas`,
      "Callbacks that the Credential Exchange notifies of a rotation. Not set: none is registered, and only the schedule fetches.",
    ),
    isOptional: true,
  },
  clientSecretId: required(
    "OROT_MIRROR_CLIENT_SECRET_ID",
    ocid("vaultsecret"),
    "the OCID of a Vault secret",
    "The secret with the OAuth client that fetches; oci-rotate rotates it.",
  ),
  vaultId: required("OROT_MIRROR_VAULT_ID", ocid("vault"), "the OCID of a vault", "Where missing secrets are made."),
  keyId: required(
    "OROT_MIRROR_KEY_ID",
    ocid("key"),
    "the OCID of a key",
    "The key of that vault which encrypts secrets made here.",
  ),
  compartmentId: required(
    "OROT_MIRROR_COMPARTMENT_ID",
    ocid("compartment|tenancy"),
    "the OCID of a compartment",
    "The compartment of the mirrored secrets.",
  ),
  minSecondsBetweenFetches: {
    ...required(
      "OROT_MIRROR_MIN_SECONDS_BETWEEN_FETCHES",
      whole(1, 86_400),
      "1 to 86400",
      "Seconds from one fetch to the next, for any caller, across all invocations.",
    ),
    default: "60",
  },
  maxSecrets: {
    ...required(
      "OROT_MIRROR_MAX_SECRETS",
      whole(1, 5_000),
      "1 to 5000",
      "How many mirrored secrets there may be, those that Oracle no longer lists among them; a fetch that asks for more makes none.",
    ),
    default: "150",
  },
  certificateWarnDays: {
    ...required(
      "OROT_MIRROR_CERTIFICATE_WARN_DAYS",
      whole(0, 365),
      "0 to 365",
      "Each answer warns in the last n days before a wallet's certificateEndDate.",
    ),
    default: "30",
  },
} as const;

type Definitions = typeof definitions;
type Value<D> = D extends Definition<infer T> ? (D extends { readonly isOptional: true } ? T | null : T) : never;
export type MirrorSettings = { readonly [K in keyof Definitions]: Value<Definitions[K]> } & {
  /** Those of the rotator that the mirror shares: times, endpoints, logs, CA bundle. */
  readonly core: CoreSettings;
};

/** Every setting that only the mirror has, in the order of the documentation. */
export const mirrorSettingDefinitions: readonly Omit<Definition<unknown>, "read">[] = Object.values(definitions);

function invalid(what: string, next?: string): RotationError {
  return new RotationError("SETTINGS_INVALID", what, next);
}

/**
 * Reads the mirror's configuration (its environment): its own settings, and those of the rotator.
 * @throws RotationError SETTINGS_INVALID naming the setting, never its value
 */
export function parseMirrorSettings(environment: Readonly<Record<string, string | undefined>>): MirrorSettings {
  const own = Object.entries(environment).filter(([name]) => name.startsWith(PREFIX));
  const known = new Set<string>(mirrorSettingDefinitions.map(({ name }) => name));
  const unknown = own.find(([name]) => !known.has(name));
  if (unknown !== undefined) throw invalid(`${unknown[0]} is not a setting`, "correct its name or remove it");
  const rest = Object.entries(environment).filter(([name]) => !name.startsWith(PREFIX));
  const read = (definition: Definition<unknown>): unknown => {
    const text = environment[definition.name] ?? definition.default;
    if (text === null && definition.isOptional) return null;
    if (text === null) throw invalid(`${definition.name} is missing: ${definition.expects}`);
    const value = definition.read(text);
    if (value === null) throw invalid(`${definition.name} must be ${definition.expects}`);
    return value;
  };
  const values = Object.fromEntries(Object.entries(definitions).map(([key, definition]) => [key, read(definition)]));
  return { ...(values as Omit<MirrorSettings, "core">), core: parseSettings(Object.fromEntries(rest)) };
}
