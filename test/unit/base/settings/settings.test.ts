import { describe, expect, test } from "vitest";
import { parseSettings, settingDefinitions } from "../../../../src/base/settings/settings.ts";
import { expectFailure, expectNoTrace } from "../../../support/failures.ts";

const defaults = {
  paused: false,
  issuerOrigins: null,
  issuerAliases: null,
  requireWayBack: false,
  authoritySecretIds: null,
  resourcePrincipalApps: null,
  bindingTag: null,
  caBundle: null,
  ociIamValue: "issuer",
  landingBoundSeconds: 60,
  claimTtlSeconds: 90,
  healCompartmentIds: null,
  healIntervalMinutes: 60,
  maxAgeDays: null,
  graceHours: 24,
  retireAfter: "grace",
  longestGraceHours: 168,
  callTimeoutSeconds: 10,
  activeWaitSeconds: 30,
  budgetSeconds: 280,
  deadlineMarginSeconds: 5,
  ratePauseSeconds: 60,
  tokenMarginSeconds: 30,
  keepDeprecatedVersions: 6,
  versionDeletionDays: 2,
  subscriberLimit: 20,
  notifyBudgetSeconds: 10,
  notifyMaxFailures: 10,
  noticeBeforeMs: null,
  notifyHosts: null,
  notifyTopicId: null,
  webhookKeySecretId: null,
  smtpSecretId: null,
  metricNamespace: null,
  metricCompartmentId: null,
  logFullOcids: false,
  vaultEndpoint: null,
  secretsEndpoint: null,
  notificationsEndpoint: null,
  monitoringEndpoint: null,
};

const APP = "0".repeat(32);
const SECRET = "ocid1.vaultsecret.oc1..a";

test("an empty configuration gives the documented defaults", () => {
  expect(parseSettings({})).toEqual(defaults);
});

