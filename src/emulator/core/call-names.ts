/** The remote calls of a rotation, as faults, records and the demo name them. */
export const rotationCalls = [
  "get-secret",
  "list-versions",
  "read-current",
  "token-current",
  "write-claim",
  "regenerate",
  "write-pending",
  "read-pending",
  "token-pending",
  "promote",
  "read-app",
] as const;

/** All call names. */
export const callNames = [
  ...rotationCalls,
  "install",
  "retire",
  "find-client",
  "read-client",
  "read-secret",
  "read-rotated",
  "read-regenerator",
  "update-metadata",
  "get-version",
  "list-secrets",
  "rotate-secret",
  "cancel-secret-rotation",
  "schedule-version-deletion",
  "cancel-version-deletion",
  "schedule-secret-deletion",
  "cancel-secret-deletion",
  "change-compartment",
  "list-bundle-versions",
  "get-work-request",
  "get-function",
  "get-application",
  "list-functions",
  "update-function",
  "list-applications",
  "update-application",
  "invoke-function",
  "database-token",
  "webhook",
  "publish-message",
  "get-topic",
  "list-topics",
  "create-topic",
  "post-metric-data",
  "list-metrics",
  "create-secret",
  "fetch-credentials",
  "fetch-wallet",
  "register-callback",
  "remove-callback",
  "list-callbacks",
  "other",
] as const;

export type CallName = (typeof callNames)[number];

/** What serves a request: one of OCI's services, an issuer by its name, or the Credential Exchange. */
export type IssuerSystem = "identity" | "keycloak" | "uaa" | "edfi-cms" | "ces";
export type System =
  | "vault"
  | "bundles"
  | "work-requests"
  | "functions"
  | "auth"
  | "receivers"
  | "topics"
  | "monitoring"
  | "unknown"
  | IssuerSystem;
