/** The SDK's own templates, which it keeps to itself. */
export const VAULT_TEMPLATE = "https://vaults.{region}.oci.{secondLevelDomain}";
export const NOTIFICATIONS_TEMPLATE = "https://notification.{region}.oci.{secondLevelDomain}";
export const MONITORING_TEMPLATE = "https://telemetry-ingestion.{region}.{secondLevelDomain}";
export const SECRETS_TEMPLATE = "https://secrets.vaults.{region}.oci.{secondLevelDomain}";