test("a whole configuration is read, and keys of others are left alone", () => {
  const settings = parseSettings({
    OROT_PAUSED: "true",
    OROT_ISSUER_ORIGINS: "https://A.example.org:443/, https://b.example.org:8443/Uaa/,http://localhost:9000",
    OROT_ISSUER_ALIASES: "https://A.example.org/=https://b.example.org:8443/Uaa",
    OROT_REQUIRE_WAY_BACK: "true",
    OROT_AUTHORITY_SECRET_IDS: "ocid1.vaultsecret.oc1.iad.a, ocid1.vaultsecret.oc1.iad.b",
    OROT_RESOURCE_PRINCIPAL_APPS: `https://A.example.org/#${"AB".repeat(16)}#app%2C%201#ocid1.vaultsecret.oc1..a`,
    OROT_BINDING_TAG: "rotation.client",
    OROT_CA_BUNDLE: "/function/bundle.pem",
    OROT_OCI_IAM_VALUE: "caller",
    OROT_CLAIM_TTL_SECONDS: "121",
    OROT_HEAL_COMPARTMENT_IDS: "ocid1.compartment.oc1..a,ocid1.tenancy.oc1..b",
    OROT_HEAL_INTERVAL_MINUTES: "30",
    OROT_MAX_AGE_DAYS: "180",
    OROT_GRACE_HOURS: "0",
    OROT_RETIRE_AFTER: "acknowledged",
    OROT_LONGEST_GRACE_HOURS: "48",
    OROT_LANDING_BOUND_SECONDS: "120",
    OROT_CALL_TIMEOUT_SECONDS: "20",
    OROT_ACTIVE_WAIT_SECONDS: "60",
    OROT_BUDGET_SECONDS: "100",
    OROT_DEADLINE_MARGIN_SECONDS: "10",
    OROT_RATE_PAUSE_SECONDS: "90",
    OROT_TOKEN_MARGIN_SECONDS: "0",
    OROT_KEEP_DEPRECATED_VERSIONS: "0",
    OROT_VERSION_DELETION_DAYS: "7",
    OROT_SUBSCRIBER_LIMIT: "3",
    OROT_NOTIFY_BUDGET_SECONDS: "20",
    OROT_NOTIFY_MAX_FAILURES: "5",
    OROT_NOTICE_BEFORE: "7d",
    OROT_NOTIFY_HOSTS: "Hooks.example.org, 10.0.0.5:8443,[::1]:80,[fd00::1],a.example.org:443",
    OROT_NOTIFY_TOPIC_ID: "ocid1.onstopic.oc1.iad.t",
    OROT_WEBHOOK_KEY_SECRET_ID: "ocid1.vaultsecret.oc1.iad.w",
    OROT_SMTP_SECRET_ID: "ocid1.vaultsecret.oc1.iad.m",
    OROT_METRIC_NAMESPACE: "oauth_rotation",
    OROT_METRIC_COMPARTMENT_ID: "ocid1.compartment.oc1..m",
    OROT_LOG_FULL_OCIDS: "true",
    OROT_VAULT_ENDPOINT: "https://vault.example.org/",
    OROT_SECRETS_ENDPOINT: "http://127.0.0.1:8080",
    OROT_NOTIFICATIONS_ENDPOINT: "http://127.0.0.1:8081",
    OROT_MONITORING_ENDPOINT: "https://m.example.org/",
    PATH: "/usr/bin",
    FN_FN_ID: "x",
    orot_paused: "perhaps",
    MY_OROT_PAUSED: "perhaps",
  });
  expect(settings).toEqual({
    paused: true,
    issuerOrigins: ["https://a.example.org", "https://b.example.org:8443/Uaa", "http://localhost:9000"],
    issuerAliases: [
      {
        from: { base: "https://a.example.org", realm: null },
        to: { base: "https://b.example.org:8443/Uaa", realm: null },
      },
    ],
    requireWayBack: true,
    authoritySecretIds: ["ocid1.vaultsecret.oc1.iad.a", "ocid1.vaultsecret.oc1.iad.b"],
    resourcePrincipalApps: [
      {
        client: {
          ...{ issuer: "oci-iam", base: "https://a.example.org", realm: null, tenant: null, tokenUrl: null },
          ...{ clientId: "app, 1", subject: "ab".repeat(16) },
        },
        secretId: "ocid1.vaultsecret.oc1..a",
      },
    ],
    bindingTag: { namespace: "rotation", key: "client" },
    caBundle: { kind: "file", path: "/function/bundle.pem" },
    ociIamValue: "caller",
    claimTtlSeconds: 121,
    healCompartmentIds: ["ocid1.compartment.oc1..a", "ocid1.tenancy.oc1..b"],
    healIntervalMinutes: 30,
    maxAgeDays: 180,
    graceHours: 0,
    retireAfter: "acknowledged",
    longestGraceHours: 48,
    landingBoundSeconds: 120,
    callTimeoutSeconds: 20,
    activeWaitSeconds: 60,
    budgetSeconds: 100,
    deadlineMarginSeconds: 10,
    ratePauseSeconds: 90,
    tokenMarginSeconds: 0,
    keepDeprecatedVersions: 0,
    versionDeletionDays: 7,
    subscriberLimit: 3,
    notifyBudgetSeconds: 20,
    notifyMaxFailures: 5,
    noticeBeforeMs: 604_800_000,
    notifyHosts: [
      { host: "hooks.example.org", port: null },
      { host: "10.0.0.5", port: 8443 },
      { host: "[::1]", port: 80 },
      { host: "[fd00::1]", port: null },
      { host: "a.example.org", port: 443 },
    ],
    notifyTopicId: "ocid1.onstopic.oc1.iad.t",
    webhookKeySecretId: "ocid1.vaultsecret.oc1.iad.w",
    smtpSecretId: "ocid1.vaultsecret.oc1.iad.m",
    logFullOcids: true,
    vaultEndpoint: "https://vault.example.org",
    secretsEndpoint: "http://127.0.0.1:8080",
    notificationsEndpoint: "http://127.0.0.1:8081",
    monitoringEndpoint: "https://m.example.org",
    metricNamespace: "oauth_rotation",
    metricCompartmentId: "ocid1.compartment.oc1..m",
  });
});

