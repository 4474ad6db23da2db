import { define } from "./definition.ts";
import { ocid, origin, type Read } from "./kinds.ts";

/** As Monitoring takes it: prefixes of Oracle's own are not ingested. */
const namespace: Read<string> = (text) => (/^(?!oci_|oracle_)[a-z][a-z0-9_]{1,254}$/.test(text) ? text : null);

/** Whether and where numbers are posted. */
export const metricSettings = {
  metricNamespace: define(
    "OROT_METRIC_NAMESPACE",
    "name",
    null,
    namespace,
    "2 to 255 lower-case letters, digits and underscores, a letter first, and not begin with oci_ or oracle_",
    "The namespace in OCI Monitoring to which each call posts its numbers ([watching.md](watching.md)). Not set: it posts none, and sends nothing.",
  ),
  metricCompartmentId: define(
    "OROT_METRIC_COMPARTMENT_ID",
    "OCID",
    null,
    ocid("compartment|tenancy"),
    "the OCID of a compartment",
    "The compartment of these metrics. Set with OROT_METRIC_NAMESPACE, or not at all.",
  ),
  monitoringEndpoint: define(
    "OROT_MONITORING_ENDPOINT",
    "URL",
    null,
    origin,
    "an https URL without a path (http only on loopback)",
    "A different endpoint for OCI Monitoring's ingestion. Leave it unset on OCI.",
  ),
} as const;
