import { DefaultRequestSigner, EndpointBuilder, ResourcePrincipalAuthenticationDetailsProvider } from "oci-common";
import { RotationError } from "../../base/errors.ts";
import type { Settings } from "../../base/settings/settings.ts";
import type { Transport } from "../http/transport.ts";
import { MONITORING_TEMPLATE, NOTIFICATIONS_TEMPLATE, SECRETS_TEMPLATE, VAULT_TEMPLATE } from "./endpoints.ts";
import type { VaultAccess } from "./oci-store.ts";

function readPrincipal(): ResourcePrincipalAuthenticationDetailsProvider {
  try {
    return ResourcePrincipalAuthenticationDetailsProvider.builder();
  } catch {
    throw new RotationError(
      "SETTINGS_INVALID",
      "the function has no resource principal: one of the variables OCI_RESOURCE_PRINCIPAL_* is missing or unusable",
      "run it as an OCI Function, which sets them",
    );
  }
}

/**
 * Vault as seen by the function's own resource principal (version 2.2, from the platform's environment), in the function's region.
 * @throws RotationError SETTINGS_INVALID if the environment holds no usable principal or an unknown region
 */
export function resourcePrincipalAccess(transport: Transport, settings: Settings): VaultAccess {
  const principal = readPrincipal();
  const endpoint = (template: string) => {
    const region = principal.getRegion();
    // A region that the SDK does not know has no host name; the first call would fail with an obscure error.
    if (region === undefined) {
      throw new RotationError(
        "SETTINGS_INVALID",
        "OCI_RESOURCE_PRINCIPAL_REGION names a region that the SDK does not know",
        "set OROT_VAULT_ENDPOINT and OROT_SECRETS_ENDPOINT",
      );
    }
    return EndpointBuilder.createEndpointFromRegion(template, region);
  };
  return {
    transport,
    signer: new DefaultRequestSigner(principal),
    vaultEndpoint: settings.vaultEndpoint ?? endpoint(VAULT_TEMPLATE),
    secretsEndpoint: settings.secretsEndpoint ?? endpoint(SECRETS_TEMPLATE),
    ...(settings.notifyTopicId !== null && {
      notificationsEndpoint: settings.notificationsEndpoint ?? endpoint(NOTIFICATIONS_TEMPLATE),
    }),
    ...(settings.metricNamespace !== null && {
      monitoringEndpoint: settings.monitoringEndpoint ?? endpoint(MONITORING_TEMPLATE),
    }),
  };
}
