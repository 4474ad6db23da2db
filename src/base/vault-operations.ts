/**
 * The operations of OCI Vault in use, with the right that the guides' policy lines grant for each (Source: OCI key policy reference); null:
 * none is listed.
 */
export const verbs = {
  GetSecret: "use secrets",
  ListSecretVersions: "read secret-versions",
  ListSecrets: "inspect secrets",
  GetSecretBundle: "read secret-bundles",
  CreateSecret: "manage secrets",
  UpdateSecret: "use secrets",
  ScheduleSecretVersionDeletion: "manage secret-versions",
  CancelSecretVersionDeletion: "manage secret-versions",
  RotateSecret: null,
  CancelSecretRotation: null,
  GetWorkRequest: null,
  ListWorkRequests: null,
} as const;
export type Operation = keyof typeof verbs;