/** name, smallest, largest */
const numbers: readonly [name: string, min: number, max: number][] = [
  ["OROT_LANDING_BOUND_SECONDS", 1, 600],
  ["OROT_CALL_TIMEOUT_SECONDS", 1, 120],
  ["OROT_ACTIVE_WAIT_SECONDS", 1, 120],
  ["OROT_BUDGET_SECONDS", 10, 3600],
  ["OROT_HEAL_INTERVAL_MINUTES", 1, 10_080],
  ["OROT_MAX_AGE_DAYS", 1, 3_650],
  ["OROT_GRACE_HOURS", 0, 8_760],
  ["OROT_LONGEST_GRACE_HOURS", 1, 8_760],
  ["OROT_DEADLINE_MARGIN_SECONDS", 1, 60],
  ["OROT_RATE_PAUSE_SECONDS", 1, 600],
  ["OROT_TOKEN_MARGIN_SECONDS", 0, 600],
  ["OROT_KEEP_DEPRECATED_VERSIONS", 0, 20],
  ["OROT_VERSION_DELETION_DAYS", 1, 30],
  ["OROT_SUBSCRIBER_LIMIT", 0, 20],
  ["OROT_NOTIFY_BUDGET_SECONDS", 1, 60],
  ["OROT_NOTIFY_MAX_FAILURES", 1, 1_000],
];
const malformedNumbers = ["", " ", "60 ", "-5", "+5", "5.5", "1e2", "0x10", "5s", "Infinity", "NaN", "1234567890", "٥"];

describe.each(numbers)("%s", (name, min, max) => {
  test(`takes whole numbers from ${min} to ${max}`, () => {
    const room = { OROT_CLAIM_TTL_SECONDS: "3600" };
    for (const value of [min, max]) expect(() => parseSettings({ ...room, [name]: String(value) })).not.toThrow();
  });

  test.each([String(min - 1), String(max + 1), ...malformedNumbers])("refuses %j, naming itself", async (value) => {
    await expectFailure(() => parseSettings({ [name]: value }), "SETTINGS_INVALID", `${name} must be ${min} to ${max}`);
  });
});

describe("OROT_NOTICE_BEFORE", () => {
  test.each([
    ["1m", 60_000],
    ["360d", 31_104_000_000],
  ])("takes %s", (text, ms) => {
    expect(parseSettings({ OROT_NOTICE_BEFORE: text }).noticeBeforeMs).toBe(ms);
  });

  test.each(["", "59s", "361d", "7", "P7D", "7D", "0d", " 7d"])("refuses %j, naming itself", async (value) => {
    const what = "OROT_NOTICE_BEFORE must be from 1m to 360d";
    await expectFailure(() => parseSettings({ OROT_NOTICE_BEFORE: value }), "SETTINGS_INVALID", what);
  });
});

describe.each(["OROT_PAUSED", "OROT_REQUIRE_WAY_BACK", "OROT_LOG_FULL_OCIDS"])("%s", (name) => {
  test.each(["", "TRUE", "True", "1", "yes", "on", " true", "false "])("refuses %j, naming itself", async (value) => {
    await expectFailure(() => parseSettings({ [name]: value }), "SETTINGS_INVALID", `${name} must be true or false`);
  });
});

const malformedUrls = [
  "",
  "vault.example.org",
  "http://vault.example.org",
  "https://user:password@vault.example.org",
  "https://vault.example.org/20180608",
  "https://vault.example.org?a=b",
  "file:///etc/passwd",
];

describe.each(["OROT_VAULT_ENDPOINT", "OROT_SECRETS_ENDPOINT"])("%s", (name) => {
  test.each(malformedUrls)("refuses %j, naming itself", async (value) => {
    await expectFailure(() => parseSettings({ [name]: value }), "SETTINGS_INVALID", `${name} must be `);
  });
});

