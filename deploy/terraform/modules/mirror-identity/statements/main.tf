# What the mirror may do, as policy text. Each sentence is argued in docs/mirror.md.
locals {
  mirror   = "dynamic-group ${var.domain_name == "" ? "" : "'${var.domain_name}'/"}'${var.name}'"
  mirrored = "in compartment id ${var.mirror.secrets_compartment_ocid}"
  of_vault = "in compartment id ${var.mirror.vault_compartment_ocid}"
  own      = "where target.secret.name = /ces.${var.mirror.tenant_id}.*/"
}

output "rule" {
  value       = "ALL {resource.type = 'fnfunc', resource.id = '${var.function_id}'}"
  description = "Matching rule of the mirror's dynamic group."
}
output "function" {
  value = tolist([
    "Allow ${local.mirror} to inspect secrets ${local.mirrored}",
    "Allow ${local.mirror} to {SECRET_READ, SECRET_UPDATE} ${local.mirrored} ${local.own}",
    # Creating has no target yet, so no condition on a name could ever be true for it.
    "Allow ${local.mirror} to {SECRET_CREATE} ${local.mirrored}",
    "Allow ${local.mirror} to {SECRET_VERSION_INSPECT, SECRET_VERSION_DELETE} ${local.mirrored} ${local.own}",
    "Allow ${local.mirror} to {SECRET_BUNDLE_READ} ${local.mirrored} ${local.own}",
    "Allow ${local.mirror} to use vaults ${local.of_vault} where target.vault.id = '${var.mirror.vault_id}'",
    "Allow ${local.mirror} to use keys ${local.of_vault} where target.key.id = '${var.mirror.key_id}'",
    "Allow ${local.mirror} to {SECRET_BUNDLE_READ} in compartment id ${var.mirror.client_secret_compartment_ocid} where target.secret.id = '${var.mirror.client_secret_id}'",
  ])
  description = "The statements of the mirror's function."

  # The mirror may create secrets of any name where it keeps its own, and the rotator may write what it selects.
  precondition {
    condition     = var.mirror.secrets_compartment_ocid != var.rotated_compartment_ocid
    error_message = "The mirrored secrets need a compartment of their own: in the one of the rotated secrets, each function would have rights on the other's."
  }
}
output "schedule" {
  value       = "Allow any-user to manage functions-family in compartment id ${var.compartment_ocid} where all {request.principal.type = 'resourceschedule', request.principal.id = '${var.schedule_id}', target.function.id = '${var.function_id}'}"
  description = "The statement of the schedule."
}
