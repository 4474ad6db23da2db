# The Retail credential mirror (docs/mirror.md): a function of its own in the rotator's application, and the schedule that calls it.
locals {
  # Known while Terraform plans, which the function's id is not.
  has_function = var.mirror.image != ""
  config = merge(
    {
      OROT_MIRROR_CES_URL          = var.mirror.ces_url
      OROT_MIRROR_TENANT_ID        = var.mirror.tenant_id
      OROT_MIRROR_CLIENT_SECRET_ID = var.mirror.client_secret_id
      OROT_MIRROR_VAULT_ID         = var.mirror.vault_id
      OROT_MIRROR_KEY_ID           = var.mirror.key_id
      OROT_MIRROR_COMPARTMENT_ID   = var.mirror.secrets_compartment_ocid
    },
    length(var.mirror.callback_urls) == 0 ? {} : { OROT_MIRROR_CALLBACK_URL = join(",", var.mirror.callback_urls) },
    var.mirror.config,
  )
}

resource "oci_artifacts_container_repository" "this" {
  count          = var.create_repository ? 1 : 0
  compartment_id = var.compartment_ocid
  display_name   = var.name
  is_public      = false
  is_immutable   = true
}

resource "oci_functions_function" "mirror" {
  count          = local.has_function ? 1 : 0
  application_id = var.application_id
  display_name   = var.name
  image          = var.mirror.image
  image_digest   = var.mirror.image_digest
  memory_in_mbs  = "256"
  # Seconds. A callback that comes right after a fetch waits for its turn.
  timeout_in_seconds = 300
  config             = local.config
  lifecycle {
    # The pipeline deploys and takes back images. Without this line the next apply would take a deployment back.
    ignore_changes = [image, image_digest]
  }
}

resource "oci_resource_scheduler_schedule" "this" {
  count              = local.has_function ? 1 : 0
  compartment_id     = var.compartment_ocid
  display_name       = var.name
  action             = "START_RESOURCE"
  recurrence_type    = "CRON"
  recurrence_details = var.mirror.cron
  state              = "ACTIVE"
  resources {
    id = oci_functions_function.mirror[0].id
    parameters {
      parameter_type = "BODY"
      # The provider takes a list with one JSON text, and sends the object in it.
      value = [jsonencode({ action = "mirror" })]
    }
  }
}

output "function_id" {
  value       = local.has_function ? oci_functions_function.mirror[0].id : null
  description = "The mirror's function. Null until there is an image."
}
output "schedule_id" {
  value       = local.has_function ? oci_resource_scheduler_schedule.this[0].id : null
  description = "The schedule that calls it. Null until there is an image."
}
output "repository" {
  value       = var.create_repository ? oci_artifacts_container_repository.this[0].display_name : null
  description = "The repository to push the mirror's image to."
}
output "config" {
  value       = local.config
  description = "The function's settings."
}