test.each([
  "https://a.example.org,",
  ",https://a.example.org",
  "https://a.example.org,,https://b.example.org",
  "https://a.example.org https://b.example.org",
  "https://a.example.org;https://b.example.org",
  "https://a.example.org,http://b.example.org",
  "https://a.example.org/uaa,",
  "https://a.example.org/uaa//",
  "https://a.example.org/x/../uaa",
  "https://a.example.org/%75aa",
  "https://a.example.org/uaa?x",
  "https://a.example.org/uaa#x",
  "https://user@a.example.org",
  "https://user:password@a.example.org",
  "https:a.example.org",
  "https:\\\\a.example.org",
  "https://a.example.org.",
  "a.example.org",
  "file:///etc/passwd",
  "",
])("OROT_ISSUER_ORIGINS refuses %j, naming itself", async (value) => {
  await expectFailure(
    () => parseSettings({ OROT_ISSUER_ORIGINS: value }),
    "SETTINGS_INVALID",
    "OROT_ISSUER_ORIGINS must be https addresses",
  );
});

describe("OROT_ISSUER_ALIASES", () => {
  /** Every address that the tests name. */
  const admitted = [
    ...["https://old.example.org", "https://new.example.org", "https://sso.example.org"],
    ...["https://a.example", "https://b.example", "https://c.example"],
    ...["http://localhost:8080", "http://127.0.0.1:8080"],
  ].join(",");
  const aliasesIn = (text: string, origins = admitted) =>
    parseSettings({ OROT_ISSUER_ALIASES: text, OROT_ISSUER_ORIGINS: origins }).issuerAliases;
  const place = (base: string, realm: string | null = null) => ({ base, realm });

  test.each([
    [
      "bases, written as they are compared",
      "https://OLD.example.org:443/uaa/=https://new.example.org/uaa",
      place("https://old.example.org/uaa"),
      place("https://new.example.org/uaa"),
    ],
    [
      "a realm at either base, decoded",
      "https://sso.example.org/realms/my%20shop=https://sso.example.org/auth/realms/my%C3%A9/",
      place("https://sso.example.org", "my shop"),
      place("https://sso.example.org/auth", "myé"),
    ],
    [
      "a realm of the name realms",
      "https://sso.example.org/realms/realms=https://sso.example.org/realms/r",
      place("https://sso.example.org", "realms"),
      place("https://sso.example.org", "r"),
    ],
    [
      "hosts on loopback",
      "http://localhost:8080/uaa=http://127.0.0.1:8080/uaa",
      place("http://localhost:8080/uaa"),
      place("http://127.0.0.1:8080/uaa"),
    ],
  ])("holds a pair of %s", (_what, text, from, to) => {
    expect(aliasesIn(text)).toEqual([{ from, to }]);
  });

  test.each([
    ["https://a.example/uaa=https://b.example", "https://b.example,https://a.example/other", "https://a.example/uaa"],
    ["https://a.example=https://b.example", "https://a.example", "https://b.example"],
    ["https://a.example/realms/r=https://b.example/auth/realms/r", "https://a.example", "https://b.example/auth"],
  ])("admits nothing that OROT_ISSUER_ORIGINS does not: %s", async (pair, origins, missing) => {
    const what = `OROT_ISSUER_ALIASES names ${missing}, which OROT_ISSUER_ORIGINS does not admit`;
    const error = await expectFailure(() => aliasesIn(pair, origins), "SETTINGS_INVALID", what);
    expect(error.nextAction).toBe(`add ${missing} to OROT_ISSUER_ORIGINS`);
    await expectFailure(() => parseSettings({ OROT_ISSUER_ALIASES: pair }), "SETTINGS_INVALID", "does not admit");
  });

  test("holds several pairs, in order, with blanks around the commas", () => {
    const pairs = aliasesIn("https://a.example=https://b.example , https://b.example=https://c.example");
    expect(pairs?.map(({ from, to }) => `${from.base} ${to.base}`)).toEqual([
      "https://a.example https://b.example",
      "https://b.example https://c.example",
    ]);
  });

  test.each([
    "",
    "https://a.example",
    "https://a.example=",
    "=https://a.example",
    "https://a.example==https://b.example",
    "https://a.example=https://b.example=https://c.example",
    "https://a.example=https://b.example,",
    "https://a.example =https://b.example",
    "https://a.example=b.example",
    "http://a.example=https://b.example",
    "https://a.example=http://b.example",
    "https://a.example/x/../uaa=https://b.example",
    "https://user@a.example=https://b.example",
    "https://a.example/realms/r=https://b.example",
    "https://a.example=https://b.example/realms/r",
    "https://a.example/realms/%ff=https://b.example/realms/r",
  ])("refuses %j, naming itself", async (value) => {
    await expectFailure(() => aliasesIn(value), "SETTINGS_INVALID", "OROT_ISSUER_ALIASES must be pairs base=base");
  });
});

