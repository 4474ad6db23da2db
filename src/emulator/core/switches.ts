/**
 * The emulator's switches: every behaviour of the real services that is configurable, or unknown outside Oracle. They are declared only in
 * this table; `npm run emulator -- --help` prints it.
 */
interface Definition<T> {
  readonly default: T;
  readonly takes: string;
  readonly does: string;
  /** The value of `text`, or undefined if it is invalid. */
  parse(text: string): T | undefined;
}

function count(fallback: number, does: string): Definition<number> {
  return { default: fallback, takes: "number", does, parse: wholeNumber };
}

function choice<const T extends readonly [string, ...string[]]>(options: T, does: string): Definition<T[number]> {
  const parse = (text: string): T[number] | undefined => options.find((option) => option === text);
  return { default: options[0], takes: options.join("|"), does, parse };
}

function countOr<const W extends string>(word: W, does: string): Definition<number | W> {
  return { default: word, takes: `${word}|number`, does, parse: (text) => (text === word ? word : wholeNumber(text)) };
}

function list(does: string): Definition<readonly string[]> {
  const parse = (text: string) => text.split(",").filter((item) => item !== "");
  return { default: [], takes: "names, comma", does, parse };
}

function wholeNumber(text: string): number | undefined {
  return /^\d{1,12}$/.test(text) ? Number(text) : undefined;
}

