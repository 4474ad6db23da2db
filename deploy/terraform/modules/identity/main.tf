# Dynamic groups and policies. OCI writes them only in the home region, so this module gets that region's provider.
module "statements" {
  source                   = "./statements"
  name                     = var.name
  function_id              = var.has_function ? var.function_id : "none"
  schedule_ids             = var.schedule_ids
  compartment_ocid         = var.compartment_ocid
  secrets_compartment_ocid = var.secrets_compartment_ocid
  select_secrets_by        = var.select_secrets_by
  secret_tag               = var.secret_tag
  secret_name_prefix       = var.secret_name_prefix
  secret_ids               = var.secret_ids
  own_secrets              = var.own_secrets
  topic                    = var.topic
  metric_namespace         = var.metric_namespace
  domain_name              = var.domain == null ? "" : var.domain.name
  people                   = local.people
  repository               = var.name
}

locals {
  groups = var.has_function ? toset(["function", "secrets"]) : toset([])
  # Without a function there is nothing yet to invoke.
  people = merge(var.people, var.has_function ? {} : { invokers = "" })
  # Policies by name, with their statements.
  policies = merge(
    var.has_function ? { "" = module.statements.function } : {},
    var.has_function && length(var.schedule_ids) > 0 ? { "-schedules" = module.statements.schedules } : {},
    length(module.statements.people) > 0 ? { "-people" = module.statements.people } : {},
  )
}

resource "oci_identity_dynamic_group" "this" {
  for_each       = var.domain == null ? local.groups : toset([])
  compartment_id = var.tenancy_ocid
  name           = "${var.name}-${each.key}"
  description    = "oci-rotate: the ${each.key}"
  matching_rule  = module.statements.rules[each.key]
}

resource "oci_identity_domains_dynamic_resource_group" "this" {
  for_each      = var.domain == null ? toset([]) : local.groups
  idcs_endpoint = var.domain.endpoint
  schemas       = ["urn:ietf:params:scim:schemas:oracle:idcs:DynamicResourceGroup"]
  display_name  = "${var.name}-${each.key}"
  description   = "oci-rotate: the ${each.key}"
  matching_rule = module.statements.rules[each.key]
}

resource "oci_identity_policy" "this" {
  for_each       = local.policies
  compartment_id = var.policy_compartment_ocid == "" ? var.compartment_ocid : var.policy_compartment_ocid
  name           = "${var.name}${each.key}"
  description    = "oci-rotate"
  statements     = each.value
  # A statement that names a group which does not exist is refused.
  depends_on = [oci_identity_dynamic_group.this, oci_identity_domains_dynamic_resource_group.this]
}

output "statements" {
  value       = flatten([for name in sort(keys(local.policies)) : local.policies[name]])
  description = "All statements that were written."
}
output "rotation_statements" {
  value       = var.has_function ? module.statements.rotation : []
  description = "The six statements of the rotation itself."
}
output "rules" {
  value       = var.has_function ? module.statements.rules : null
  description = "Matching rules of the dynamic groups."
}