test.each(["OROT_PAUSE", "OROT_", "OROT_paused", "OROT_CLAIM_TTL_SECONDS_"])(
  "the unknown key %s is refused, naming itself",
  async (name) => {
    const error = await expectFailure(
      () => parseSettings({ [name]: "canary-value-1" }),
      "SETTINGS_INVALID",
      `${name} is not a setting`,
    );
    expect(error.nextAction).toBe("correct its name or remove it; docs/reference.md lists all settings");
    expectNoTrace(error, "canary-value-1");
  },
);

test.each(settingDefinitions.map(({ name }) => name))("no error about %s holds its value", async (name) => {
  const value = "canary:9c1f/+ 4711";
  const error = await expectFailure(() => parseSettings({ [name]: value }), "SETTINGS_INVALID", name);
  expect(error.responseCode).toBe(500);
  expect(error.nextAction).toBe("correct the function's configuration");
  expectNoTrace(error, value);
});

test("each setting is documented with its unit and what it means, and its default is a value that it takes", () => {
  expect(settingDefinitions).toHaveLength(Object.keys(defaults).length);
  for (const definition of settingDefinitions) {
    expect(definition.name).toMatch(/^OROT_[A-Z]+(_[A-Z]+)*$/);
    expect(definition.unit).not.toBe("");
    expect(definition.meaning).toMatch(/\.$/);
    if (definition.default !== null) {
      expect(() => parseSettings({ [definition.name]: definition.default ?? undefined })).not.toThrow();
    }
  }
});

/** As OCI gives them out: type, realm, region where there is one, and sixty characters. */
const realOcid = (type: string, region = "ap-chuncheon-1") =>
  `ocid1.${type}.oc1.${region}.${"amaaaaaa".padEnd(60, "q7w2")}`;

test("a configuration that sets everything, with ten long origins and OCIDs as long as real ones, stays within OCI's 4 KB", () => {
  const longest = "https://idcs-0123456789abcdef0123456789abcdef.identity.oraclecloud.com";
  const older = longest.replace("idcs-0", "idcs-f");
  const id = "0123456789abcdef0123456789abcdef";
  const times = (count: number, text: string) => Array.from({ length: count }, () => text).join(",");
  const large: Record<string, string> = {
    OROT_ISSUER_ORIGINS: `${times(9, longest)},${older}`,
    OROT_ISSUER_ALIASES: `${older}=${longest}`,
    OROT_AUTHORITY_SECRET_IDS: times(3, realOcid("vaultsecret")),
    OROT_RESOURCE_PRINCIPAL_APPS: times(2, `${longest}#${id}#${id}#${realOcid("vaultsecret")}`),
    OROT_BINDING_TAG: "oauth-rotation.client",
    OROT_CA_BUNDLE: realOcid("vaultsecret"),
    OROT_HEAL_COMPARTMENT_IDS: times(3, realOcid("compartment", "")),
    OROT_MAX_AGE_DAYS: "3650",
    OROT_NOTICE_BEFORE: "360d",
    OROT_VAULT_ENDPOINT: "https://vaults.ap-chuncheon-1.oci.oraclegovcloud.com",
    OROT_SECRETS_ENDPOINT: "https://secrets.vaults.ap-chuncheon-1.oci.oraclegovcloud.com",
    OROT_NOTIFICATIONS_ENDPOINT: "https://notification.ap-chuncheon-1.oci.oraclegovcloud.com",
    OROT_NOTIFY_HOSTS: times(3, "hooks.department.example.org:8443"),
    OROT_NOTIFY_TOPIC_ID: realOcid("onstopic"),
    OROT_WEBHOOK_KEY_SECRET_ID: realOcid("vaultsecret"),
    OROT_SMTP_SECRET_ID: realOcid("vaultsecret"),
    OROT_METRIC_NAMESPACE: "oauth_rotation",
    OROT_METRIC_COMPARTMENT_ID: realOcid("compartment", ""),
    OROT_MONITORING_ENDPOINT: "https://telemetry-ingestion.ap-chuncheon-1.oraclegovcloud.com",
  };
  const configuration = Object.fromEntries(
    settingDefinitions.map(({ name, default: fallback }) => [name, large[name] ?? fallback ?? ""]),
  );
  expect(Object.entries(configuration).filter(([, value]) => value === "")).toEqual([]);
  expect(() => parseSettings(configuration)).not.toThrow();
  expect(Buffer.byteLength(JSON.stringify(configuration))).toBeLessThan(4_096);
});