/** The first option of a choice is its default. */
export const switchTable = {
  "latency-ms": count(0, "time of every remote call, half before and half after its effect"),
  "late-ms": count(30_000, "how long after the fault lands-late the effect lands"),
  "slow-ms": count(120_000, "how long the HTTP server delays a response under the fault too-slow"),
  "truncated-body": choice(
    ["half", "html"],
    "what arrives under the fault truncated: half of the body, or a proxy's page",
  ),
  "verify-signatures": choice(
    ["off", "on"],
    "whether OCI request signatures are checked (the HTTP server starts with on)",
  ),
  deny: list("operations or calls that are forbidden: 404 from OCI, 403 from an issuer"),
  "retry-after-seconds": countOr("none", "the Retry-After of every 429, and of the 409 of the fault conflict"),

  "unknown-ids": choice(
    ["refused", "accepted"],
    "compartments, vaults, keys, topics, applications and functions of rotations that were never made",
  ),
  "rotation-target": choice(
    ["checked", "unchecked"],
    "whether a secret's rotation may name a function that does not exist; the rotation fails in any case",
  ),

  "updating-ms": count(0, "how long a secret is UPDATING after a write"),
  "updating-polls": count(1, "how many control-plane requests see UPDATING after a write"),
  "etag-on-active": choice(["changes", "stays"], "the etag at the end of UPDATING"),
  "list-while-updating": choice(["refused", "accepted"], "listing the versions of a secret while it is UPDATING"),
  "metadata-updating": choice(["yes", "no"], "whether a write of only metadata, tags or the like enters UPDATING"),
  "metadata-with-content": choice(["refused", "accepted"], "metadata and secretContent in one write"),
  "tags-with-promote": choice(
    ["accepted", "refused", "conflict", "error"],
    "freeformTags or metadata and currentVersionNumber in one write: 400, 409 IncorrectState, 500",
  ),
  "defined-tags": choice(["accepted", "refused"], "a write of definedTags: as a user of the tag namespace, or 404"),
  "data-plane-lag-ms": count(0, "how long the data plane shows the state before a write"),
  "several-selectors": choice(["refused", "first"], "a bundle request with more than one selector"),
  "promote-deprecated": choice(["accepted", "refused"], "making a DEPRECATED version CURRENT"),
  "update-during-version-deletion": choice(["accepted", "refused"], "writes while a version awaits deletion"),
  "deletion-with-rotation": choice(
    ["accepted", "refused"],
    "deletion of a secret whose scheduled rotation is switched on",
  ),
  "if-match": choice(["honoured", "ignored"], "a stale if-match: 412, or no effect"),
  "second-pending": choice(["deprecates", "refuses", "keeps-both"], "a second PENDING: what becomes of the first"),
  "second-pending-refusal": choice(
    ["400", "404", "409", "409-incorrect-state", "412", "500", "503"],
    "status of a refused second PENDING (409: Conflict)",
  ),
  "reuse-rule-status": count(400, "status of content that the reuse rule refuses"),
  "version-limit": count(30, "versions in active use"),
  "version-limit-error": choice(
    ["limit-exceeded", "conflict"],
    "at the version limit: 400 LimitExceeded or 409 Conflict",
  ),
  "page-size": count(100, "largest page of a list"),
  "rotate-in-progress": choice(["refused", "accepted"], "RotateSecret while a rotation runs"),
  "work-requests": choice(["found", "absent"], "whether rotations are found as work requests"),
  "update-version-no": choice(
    ["verify", "create", "null"],
    "versionNo sent with UPDATE_TARGET_SYSTEM: from which step's answer",
  ),

  "host-port": choice(["accepted", "refused"], "an identity domain's Host that ends in :443"),
  "token-life-seconds": count(3600, "life of a token requested without an expiry"),
  "token-life-max-seconds": count(31_556_952, "longest life that the scope urn:opc:resource:expiry gets"),
  "domain-limits": choice(
    ["none", "free", "oracle-apps", "premium"],
    "requests a second and a minute in one domain by its type, then 429 (free: tokens 10 and 150, others 20 and 150)",
  ),
  "token-limit-per-minute": countOr("none", "token requests a minute in one domain, then 429"),
  "regenerate-status": choice(["200", "201"], "status of a regeneration"),
  "regenerate-body": choice(["minimal", "full"], "members of a regeneration's answer"),
  "regenerator-read-back": choice(["absent", "without-secret", "clear"], "response to GET of a past regeneration"),
  "old-secret-dies": countOr("at-once", "ms until a regeneration, or a removal at UAA, ends the old secret"),
  "new-secret-late-refusals": count(0, "logins with a new secret that a stale node refuses"),
  "new-secret-late-ms": count(0, "how long every node refuses a new secret"),
  "old-tokens": choice(["live", "die"], "tokens obtained with a secret that was replaced"),
  "app-read-back": choice(["clear", "empty", "masked", "forbidden"], "clientSecret in the App resource"),
  "app-secret-patch": choice(["refused", "accepted", "ignored"], "setting clientSecret of an App by PATCH or PUT"),
  "signed-callers": choice(["refused", "allowed"], "OCI-signed requests at the identity domain"),

  "keycloak-rotation": choice(["on", "off"], "Keycloak's feature client-secret-rotation"),
  "keycloak-secret-length": count(86, "length of the secrets that Keycloak generates"),
  "keycloak-read-back": choice(["clear", "masked", "forbidden"], "secrets in Keycloak's admin API, for every caller"),
  "keycloak-view-only-secret": choice(
    ["clear", "masked"],
    "secrets for callers that may only view clients (masked from 26.8)",
  ),
  "keycloak-partial-put": choice(
    ["fails", "rotates"],
    "PUT of a client without attributes when its expiry is to be set: 500 in 26.7",
  ),
  "keycloak-retire-forbidden": choice(["500", "403"], "DELETE of the rotated secret without the right (500 in 26.7)"),
  "keycloak-regenerate-content": choice(["any", "json"], "content types that POST client-secret takes"),
  "keycloak-https": choice(["no", "yes"], "whether Keycloak's token endpoints refuse http with 403"),

  "uaa-bad-credentials": choice(
    ["invalid_client", "unauthorized"],
    "UAA's error for a wrong secret, in new or in old releases",
  ),
  "uaa-old-tokens": choice(["die", "live"], "tokens from before the newest secret that UAA removed, or replaced"),
  "uaa-long-secret": choice(["refused", "cut"], "a secret of more than 72 bytes at UAA"),
  "uaa-race-ms": count(
    0,
    "how long after an ADD at UAA another ADD still reads the same state; up to half of latency-ms",
  ),
  "uaa-race": choice(
    ["overwrites", "three-secrets"],
    "what such an ADD does: removes the other's secret, or adds a third",
  ),
  "uaa-limit-per-minute": countOr("none", "requests a minute at UAA, then 429"),

  "edfi-backend": choice(
    ["openiddict", "keycloak", "keycloak-with-policy"],
    "what keeps the secrets of the Ed-Fi CMS: itself, or Keycloak without or with a secret-rotation policy",
  ),
  "edfi-client-list": choice(["served", "absent"], "whether the CMS lists api clients (absent before 0.7)"),
  "edfi-release": choice(
    ["v8", "v0.7"],
    "the release whose values the Ed-Fi CMS generates, and whose way of changing them in Keycloak it uses",
  ),
  "edfi-api-version": choice(["both", "v2", "v3"], "path versions that the Ed-Fi CMS serves"),
  "edfi-reset-endpoints": choice(
    ["apiClients", "both", "applications"],
    "reset-credential endpoints that the Ed-Fi CMS serves",
  ),
  "edfi-unmapped": choice(["empty", "problem"], "body of the Ed-Fi CMS's 404 where no endpoint is served"),
  "edfi-tenancy": choice(["single", "multi"], "whether the Ed-Fi CMS requires the header Tenant"),
  "edfi-lock-ms": count(0, "how long a reset locks its Ed-Fi application; another reset gets 409"),
  "edfi-reset-502": choice(["none", "before", "after"], "502 at a reset of the Ed-Fi CMS, before its effect or after"),
  "edfi-lost-client": choice(["500", "404"], "a reset of a client that the identity provider has lost"),
  "edfi-token-life-seconds": count(1800, "life of the Ed-Fi CMS's tokens"),
  "edfi-tokens-per-client": countOr("none", "live tokens of one Ed-Fi api client, then 429"),

  "ces-wallets": choice(["array", "object"], "wallets of the Credential Exchange: as AIF documents it, or as RDS does"),
  "ces-body": choice(
    ["whole", "msg", "no-wallets", "trailing-comma", "missing-quote", "other-writers", "empty-password"],
    "fetch-credentials: as meant, a 200 with msg, without wallets, misprinted as in the documentation, as other libraries write it, or with an empty password",
  ),
  "ces-status": choice(["200", "401", "403", "404", "429"], "status of everything at the Credential Exchange"),
  "ces-registration": choice(["200", "204"], "answer to registering and removing a callback"),
  "ces-callbacks": choice(["once", "twice", "late", "missing"], "callbacks after a rotation (late: by late-ms)"),
  "ces-callback-body": choice(["json", "unquoted", "empty"], "a callback's body; documented with an unquoted name"),
  "ces-endpoint-failures": countOr("never", "callbacks in a row that an endpoint may miss before it is removed"),
} as const satisfies Record<string, Definition<unknown>>;

