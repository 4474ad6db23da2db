import * as z from "zod/mini";
import { RotationError } from "./errors.ts";
import { caBundle, flag, hosts, ocid, ocids, origin, originApps, origins, whole } from "./setting-kinds.ts";

interface Definition<T, F extends string | null = string | null> {
  readonly name: `OROT_${string}`;
  readonly unit: string;
  /** As it would be written in the configuration; null: not set. */
  readonly default: F;
  readonly meaning: string;
  /** What a valid value looks like, for the error text. */
  readonly expects: string;
  readonly schema: z.ZodMiniType<T, string>;
}

const define = <T, F extends string | null>(
  name: `OROT_${string}`,
  unit: string,
  fallback: F,
  schema: z.ZodMiniType<T, string>,
  expects: string,
  meaning: string,
): Definition<T, F> => ({ name, unit, default: fallback, schema, expects, meaning });

const trueOrFalse = "true or false";
const url = "an https URL without a path (http only on loopback)";

const definitions = {
  paused: define(
    "OROT_PAUSED",
    "true/false",
    "false",
    flag,
    trueOrFalse,
    "Nothing is regenerated or installed. Storing a value in hand, verifying and promoting go on.",
  ),
  issuerOrigins: define(
    "OROT_ISSUER_ORIGINS",
    "origins, comma",
    null,
    origins,
    "https origins, separated by commas",
    "Where a credential may be sent. Not set: any https origin.",
  ),
  requireWayBack: define(
    "OROT_REQUIRE_WAY_BACK",
    "true/false",
    "false",
    flag,
    trueOrFalse,
    "Without a way back nothing starts. Off: the answer warns.",
  ),
  authoritySecretIds: define(
    "OROT_AUTHORITY_SECRET_IDS",
    "OCIDs, comma",
    null,
    ocids("vaultsecret"),
    "OCIDs of Vault secrets, separated by commas",
    "Secrets that hold second authorities.",
  ),
  resourcePrincipalApps: define(
    "OROT_RESOURCE_PRINCIPAL_APPS",
    "`origin#appId`, comma",
    null,
    originApps,
    "origin#appId, separated by commas",
    "Where the function's own principal may regenerate.",
  ),
  caBundle: define(
    "OROT_CA_BUNDLE",
    "path or OCID",
    null,
    caBundle,
    "the absolute path of a PEM file in the image, or the OCID of a Vault secret that holds PEM",
    "Certificate authorities trusted for issuers, webhooks and mail servers beside the system's.",
  ),
  ociIamValue: define(
    "OROT_OCI_IAM_VALUE",
    "issuer/caller",
    "issuer",
    z.enum(["issuer", "caller"]),
    "issuer or caller",
    "Who chooses the new client secret at an OCI IAM domain; caller: PATCH of a chosen value, which a domain may refuse.",
  ),
  landingBoundSeconds: define(
    "OROT_LANDING_BOUND_SECONDS",
    "s",
    "60",
    whole(1, 600),
    "1 to 600",
    "After this time a request that was sent has taken effect or never will, and every node of the issuer has seen it.",
  ),
  claimTtlSeconds: define(
    "OROT_CLAIM_TTL_SECONDS",
    "s",
    "90",
    whole(3, 3600),
    "3 to 3600, and more than twice OROT_ACTIVE_WAIT_SECONDS",
    "How long a claim belongs to the call that wrote it; more than twice OROT_ACTIVE_WAIT_SECONDS.",
  ),
  healCompartmentIds: define(
    "OROT_HEAL_COMPARTMENT_IDS",
    "OCIDs, comma",
    null,
    ocids("(compartment|tenancy)"),
    "OCIDs of compartments, separated by commas",
    "Where heal without a secretId looks. Not set: it answers 400.",
  ),
  healIntervalMinutes: define(
    "OROT_HEAL_INTERVAL_MINUTES",
    "min",
    "60",
    whole(1, 10_080),
    "1 to 10080",
    "How often heal is sent; sets the life of a claim's token.",
  ),
  graceHours: define(
    "OROT_GRACE_HOURS",
    "h",
    "24",
    whole(0, 8760),
    "0 to 8760",
    "Where an issuer keeps two client secrets: how long the older one lives on; unless 0, at least as long as a token.",
  ),
  callTimeoutSeconds: define("OROT_CALL_TIMEOUT_SECONDS", "s", "10", whole(1, 120), "1 to 120", "One remote call."),
  activeWaitSeconds: define(
    "OROT_ACTIVE_WAIT_SECONDS",
    "s",
    "30",
    whole(1, 120),
    "1 to 120",
    "How long Vault may take to become ACTIVE after a write.",
  ),
  budgetSeconds: define(
    "OROT_BUDGET_SECONDS",
    "s",
    "280",
    whole(10, 3600),
    "10 to 3600",
    "The time for one invocation when the platform sends no deadline.",
  ),
  deadlineMarginSeconds: define(
    "OROT_DEADLINE_MARGIN_SECONDS",
    "s",
    "5",
    whole(1, 60),
    "1 to 60",
    "Kept free before the deadline for the answer.",
  ),
  ratePauseSeconds: define(
    "OROT_RATE_PAUSE_SECONDS",
    "s",
    "60",
    whole(1, 600),
    "1 to 600",
    "Pause towards an issuer after it answered 429; a longer Retry-After counts instead.",
  ),
  tokenMarginSeconds: define(
    "OROT_TOKEN_MARGIN_SECONDS",
    "s",
    "30",
    whole(0, 600),
    "0 to 600",
    "A token counts as expired so much earlier.",
  ),
  keepDeprecatedVersions: define(
    "OROT_KEEP_DEPRECATED_VERSIONS",
    "count",
    "6",
    whole(0, 20),
    "0 to 20",
    "How many DEPRECATED versions tidying keeps, the newest.",
  ),
  versionDeletionDays: define(
    "OROT_VERSION_DELETION_DAYS",
    "d",
    "2",
    whole(1, 30),
    "1 to 30",
    "Delay of a scheduled version deletion.",
  ),
  subscriberLimit: define(
    "OROT_SUBSCRIBER_LIMIT",
    "count",
    "20",
    whole(0, 20),
    "0 to 20",
    "How many subscribers one secret may have.",
  ),
  notifyBudgetSeconds: define(
    "OROT_NOTIFY_BUDGET_SECONDS",
    "s",
    "10",
    whole(1, 60),
    "1 to 60",
    "All that one call does for its notifications together; what does not fit is left to the next heal.",
  ),
  notifyMaxFailures: define(
    "OROT_NOTIFY_MAX_FAILURES",
    "count",
    "10",
    whole(1, 1000),
    "1 to 1000",
    "A subscriber that could not be reached in so many calls in a row is removed; never the last mail address.",
  ),
  notifyHosts: define(
    "OROT_NOTIFY_HOSTS",
    "hosts, comma",
    null,
    hosts,
    "host names or addresses, each with a port or without, separated by commas",
    "The only hosts that webhooks are sent to, private ones too. Not set: any host with public addresses alone.",
  ),
  notifyTopicId: define(
    "OROT_NOTIFY_TOPIC_ID",
    "OCID",
    null,
    ocid("onstopic"),
    "the OCID of a Notifications topic",
    "A topic that hears of every secret's rotations.",
  ),
  webhookKeySecretId: define(
    "OROT_WEBHOOK_KEY_SECRET_ID",
    "OCID",
    null,
    ocid("vaultsecret"),
    "the OCID of a Vault secret",
    'A secret that holds one or two signing keys, `{"keys":["whsec_…"]}`. Not set: http and https subscribers are refused.',
  ),
  smtpSecretId: define(
    "OROT_SMTP_SECRET_ID",
    "OCID",
    null,
    ocid("vaultsecret"),
    "the OCID of a Vault secret",
    'A secret that says how mail is sent, `{"host","port","user","password","from"}`. Not set: mailto subscribers are refused.',
  ),
  logFullOcids: define(
    "OROT_LOG_FULL_OCIDS",
    "true/false",
    "false",
    flag,
    trueOrFalse,
    "Whole OCIDs in logs, else their last eight characters.",
  ),
  vaultEndpoint: define(
    "OROT_VAULT_ENDPOINT",
    "URL",
    null,
    origin,
    url,
    "Another endpoint for Vault's control plane. Leave it unset on OCI.",
  ),
  secretsEndpoint: define(
    "OROT_SECRETS_ENDPOINT",
    "URL",
    null,
    origin,
    url,
    "Another endpoint for Vault's secret retrieval. Leave it unset on OCI.",
  ),
  notificationsEndpoint: define(
    "OROT_NOTIFICATIONS_ENDPOINT",
    "URL",
    null,
    origin,
    url,
    "Another endpoint for OCI Notifications. Leave it unset on OCI.",
  ),
} as const;

