# The whole rotator: in a new compartment or beside what exists, by the variables that are set. Resource Manager runs this folder as its stack.
provider "oci" {
  region = var.region
}

# OCI writes dynamic groups and policies only in the home region.
data "oci_identity_region_subscriptions" "this" {
  tenancy_id = var.tenancy_ocid
}

provider "oci" {
  alias  = "home"
  region = one([for region in data.oci_identity_region_subscriptions.this.region_subscriptions : region.region_name if region.is_home_region])
}

locals {
  secrets_compartment_ocid = var.secrets_compartment_ocid == "" ? var.compartment_ocid : var.secrets_compartment_ocid
  make_network             = var.subnet_id == ""
}

module "network" {
  count            = local.make_network ? 1 : 0
  source           = "./modules/network"
  compartment_ocid = var.network_compartment_ocid == "" ? var.compartment_ocid : var.network_compartment_ocid
  name             = var.name
  egress_ports     = var.egress_ports
}

module "rotator" {
  source                   = "./modules/rotator"
  compartment_ocid         = var.compartment_ocid
  secrets_compartment_ocid = local.secrets_compartment_ocid
  name                     = var.name
  subnet_id                = local.make_network ? module.network[0].subnet_id : var.subnet_id
  image                    = var.image
  image_digest             = var.image_digest
  shape                    = var.shape
  create_repository        = var.create_repository
  config                   = var.config
  schedules                = var.schedules
  metric_namespace         = var.metric_namespace
  alarm_emails             = var.alarm_emails
  log_retention_days       = var.log_retention_days
  signing_key_id           = var.signing_key_id
}

module "identity" {
  source                   = "./modules/identity"
  providers                = { oci = oci.home }
  tenancy_ocid             = var.tenancy_ocid
  compartment_ocid         = var.compartment_ocid
  secrets_compartment_ocid = local.secrets_compartment_ocid
  policy_compartment_ocid  = var.policy_compartment_ocid
  name                     = var.name
  has_function             = module.rotator.has_function
  function_id              = module.rotator.function_id
  schedule_ids             = module.rotator.schedule_ids
  domain                   = var.domain
  select_secrets_by        = var.select_secrets_by
  secret_tag               = var.secret_tag
  secret_name_prefix       = var.secret_name_prefix
  secret_ids               = var.secret_ids
  own_secrets              = var.own_secrets
  topic                    = var.topic
  metric_namespace         = var.metric_namespace
  people = {
    deployers = var.deployers
    operators = var.operators
    auditors  = var.auditors
    invokers  = var.invokers
  }
}

# Off unless it is asked for. Its rights have nothing in common with the rotator's.
module "mirror" {
  count             = var.mirror == null ? 0 : 1
  source            = "./modules/mirror"
  compartment_ocid  = var.compartment_ocid
  application_id    = module.rotator.application_id
  name              = "${var.name}-mirror"
  create_repository = var.create_repository
  mirror            = var.mirror
}

module "mirror_identity" {
  count                    = var.mirror == null ? 0 : 1
  source                   = "./modules/mirror-identity"
  providers                = { oci = oci.home }
  tenancy_ocid             = var.tenancy_ocid
  compartment_ocid         = var.compartment_ocid
  policy_compartment_ocid  = var.policy_compartment_ocid
  rotated_compartment_ocid = local.secrets_compartment_ocid
  name                     = "${var.name}-mirror"
  has_function             = var.mirror.image != ""
  function_id              = module.mirror[0].function_id
  schedule_id              = module.mirror[0].schedule_id
  domain                   = var.domain
  mirror                   = var.mirror
}

module "secret" {
  count            = module.rotator.has_function && var.sample_secret != null ? 1 : 0
  source           = "./modules/secret"
  compartment_ocid = local.secrets_compartment_ocid
  function_id      = module.rotator.function_id
  vault_id         = var.sample_secret.vault_id
  key_id           = var.sample_secret.key_id
  secret_name      = var.sample_secret.name
  client           = { domain_url = var.sample_secret.domain_url, app_id = var.sample_secret.app_id, client_id = var.sample_secret.client_id }
  defined_tags     = var.select_secrets_by == "tag" ? { "${var.secret_tag.namespace}.${var.secret_tag.key}" = var.secret_tag.value } : {}
  # The secret may call the function before its first rotation is due.
  depends_on = [module.identity]
}
