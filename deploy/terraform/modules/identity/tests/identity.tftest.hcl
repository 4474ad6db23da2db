mock_provider "oci" {}

variables {
  tenancy_ocid             = "ocid1.tenancy.oc1..t"
  compartment_ocid         = "ocid1.compartment.oc1..here"
  secrets_compartment_ocid = "ocid1.compartment.oc1..there"
  has_function             = true
  function_id              = "ocid1.fnfunc.oc1..f"
}

run "groups_and_one_policy_for_the_function" {
  assert {
    condition     = sort(keys(oci_identity_dynamic_group.this)) == tolist(["function", "secrets"]) && length(oci_identity_domains_dynamic_resource_group.this) == 0
    error_message = "two groups in the Default domain"
  }
  assert {
    condition     = length(oci_identity_policy.this) == 1 && length(oci_identity_policy.this[""].statements) == 6
    error_message = jsonencode(output.statements)
  }
}

run "groups_of_another_domain_are_made_there" {
  variables {
    domain = { name = "Apps", endpoint = "https://idcs-1.identity.oraclecloud.com" }
  }
  assert {
    condition     = length(oci_identity_dynamic_group.this) == 0 && oci_identity_domains_dynamic_resource_group.this["secrets"].display_name == "oci-rotate-secrets"
    error_message = "groups of the domain"
  }
  assert {
    condition     = alltrue([for line in output.statements : startswith(line, "Allow dynamic-group 'Apps'/'oci-rotate-")])
    error_message = jsonencode(output.statements)
  }
}

run "policies_are_attached_above_all_that_they_name" {
  variables {
    policy_compartment_ocid = "ocid1.compartment.oc1..above"
    schedule_ids            = ["ocid1.resourceschedule.oc1..heal"]
  }
  assert {
    condition     = alltrue([for policy in oci_identity_policy.this : policy.compartment_id == "ocid1.compartment.oc1..above"]) && length(oci_identity_policy.this) == 2
    error_message = "both policies there"
  }
}

run "nothing_is_granted_before_there_is_a_function" {
  variables {
    has_function = false
    function_id  = null
  }
  assert {
    condition     = length(output.statements) == 0 && length(oci_identity_dynamic_group.this) == 0
    error_message = jsonencode(output.statements)
  }
}
