variables {
  name                     = "oci-rotate"
  function_id              = "ocid1.fnfunc.oc1..f"
  compartment_ocid         = "ocid1.compartment.oc1..here"
  secrets_compartment_ocid = "ocid1.compartment.oc1..there"
  select_secrets_by        = "compartment"
}

run "a_whole_compartment_takes_six_statements" {
  assert {
    condition = output.rotation == tolist([
      "Allow dynamic-group 'oci-rotate-function' to inspect secrets in compartment id ocid1.compartment.oc1..there",
      "Allow dynamic-group 'oci-rotate-function' to {SECRET_READ, SECRET_UPDATE} in compartment id ocid1.compartment.oc1..there",
      "Allow dynamic-group 'oci-rotate-function' to {SECRET_VERSION_INSPECT, SECRET_VERSION_DELETE} in compartment id ocid1.compartment.oc1..there",
      "Allow dynamic-group 'oci-rotate-function' to {SECRET_BUNDLE_READ} in compartment id ocid1.compartment.oc1..there",
      "Allow dynamic-group 'oci-rotate-secrets' to read fn-function in compartment id ocid1.compartment.oc1..here",
      "Allow dynamic-group 'oci-rotate-secrets' to use fn-invocation in compartment id ocid1.compartment.oc1..here where target.function.id = 'ocid1.fnfunc.oc1..f'",
    ])
    error_message = jsonencode(output.rotation)
  }
  assert {
    condition     = output.rules.function == "ALL {resource.type = 'fnfunc', resource.id = 'ocid1.fnfunc.oc1..f'}"
    error_message = output.rules.function
  }
  assert {
    condition     = output.rules.secrets == "ALL {resource.type = 'vaultsecret', resource.compartment.id = 'ocid1.compartment.oc1..there'}"
    error_message = output.rules.secrets
  }
  assert {
    condition     = output.function == output.rotation && length(output.people) == 0 && length(output.schedules) == 0
    error_message = "nobody else gets a right that nobody asked for"
  }
}

run "a_tag_narrows_every_right_on_a_secret_but_the_list" {
  variables {
    select_secrets_by = "tag"
    secret_tag        = { namespace = "rotation", key = "rotate", value = "yes" }
  }
  assert {
    condition     = alltrue([for line in slice(output.rotation, 1, 4) : endswith(line, " where target.resource.tag.rotation.rotate = 'yes'")])
    error_message = jsonencode(output.rotation)
  }
  assert {
    condition     = !strcontains(output.rotation[0], "where")
    error_message = "a condition on ListSecrets is never true: ${output.rotation[0]}"
  }
  assert {
    condition     = strcontains(output.rules.secrets, "tag.rotation.rotate.value = 'yes'")
    error_message = output.rules.secrets
  }
}

run "a_name_narrows_by_a_pattern" {
  variables {
    select_secrets_by = "name"
  }
  assert {
    condition     = alltrue([for line in slice(output.rotation, 1, 4) : endswith(line, " where target.secret.name = /oauth-*/")])
    error_message = jsonencode(output.rotation)
  }
}

run "one_secret_by_its_id" {
  variables {
    select_secrets_by = "ids"
    secret_ids        = ["ocid1.vaultsecret.oc1..0"]
  }
  assert {
    condition     = length(output.rotation) == 6 && endswith(output.rotation[3], " where any {target.secret.id = 'ocid1.vaultsecret.oc1..0'}")
    error_message = jsonencode(output.rotation)
  }
  assert {
    condition     = output.rules.secrets == "ANY {resource.id = 'ocid1.vaultsecret.oc1..0'}"
    error_message = output.rules.secrets
  }
}

run "a_hundred_by_id_are_still_six_statements" {
  variables {
    select_secrets_by = "ids"
    secret_ids        = [for i in range(100) : "ocid1.vaultsecret.oc1..${i}"]
  }
  assert {
    condition     = length(output.rotation) == 6 && strcontains(output.rotation[3], "'ocid1.vaultsecret.oc1..99'")
    error_message = "got ${length(output.rotation)}"
  }
}