type Definitions = typeof definitions;
type Value<D> = D extends Definition<infer T, infer F> ? (F extends null ? T | null : T) : never;
export type Settings = { readonly [K in keyof Definitions]: Value<Definitions[K]> };

/** Every setting, in the order of the documentation. `default` is null where the setting has none. */
export const settingDefinitions: readonly Omit<Definition<unknown>, "schema">[] = Object.values(definitions);

/**
 * Reads the function's configuration (its environment). Keys without the prefix `OROT_` belong to others and are left alone.
 * @throws RotationError SETTINGS_INVALID naming the setting, never its value
 */
export function parseSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  const known = new Set<string>(settingDefinitions.map((definition) => definition.name));
  for (const name of Object.keys(environment)) {
    if (name.startsWith("OROT_") && !known.has(name)) {
      throw new RotationError(
        "SETTINGS_INVALID",
        `${name} is not a setting`,
        "correct its name or remove it; the README lists all settings",
      );
    }
  }
  const read = <T>(definition: Definition<T>): T | null => {
    const text = environment[definition.name] ?? definition.default;
    if (text === null) return null;
    const parsed = definition.schema.safeParse(text);
    if (!parsed.success)
      throw new RotationError("SETTINGS_INVALID", `${definition.name} must be ${definition.expects}`);
    return parsed.data;
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
  return settings;
}
