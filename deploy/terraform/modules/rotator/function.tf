locals {
  # Known while Terraform plans, which the function's id is not.
  has_function = var.image != ""
  config = merge(
    { OROT_HEAL_COMPARTMENT_IDS = var.secrets_compartment_ocid },
    var.metric_namespace == "" ? {} : { OROT_METRIC_NAMESPACE = var.metric_namespace, OROT_METRIC_COMPARTMENT_ID = var.compartment_ocid },
    var.config,
  )
}

resource "oci_artifacts_container_repository" "this" {
  count          = var.create_repository ? 1 : 0
  compartment_id = var.compartment_ocid
  display_name   = var.name
  is_public      = false
  is_immutable   = true
}

resource "oci_functions_application" "this" {
  compartment_id = var.compartment_ocid
  display_name   = var.name
  subnet_ids     = [var.subnet_id]
  shape          = var.shape
  logging {
    # As plain text, a line arrives as one string, and no query can read its members.
    line_format = "JSON"
  }
  # Functions then runs no image that the registry holds no signature for, and asks at every call.
  dynamic "image_policy_config" {
    for_each = var.signing_key_id == "" ? [] : [var.signing_key_id]
    content {
      is_policy_enabled = true
      key_details {
        kms_key_id = image_policy_config.value
      }
    }
  }
}

resource "oci_functions_function" "rotator" {
  count          = local.has_function ? 1 : 0
  application_id = oci_functions_application.this.id
  display_name   = var.name
  image          = var.image
  image_digest   = var.image_digest
  memory_in_mbs  = tostring(var.memory_in_mbs)
  # Seconds. The most that OCI allows: a step may wait for a slow issuer, and a heal of many may be sent detached.
  timeout_in_seconds               = 300
  detached_mode_timeout_in_seconds = 3600
  config                           = local.config
  lifecycle {
    # The pipeline deploys and takes back images. Without this line the next apply would take a deployment back.
    ignore_changes = [image, image_digest]
  }
}

resource "oci_resource_scheduler_schedule" "this" {
  for_each           = local.has_function ? var.schedules : {}
  compartment_id     = var.compartment_ocid
  display_name       = "${var.name}-${each.key}"
  action             = "START_RESOURCE"
  recurrence_type    = "CRON"
  recurrence_details = each.value.cron
  state              = "ACTIVE"
  resources {
    id = oci_functions_function.rotator[0].id
    parameters {
      parameter_type = "BODY"
      # The provider takes a list with one JSON text, and sends the object in it.
      value = [each.value.body]
    }
  }
}