run "no_ids_at_all_are_refused" {
  command = plan
  variables {
    select_secrets_by = "ids"
  }
  expect_failures = [output.rules]
}

run "something_that_is_no_secret_is_refused" {
  command = plan
  variables {
    select_secrets_by = "ids"
    secret_ids        = ["ocid1.vault.oc1..a"]
  }
  expect_failures = [var.secret_ids]
}

run "a_selection_that_does_not_exist_is_refused" {
  command = plan
  variables {
    select_secrets_by = "everything"
  }
  expect_failures = [var.select_secrets_by]
}

run "own_secrets_are_only_read" {
  variables {
    own_secrets = [
      { id = "ocid1.vaultsecret.oc1..authority", name = "authority", compartment_ocid = "ocid1.compartment.oc1..safe", has_tag = false },
      { id = "ocid1.vaultsecret.oc1..mail", name = "mail", compartment_ocid = "ocid1.compartment.oc1..safe", has_tag = false },
    ]
  }
  assert {
    condition     = output.function[6] == "Allow dynamic-group 'oci-rotate-function' to {SECRET_BUNDLE_READ} in compartment id ocid1.compartment.oc1..safe where any {target.secret.id = 'ocid1.vaultsecret.oc1..authority', target.secret.id = 'ocid1.vaultsecret.oc1..mail'}"
    error_message = jsonencode(output.function)
  }
  assert {
    condition     = length(output.function) == 7
    error_message = "one statement for both"
  }
}

run "an_authority_in_the_compartment_of_rotated_secrets_is_refused" {
  command = plan
  variables {
    own_secrets = [{ id = "ocid1.vaultsecret.oc1..a", name = "authority", compartment_ocid = "ocid1.compartment.oc1..there", has_tag = false }]
  }
  expect_failures = [output.rules]
}

run "an_authority_with_the_tag_of_rotated_secrets_is_refused" {
  command = plan
  variables {
    select_secrets_by = "tag"
    own_secrets       = [{ id = "ocid1.vaultsecret.oc1..a", name = "authority", compartment_ocid = "ocid1.compartment.oc1..there", has_tag = true }]
  }
  expect_failures = [output.rules]
}

run "an_authority_without_the_tag_may_lie_beside_them" {
  command = plan
  variables {
    select_secrets_by = "tag"
    own_secrets       = [{ id = "ocid1.vaultsecret.oc1..a", name = "authority", compartment_ocid = "ocid1.compartment.oc1..there", has_tag = false }]
  }
  assert {
    condition     = length(output.function) == 7
    error_message = jsonencode(output.function)
  }
}

run "an_authority_named_like_rotated_secrets_is_refused_in_any_case" {
  command = plan
  variables {
    select_secrets_by = "name"
    own_secrets       = [{ id = "ocid1.vaultsecret.oc1..a", name = "OAuth-authority", compartment_ocid = "ocid1.compartment.oc1..there", has_tag = false }]
  }
  expect_failures = [output.rules]
}

run "an_authority_among_the_ids_is_refused" {
  command = plan
  variables {
    select_secrets_by = "ids"
    secret_ids        = ["ocid1.vaultsecret.oc1..a"]
    own_secrets       = [{ id = "ocid1.vaultsecret.oc1..a", name = "a", compartment_ocid = "ocid1.compartment.oc1..safe", has_tag = false }]
  }
  expect_failures = [output.rules]
}

run "each_schedule_calls_only_this_function" {
  variables {
    schedule_ids = ["ocid1.resourceschedule.oc1..heal", "ocid1.resourceschedule.oc1..due"]
  }
  assert {
    condition = output.schedules == tolist([
      "Allow any-user to manage functions-family in compartment id ocid1.compartment.oc1..here where all {request.principal.type = 'resourceschedule', request.principal.id = 'ocid1.resourceschedule.oc1..heal', target.function.id = 'ocid1.fnfunc.oc1..f'}",
      "Allow any-user to manage functions-family in compartment id ocid1.compartment.oc1..here where all {request.principal.type = 'resourceschedule', request.principal.id = 'ocid1.resourceschedule.oc1..due', target.function.id = 'ocid1.fnfunc.oc1..f'}",
    ])
    error_message = jsonencode(output.schedules)
  }
}

