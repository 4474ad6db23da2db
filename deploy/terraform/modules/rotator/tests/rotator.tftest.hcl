mock_provider "oci" {}

variables {
  compartment_ocid         = "ocid1.compartment.oc1..here"
  secrets_compartment_ocid = "ocid1.compartment.oc1..there"
  subnet_id                = "ocid1.subnet.oc1..s"
  metric_namespace         = "ocirotate"
  image                    = "fra.ocir.io/namespace/oci-rotate:0.1.0-0a1b2c3"
}

run "the_function_has_its_full_time_and_json_lines" {
  assert {
    condition     = oci_functions_function.rotator[0].timeout_in_seconds == 300 && oci_functions_function.rotator[0].memory_in_mbs == "256"
    error_message = "300 seconds and 256 MB"
  }
  assert {
    condition     = oci_functions_application.this.logging[0].line_format == "JSON"
    error_message = "lines must arrive as JSON"
  }
  assert {
    condition     = output.config.OROT_HEAL_COMPARTMENT_IDS == "ocid1.compartment.oc1..there" && output.config.OROT_METRIC_NAMESPACE == "ocirotate"
    error_message = jsonencode(output.config)
  }
}

run "the_schedule_sends_one_json_text_in_a_list" {
  assert {
    condition     = oci_resource_scheduler_schedule.this["heal"].resources[0].parameters[0].value == tolist(["{\"action\":\"heal\",\"by\":\"schedule\"}"])
    error_message = jsonencode(oci_resource_scheduler_schedule.this["heal"].resources)
  }
  assert {
    condition     = oci_resource_scheduler_schedule.this["heal"].recurrence_details == "0 * * * *"
    error_message = "every hour"
  }
}

run "no_heal_for_three_hours_is_an_absence_over_that_interval" {
  assert {
    condition     = output.alarm_queries["no-heal"] == "Calls[3h]{resourceId = \"${oci_functions_function.rotator[0].id}\", step = \"HEAL_ALL_BY_SCHEDULE\"}.grouping().absent(3d)"
    error_message = output.alarm_queries["no-heal"]
  }
}

run "a_schedule_that_does_not_say_who_sends_it_is_heard_as_before" {
  variables {
    schedules = {
      heal     = { cron = "0 * * * *", body = "{\"action\":\"heal\"}" }
      saturday = { cron = "*/5 2-3 * * 6", body = "{\"action\":\"rotate-due\",\"by\":\"schedule\"}" }
    }
  }
  assert {
    condition     = strcontains(output.alarm_queries["no-heal"], "step = \"HEAL_ALL\"}")
    error_message = output.alarm_queries["no-heal"]
  }
}

run "every_alarm_is_about_this_function" {
  assert {
    condition     = alltrue([for query in values(output.alarm_queries) : strcontains(query, "{resourceId = \"${oci_functions_function.rotator[0].id}\"")]) && length(output.alarm_queries) == 8
    error_message = jsonencode(output.alarm_queries)
  }
}

run "the_function_posts_where_the_alarms_look" {
  assert {
    condition     = output.config.OROT_METRIC_COMPARTMENT_ID == var.compartment_ocid && alltrue([for alarm in oci_monitoring_alarm.this : alarm.metric_compartment_id == var.compartment_ocid])
    error_message = jsonencode(output.config)
  }
}

run "no_alarm_is_on_a_namespace_that_oci_keeps_for_itself" {
  assert {
    condition     = alltrue([for name, alarm in oci_monitoring_alarm.this : name == "crashed" || alarm.namespace == "ocirotate"])
    error_message = "a namespace of ours does not begin with oci_"
  }
}

run "every_alarm_reaches_people_and_the_function" {
  variables {
    alarm_emails = ["a@example.org"]
  }
  assert {
    condition     = oci_ons_subscription.mail["a@example.org"].protocol == "EMAIL" && oci_ons_subscription.rotator[0].protocol == "ORACLE_FUNCTIONS"
    error_message = "mail and function"
  }
}

run "a_digest_in_the_name_is_refused" {
  command = plan
  variables {
    image = "fra.ocir.io/namespace/oci-rotate@sha256:0000000000000000000000000000000000000000000000000000000000000000"
  }
  expect_failures = [var.image]
}

run "a_short_digest_is_refused" {
  command = plan
  variables {
    image_digest = "sha256:00"
  }
  expect_failures = [var.image_digest]
}

run "an_event_that_is_no_json_is_refused" {
  command = plan
  variables {
    schedules = { heal = { cron = "0 * * * *", body = "heal" } }
  }
  expect_failures = [var.schedules]
}

run "settings_beyond_four_kilobytes_are_refused" {
  command = plan
  variables {
    config = { OROT_ISSUER_ORIGINS = join(",", [for i in range(200) : "https://issuer-${i}.example.org"]) }
  }
  expect_failures = [var.config]
}

run "a_retention_that_oci_does_not_know_is_refused" {
  command = plan
  variables {
    log_retention_days = 45
  }
  expect_failures = [var.log_retention_days]
}

run "without_a_signing_key_no_signature_is_demanded" {
  assert {
    condition     = length(oci_functions_application.this.image_policy_config) == 0
    error_message = "off by default"
  }
}

run "a_signing_key_is_demanded_of_every_image" {
  variables {
    signing_key_id = "ocid1.key.oc1..images"
  }
  assert {
    condition     = oci_functions_application.this.image_policy_config[0].is_policy_enabled && oci_functions_application.this.image_policy_config[0].key_details[0].kms_key_id == "ocid1.key.oc1..images"
    error_message = jsonencode(oci_functions_application.this.image_policy_config)
  }
}

run "something_that_is_no_key_is_refused" {
  command = plan
  variables {
    signing_key_id = "ocid1.vault.oc1..a"
  }
  expect_failures = [var.signing_key_id]
}
