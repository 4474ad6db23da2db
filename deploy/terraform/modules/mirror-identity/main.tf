# The mirror's dynamic group and policy, apart from the rotator's. OCI writes them only in the home region, so this module gets that region's provider.
module "statements" {
  source                   = "./statements"
  name                     = var.name
  domain_name              = var.domain == null ? "" : var.domain.name
  function_id              = var.has_function ? var.function_id : "none"
  schedule_id              = var.has_function ? var.schedule_id : "none"
  compartment_ocid         = var.compartment_ocid
  rotated_compartment_ocid = var.rotated_compartment_ocid
  mirror                   = var.mirror
}

locals {
  description = "oci-rotate: the mirror"
  statements  = var.has_function ? concat(module.statements.function, [module.statements.schedule]) : []
}

resource "oci_identity_dynamic_group" "this" {
  count          = var.has_function && var.domain == null ? 1 : 0
  compartment_id = var.tenancy_ocid
  name           = var.name
  description    = local.description
  matching_rule  = module.statements.rule
}

resource "oci_identity_domains_dynamic_resource_group" "this" {
  count         = var.has_function && var.domain != null ? 1 : 0
  idcs_endpoint = var.domain.endpoint
  schemas       = ["urn:ietf:params:scim:schemas:oracle:idcs:DynamicResourceGroup"]
  display_name  = var.name
  description   = local.description
  matching_rule = module.statements.rule
}

resource "oci_identity_policy" "this" {
  count          = var.has_function ? 1 : 0
  compartment_id = var.policy_compartment_ocid == "" ? var.compartment_ocid : var.policy_compartment_ocid
  name           = var.name
  description    = local.description
  statements     = local.statements
  # A statement that names a group which does not exist is refused.
  depends_on = [oci_identity_dynamic_group.this, oci_identity_domains_dynamic_resource_group.this]
}

output "statements" {
  value       = local.statements
  description = "All statements that were written."
}
