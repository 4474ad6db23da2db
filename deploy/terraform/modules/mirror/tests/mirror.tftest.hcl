mock_provider "oci" {}

variables {
  compartment_ocid = "ocid1.compartment.oc1..here"
  application_id   = "ocid1.fnapp.oc1..a"
  mirror = {
    image                    = "fra.ocir.io/namespace/oci-rotate-mirror:0.1.0-0a1b2c3"
    image_digest             = "sha256:0000000000000000000000000000000000000000000000000000000000000000"
    ces_url                  = "https://home.retail.example.com/ords/rgbu-common"
    tenant_id                = "abc123"
    client_secret_id         = "ocid1.vaultsecret.oc1..client"
    secrets_compartment_ocid = "ocid1.compartment.oc1..mirrored"
    vault_id                 = "ocid1.vault.oc1..v"
    key_id                   = "ocid1.key.oc1..k"
  }
}

run "the_function_is_the_one_of_the_digest_and_has_its_settings" {
  assert {
    condition     = oci_functions_function.mirror[0].image_digest == var.mirror.image_digest && oci_functions_function.mirror[0].application_id == "ocid1.fnapp.oc1..a"
    error_message = "by digest, in the rotator's application"
  }
  assert {
    condition = output.config == {
      OROT_MIRROR_CES_URL          = "https://home.retail.example.com/ords/rgbu-common"
      OROT_MIRROR_TENANT_ID        = "abc123"
      OROT_MIRROR_CLIENT_SECRET_ID = "ocid1.vaultsecret.oc1..client"
      OROT_MIRROR_VAULT_ID         = "ocid1.vault.oc1..v"
      OROT_MIRROR_KEY_ID           = "ocid1.key.oc1..k"
      OROT_MIRROR_COMPARTMENT_ID   = "ocid1.compartment.oc1..mirrored"
    }
    error_message = jsonencode(output.config)
  }
}

run "the_schedule_sends_one_json_text_in_a_list" {
  assert {
    condition     = oci_resource_scheduler_schedule.this[0].resources[0].parameters[0].value == tolist(["{\"action\":\"mirror\"}"]) && oci_resource_scheduler_schedule.this[0].recurrence_details == "*/15 * * * *"
    error_message = jsonencode(oci_resource_scheduler_schedule.this[0].resources)
  }
}

run "callbacks_are_named_with_commas" {
  variables {
    mirror = merge(var.mirror, { callback_urls = ["https://gateway.example.com/ces", "mailto:ops@example.com"] })
  }
  assert {
    condition     = output.config.OROT_MIRROR_CALLBACK_URL == "https://gateway.example.com/ces,mailto:ops@example.com"
    error_message = jsonencode(output.config)
  }
}

run "without_an_image_only_the_repository_is_made" {
  variables {
    mirror = merge(var.mirror, { image = "", image_digest = "" })
  }
  assert {
    condition     = output.function_id == null && output.schedule_id == null && output.repository == "oci-rotate-mirror"
    error_message = "nothing to call yet"
  }
}

run "an_image_without_its_digest_is_refused" {
  command = plan
  variables {
    mirror = merge(var.mirror, { image_digest = "" })
  }
  expect_failures = [var.mirror]
}

run "an_address_without_tls_is_refused" {
  command = plan
  variables {
    mirror = merge(var.mirror, { ces_url = "http://home.retail.example.com" })
  }
  expect_failures = [var.mirror]
}