run "one_topic_and_one_namespace" {
  variables {
    topic            = { compartment_ocid = "ocid1.compartment.oc1..topics", tag = { namespace = "rotation", key = "topic", value = "oci-rotate" } }
    metric_namespace = "ocirotate"
  }
  assert {
    condition = slice(output.function, 6, 8) == tolist([
      "Allow dynamic-group 'oci-rotate-function' to use ons-topics in compartment id ocid1.compartment.oc1..topics where all {request.permission = 'ONS_TOPIC_PUBLISH', target.resource.tag.rotation.topic = 'oci-rotate'}",
      "Allow dynamic-group 'oci-rotate-function' to use metrics in compartment id ocid1.compartment.oc1..here where target.metrics.namespace = 'ocirotate'",
    ])
    error_message = jsonencode(output.function)
  }
}

run "a_namespace_that_oci_does_not_ingest_is_refused" {
  command = plan
  variables {
    metric_namespace = "oci_rotate"
  }
  expect_failures = [var.metric_namespace]
}

run "groups_of_another_domain" {
  variables {
    domain_name = "Apps"
  }
  assert {
    condition     = alltrue([for line in output.rotation : startswith(line, "Allow dynamic-group 'Apps'/'oci-rotate-")])
    error_message = jsonencode(output.rotation)
  }
}

run "people_never_read_a_credential" {
  variables {
    select_secrets_by = "tag"
    people            = { deployers = "'Default'/'deployers'", operators = "'Default'/'operators'", auditors = "'Default'/'auditors'", invokers = "'Default'/'invokers'" }
  }
  assert {
    condition = output.people == tolist([
      "Allow group 'Default'/'deployers' to manage repos in compartment id ocid1.compartment.oc1..here where target.repo.name = 'oci-rotate'",
      "Allow group 'Default'/'deployers' to {FN_FUNCTION_LIST, FN_FUNCTION_READ, FN_FUNCTION_UPDATE} in compartment id ocid1.compartment.oc1..here",
      "Allow group 'Default'/'deployers' to read fn-app in compartment id ocid1.compartment.oc1..here",
      "Allow group 'Default'/'operators' to {SECRET_INSPECT} in compartment id ocid1.compartment.oc1..there",
      "Allow group 'Default'/'operators' to {SECRET_READ, SECRET_UPDATE, SECRET_ROTATE} in compartment id ocid1.compartment.oc1..there where target.resource.tag.rotation.rotate = 'yes'",
      "Allow group 'Default'/'operators' to read secret-versions in compartment id ocid1.compartment.oc1..there where target.resource.tag.rotation.rotate = 'yes'",
      "Allow group 'Default'/'operators' to read work-requests in compartment id ocid1.compartment.oc1..there",
      "Allow group 'Default'/'operators' to read log-content in compartment id ocid1.compartment.oc1..here",
      "Allow group 'Default'/'auditors' to {SECRET_INSPECT, SECRET_READ} in compartment id ocid1.compartment.oc1..there",
      "Allow group 'Default'/'auditors' to {SECRET_VERSION_INSPECT, SECRET_VERSION_READ} in compartment id ocid1.compartment.oc1..there",
      "Allow group 'Default'/'auditors' to read audit-events in compartment id ocid1.compartment.oc1..there",
      "Allow group 'Default'/'auditors' to read log-content in compartment id ocid1.compartment.oc1..here",
      "Allow group 'Default'/'auditors' to read metrics in compartment id ocid1.compartment.oc1..here",
      "Allow group 'Default'/'invokers' to use fn-invocation in compartment id ocid1.compartment.oc1..here where target.function.id = 'ocid1.fnfunc.oc1..f'",
    ])
    error_message = jsonencode(output.people)
  }
  assert {
    condition     = length([for line in output.people : line if can(regex("SECRET_BUNDLE_READ|secret-bundles|secret-family", line))]) == 0
    error_message = jsonencode(output.people)
  }
}