test("a claim must live for more than twice the longest UPDATING, or nothing starts", async () => {
  const settings = (ttl: string) => () =>
    parseSettings({ OROT_CLAIM_TTL_SECONDS: ttl, OROT_ACTIVE_WAIT_SECONDS: "40" });
  expect(settings("81")).not.toThrow();
  await expectFailure(settings("80"), "SETTINGS_INVALID", "more than twice OROT_ACTIVE_WAIT_SECONDS");
});

test.each([
  ["OROT_AUTHORITY_SECRET_IDS", "ocid1.secret.oc1..a"],
  ["OROT_AUTHORITY_SECRET_IDS", "ocid1.vaultsecret.oc1..a,"],
  ["OROT_HEAL_COMPARTMENT_IDS", "ocid1.vaultsecret.oc1..a"],
  ["OROT_RESOURCE_PRINCIPAL_APPS", "https://a.example.org"],
  ["OROT_RESOURCE_PRINCIPAL_APPS", "https://a.example.org#short"],
  ["OROT_RESOURCE_PRINCIPAL_APPS", `http://a.example.org#${APP}`],
  ["OROT_RESOURCE_PRINCIPAL_APPS", `http://a.example.org#${APP}#app#${SECRET}`],
  ["OROT_RESOURCE_PRINCIPAL_APPS", `https://a.example.org/path#${APP}#app#${SECRET}`],
  ["OROT_RESOURCE_PRINCIPAL_APPS", `https://a.example.org#${APP}##${SECRET}`],
  ["OROT_RESOURCE_PRINCIPAL_APPS", `https://a.example.org#${APP}#app`],
  ["OROT_RESOURCE_PRINCIPAL_APPS", `https://a.example.org#${APP}#app#${SECRET}#more`],
  ["OROT_RESOURCE_PRINCIPAL_APPS", `https://a.example.org#${APP}#app%#${SECRET}`],
  ["OROT_RESOURCE_PRINCIPAL_APPS", `https://a.example.org#${APP}#app#ocid1.compartment.oc1..a`],
  ["OROT_BINDING_TAG", ""],
  ["OROT_BINDING_TAG", "rotation"],
  ["OROT_BINDING_TAG", "rotation.client.more"],
  ["OROT_BINDING_TAG", "rotation. client"],
  ["OROT_BINDING_TAG", `${"n".repeat(101)}.client`],
  ["OROT_OCI_IAM_VALUE", "both"],
  ["OROT_RETIRE_AFTER", "both"],
  ["OROT_NOTIFY_HOSTS", ""],
  ["OROT_NOTIFY_HOSTS", "https://a.example.org"],
  ["OROT_NOTIFY_HOSTS", "a.example.org/path"],
  ["OROT_NOTIFY_HOSTS", "user@a.example.org"],
  ["OROT_NOTIFY_HOSTS", "a.example.org:"],
  ["OROT_NOTIFY_HOSTS", "a.example.org:port"],
  ["OROT_NOTIFY_HOSTS", "*.example.org"],
  ["OROT_NOTIFY_TOPIC_ID", "ocid1.vaultsecret.oc1..a"],
  ["OROT_WEBHOOK_KEY_SECRET_ID", "whsec_abc"],
  ["OROT_SMTP_SECRET_ID", "smtp.example.org"],
  ["OROT_CA_BUNDLE", ""],
  ["OROT_CA_BUNDLE", "/"],
  ["OROT_CA_BUNDLE", "bundle.pem"],
  ["OROT_CA_BUNDLE", "/a\0b"],
  ["OROT_CA_BUNDLE", "ocid1.vault.oc1..a"],
  ["OROT_CA_BUNDLE", `/${"a".repeat(1024)}`],
])("%s refuses %j, naming itself", async (name, value) => {
  await expectFailure(() => parseSettings({ [name]: value }), "SETTINGS_INVALID", name);
});

