mock_provider "oci" {}

variables {
  tenancy_ocid             = "ocid1.tenancy.oc1..t"
  compartment_ocid         = "ocid1.compartment.oc1..here"
  rotated_compartment_ocid = "ocid1.compartment.oc1..there"
  has_function             = true
  function_id              = "ocid1.fnfunc.oc1..m"
  schedule_id              = "ocid1.resourceschedule.oc1..m"
  mirror = {
    tenant_id                      = "abc123"
    client_secret_id               = "ocid1.vaultsecret.oc1..client"
    client_secret_compartment_ocid = "ocid1.compartment.oc1..there"
    secrets_compartment_ocid       = "ocid1.compartment.oc1..mirrored"
    vault_id                       = "ocid1.vault.oc1..v"
    key_id                         = "ocid1.key.oc1..k"
    vault_compartment_ocid         = "ocid1.compartment.oc1..vaults"
  }
}

run "the_mirror_has_a_group_and_a_policy_of_its_own" {
  assert {
    condition     = oci_identity_dynamic_group.this[0].name == "oci-rotate-mirror" && oci_identity_policy.this[0].statements == output.statements && length(output.statements) == 9
    error_message = jsonencode(output.statements)
  }
}

run "a_group_of_another_domain_is_made_there" {
  variables {
    domain = { name = "Apps", endpoint = "https://idcs-1.identity.oraclecloud.com" }
  }
  assert {
    condition     = length(oci_identity_dynamic_group.this) == 0 && oci_identity_domains_dynamic_resource_group.this[0].display_name == "oci-rotate-mirror"
    error_message = "a group of the domain"
  }
}

run "nothing_is_granted_before_there_is_a_function" {
  variables {
    has_function = false
    function_id  = null
    schedule_id  = null
  }
  assert {
    condition     = length(output.statements) == 0 && length(oci_identity_dynamic_group.this) == 0 && length(oci_identity_policy.this) == 0
    error_message = jsonencode(output.statements)
  }
}
