mock_provider "oci" {}

variables {
  compartment_ocid = "ocid1.compartment.oc1..there"
  function_id      = "ocid1.fnfunc.oc1..f"
  vault_id         = "ocid1.vault.oc1..v"
  key_id           = "ocid1.key.oc1..k"
  client           = { domain_url = "https://idcs-0.identity.oraclecloud.com", app_id = "a", client_id = "c" }
}

run "the_first_content_has_no_working_value" {
  assert {
    condition     = jsondecode(base64decode(oci_vault_secret.sample.secret_content[0].content)) == { domainUrl = "https://idcs-0.identity.oraclecloud.com", appId = "a", clientId = "c", appSecret = "not-stored-yet" }
    error_message = "a placeholder, since the state holds it in clear"
  }
}

run "vault_calls_the_function" {
  assert {
    condition     = oci_vault_secret.sample.rotation_config[0].target_system_details[0].function_id == "ocid1.fnfunc.oc1..f" && oci_vault_secret.sample.rotation_config[0].is_scheduled_rotation_enabled
    error_message = "rotated by the function, on a schedule"
  }
}

run "an_interval_that_vault_does_not_know_is_refused" {
  command = plan
  variables {
    rotation_interval = "P361D"
  }
  expect_failures = [var.rotation_interval]
}
