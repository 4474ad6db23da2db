variables {
  name                     = "oci-rotate-mirror"
  function_id              = "ocid1.fnfunc.oc1..m"
  schedule_id              = "ocid1.resourceschedule.oc1..m"
  compartment_ocid         = "ocid1.compartment.oc1..here"
  rotated_compartment_ocid = "ocid1.compartment.oc1..there"
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

run "the_mirror_writes_its_own_secrets_and_reads_one_other" {
  assert {
    condition = output.function == tolist([
      "Allow dynamic-group 'oci-rotate-mirror' to inspect secrets in compartment id ocid1.compartment.oc1..mirrored",
      "Allow dynamic-group 'oci-rotate-mirror' to {SECRET_READ, SECRET_UPDATE} in compartment id ocid1.compartment.oc1..mirrored where target.secret.name = /ces.abc123.*/",
      "Allow dynamic-group 'oci-rotate-mirror' to {SECRET_CREATE} in compartment id ocid1.compartment.oc1..mirrored",
      "Allow dynamic-group 'oci-rotate-mirror' to {SECRET_VERSION_INSPECT, SECRET_VERSION_DELETE} in compartment id ocid1.compartment.oc1..mirrored where target.secret.name = /ces.abc123.*/",
      "Allow dynamic-group 'oci-rotate-mirror' to {SECRET_BUNDLE_READ} in compartment id ocid1.compartment.oc1..mirrored where target.secret.name = /ces.abc123.*/",
      "Allow dynamic-group 'oci-rotate-mirror' to use vaults in compartment id ocid1.compartment.oc1..vaults where target.vault.id = 'ocid1.vault.oc1..v'",
      "Allow dynamic-group 'oci-rotate-mirror' to use keys in compartment id ocid1.compartment.oc1..vaults where target.key.id = 'ocid1.key.oc1..k'",
      "Allow dynamic-group 'oci-rotate-mirror' to {SECRET_BUNDLE_READ} in compartment id ocid1.compartment.oc1..there where target.secret.id = 'ocid1.vaultsecret.oc1..client'",
    ])
    error_message = jsonencode(output.function)
  }
  assert {
    condition     = output.rule == "ALL {resource.type = 'fnfunc', resource.id = 'ocid1.fnfunc.oc1..m'}"
    error_message = output.rule
  }
}

run "the_schedule_may_call_only_the_mirror" {
  assert {
    condition     = output.schedule == "Allow any-user to manage functions-family in compartment id ocid1.compartment.oc1..here where all {request.principal.type = 'resourceschedule', request.principal.id = 'ocid1.resourceschedule.oc1..m', target.function.id = 'ocid1.fnfunc.oc1..m'}"
    error_message = output.schedule
  }
}

run "a_group_of_another_domain_is_named_with_it" {
  variables {
    domain_name = "Apps"
  }
  assert {
    condition     = alltrue([for line in output.function : startswith(line, "Allow dynamic-group 'Apps'/'oci-rotate-mirror' to ")])
    error_message = jsonencode(output.function)
  }
}

run "mirrored_secrets_among_the_rotated_ones_are_refused" {
  command = plan
  variables {
    rotated_compartment_ocid = "ocid1.compartment.oc1..mirrored"
  }
  expect_failures = [output.function]
}
