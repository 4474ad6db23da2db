mock_provider "oci" {
  mock_data "oci_identity_region_subscriptions" {
    defaults = { region_subscriptions = [{ region_name = "us-ashburn-1", is_home_region = true, region_key = "IAD", state = "READY" }] }
  }
  mock_data "oci_core_services" {
    defaults = { services = [{ id = "ocid1.service.oc1..all", cidr_block = "all-fra-services-in-oracle-services-network", name = "All FRA Services In Oracle Services Network", description = "" }] }
  }
}
mock_provider "oci" {
  alias = "home"
}

variables {
  tenancy_ocid     = "ocid1.tenancy.oc1..t"
  region           = "eu-frankfurt-1"
  compartment_ocid = "ocid1.compartment.oc1..here"
  metric_namespace = "ocirotate"
}

run "the_first_apply_makes_no_function_and_gives_nobody_a_right" {
  assert {
    condition     = output.function_id == null && length(output.statements) == 0 && length(output.alarm_queries) == 0
    error_message = jsonencode(output.statements)
  }
  assert {
    condition     = output.repository == "oci-rotate" && strcontains(output.next, "Push the image")
    error_message = output.next
  }
}

run "the_second_apply_adds_function_rights_schedule_and_alarms" {
  variables {
    image = "fra.ocir.io/namespace/oci-rotate:0.1.0-0a1b2c3"
    sample_secret = {
      vault_id   = "ocid1.vault.oc1..v", key_id = "ocid1.key.oc1..k", name = "oauth-sample"
      domain_url = "https://idcs-0.identity.oraclecloud.com", app_id = "a", client_id = "c"
    }
  }
  assert {
    condition     = output.function_id != null && output.secret_id != null && strcontains(output.next, "oci-rotate doctor")
    error_message = output.next
  }
  assert {
    # Six of the rotation, one of the metrics, one of the schedule.
    condition     = length(output.rotation_statements) == 6 && length(output.statements) == 8
    error_message = jsonencode(output.statements)
  }
  assert {
    condition     = sort(keys(output.alarm_queries)) == tolist(["crashed", "failed", "locked-out", "no-heal", "overdue", "slots", "undelivered", "unhealthy"])
    error_message = jsonencode(output.alarm_queries)
  }
}

run "without_metrics_only_the_platform_is_watched" {
  variables {
    image            = "fra.ocir.io/namespace/oci-rotate:0.1.0-0a1b2c3"
    metric_namespace = ""
  }
  assert {
    condition     = sort(keys(output.alarm_queries)) == tolist(["crashed"]) && length(output.statements) == 7
    error_message = jsonencode(output.alarm_queries)
  }
}

run "invokers_get_their_right_only_with_a_function" {
  variables {
    invokers  = "'Default'/'invokers'"
    deployers = "'Default'/'deployers'"
  }
  assert {
    condition     = length(output.statements) == 3 && alltrue([for line in output.statements : strcontains(line, "'deployers'")])
    error_message = jsonencode(output.statements)
  }
}

run "the_mirror_is_off_unless_it_is_asked_for" {
  assert {
    condition     = output.mirror_function_id == null && length(output.mirror_statements) == 0
    error_message = jsonencode(output.mirror_statements)
  }
}

run "the_mirror_has_a_function_and_rights_of_its_own_and_changes_none_of_the_rotators" {
  variables {
    image = "fra.ocir.io/namespace/oci-rotate:0.1.0-0a1b2c3"
    mirror = {
      image                          = "fra.ocir.io/namespace/oci-rotate-mirror:0.1.0-0a1b2c3"
      image_digest                   = "sha256:0000000000000000000000000000000000000000000000000000000000000000"
      ces_url                        = "https://home.retail.example.com/ords/rgbu-common"
      tenant_id                      = "abc123"
      client_secret_id               = "ocid1.vaultsecret.oc1..client"
      client_secret_compartment_ocid = "ocid1.compartment.oc1..here"
      secrets_compartment_ocid       = "ocid1.compartment.oc1..mirrored"
      vault_id                       = "ocid1.vault.oc1..v"
      key_id                         = "ocid1.key.oc1..k"
      vault_compartment_ocid         = "ocid1.compartment.oc1..here"
    }
  }
  assert {
    condition     = output.mirror_function_id != null && length(output.mirror_statements) == 9
    error_message = jsonencode(output.mirror_statements)
  }
  assert {
    # As without the mirror: six of the rotation, one of the metrics, one of the schedule.
    condition     = length(output.rotation_statements) == 6 && length(output.statements) == 8 && !anytrue([for line in output.statements : strcontains(line, "mirror")])
    error_message = jsonencode(output.statements)
  }
}