test.each([
  ["its address as it is", `https://a.example.org#${APP}#app#${SECRET}`],
  ["every field encoded", `${encodeURIComponent("https://a.example.org")}#${APP}#app#${encodeURIComponent(SECRET)}`],
])("OROT_RESOURCE_PRINCIPAL_APPS takes an entry with %s", (_title, text) => {
  expect(parseSettings({ OROT_RESOURCE_PRINCIPAL_APPS: text }).resourcePrincipalApps).toMatchObject([
    { client: { base: "https://a.example.org", clientId: "app", subject: APP }, secretId: SECRET },
  ]);
});

test("OROT_RESOURCE_PRINCIPAL_APPS of an earlier edition is refused, with the line to set", async () => {
  const whole = `https://b.example.org#${APP}#app#${SECRET}`;
  const old = { OROT_RESOURCE_PRINCIPAL_APPS: `https://A.example.org/#${"AB".repeat(16)}, ${whole}` };
  const error = await expectFailure(() => parseSettings(old), "SETTINGS_INVALID", "base#appId#clientId#secretId");
  expect(error.nextAction).toBe(
    `set OROT_RESOURCE_PRINCIPAL_APPS=https://a.example.org#${"ab".repeat(16)}#<client id of the App>#<OCID of the secret rotated for it>,${whole}`,
  );
});

test("OROT_CA_BUNDLE may be the OCID of a secret", () => {
  const { caBundle } = parseSettings({ OROT_CA_BUNDLE: "ocid1.vaultsecret.oc1.iad.a" });
  expect(caBundle).toEqual({ kind: "secret", secretId: "ocid1.vaultsecret.oc1.iad.a" });
});

describe("metrics", () => {
  const compartment = { OROT_METRIC_COMPARTMENT_ID: "ocid1.compartment.oc1..c" };

  test("have a namespace, a compartment and, if need be, an endpoint of their own", () => {
    const endpoint = { OROT_MONITORING_ENDPOINT: "https://m.example.org" };
    expect(parseSettings({ OROT_METRIC_NAMESPACE: "ocirotate", ...compartment, ...endpoint })).toMatchObject({
      metricNamespace: "ocirotate",
      metricCompartmentId: "ocid1.compartment.oc1..c",
      monitoringEndpoint: "https://m.example.org",
    });
  });

  test.each([
    "",
    "o",
    "oci_rotate",
    "oracle_rotate",
    "1rotate",
    "_rotate",
    "rotate-it",
    "Rotate",
    "rotate it",
    "r".repeat(256),
  ])("are not posted to %j, which Monitoring would not ingest or no policy line could name", async (namespace) => {
    const settings = { OROT_METRIC_NAMESPACE: namespace, ...compartment };
    await expectFailure(() => parseSettings(settings), "SETTINGS_INVALID", "OROT_METRIC_NAMESPACE must be 2 to 255");
  });

  test.each([
    [{ OROT_METRIC_NAMESPACE: "ocirotate" }, "OROT_METRIC_NAMESPACE is set without OROT_METRIC_COMPARTMENT_ID"],
    [compartment, "OROT_METRIC_COMPARTMENT_ID is set without OROT_METRIC_NAMESPACE"],
  ])("are not half set: %j", async (settings, what) => {
    const error = await expectFailure(() => parseSettings(settings), "SETTINGS_INVALID", what);
    expect(error.nextAction).toBe("set both, or neither");
  });
});