export type SwitchName = keyof typeof switchTable;
export type Switches = {
  -readonly [K in SwitchName]: (typeof switchTable)[K] extends Definition<infer T> ? T : never;
};

const defaults = Object.freeze(
  Object.fromEntries(Object.entries(switchTable).map(([name, definition]) => [name, definition.default])),
) as Switches;

/** All switches at their defaults, except for `changes`. The object may be changed at any time; the next request sees it. */
export function createSwitches(changes: Partial<Switches> = {}): Switches {
  return { ...defaults, ...changes };
}

function isSwitchName(name: string): name is SwitchName {
  return Object.hasOwn(switchTable, name);
}

/** Parses `name=value` from the command line. Throws an Error that names the switch and its values. */
export function parseSwitch(text: string): Partial<Switches> {
  const at = text.indexOf("=");
  const name = at < 0 ? text : text.slice(0, at);
  if (!isSwitchName(name)) throw new Error(`unknown switch "${name}". Next: see --help for the list.`);
  const definition: Definition<unknown> = switchTable[name];
  const value = at < 0 ? undefined : definition.parse(text.slice(at + 1));
  if (value === undefined) {
    throw new Error(`switch ${name} takes ${definition.takes}. Next: write ${name}=<${definition.takes}>.`);
  }
  return { [name]: value };
}
