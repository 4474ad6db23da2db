# What each principal may do, as policy text. The sentences are argued in docs/deploying.md.
locals {
  domain     = var.domain_name == "" ? "" : "'${var.domain_name}'/"
  function   = "dynamic-group ${local.domain}'${var.name}-function'"
  secrets    = "dynamic-group ${local.domain}'${var.name}-secrets'"
  here       = "in compartment id ${var.compartment_ocid}"
  there      = "in compartment id ${var.secrets_compartment_ocid}"
  tag        = "${var.secret_tag.namespace}.${var.secret_tag.key}"
  scheduler  = "request.principal.type = 'resourceschedule', request.principal.id"
  any_secret = "resource.type = 'vaultsecret', resource.compartment.id = '${var.secrets_compartment_ocid}'"

  # Each form is one condition, whether it selects one secret or 5,000: OCI allows 500 statements in all.
  where_secret = {
    compartment = ""
    tag         = " where target.resource.tag.${local.tag} = '${var.secret_tag.value}'"
    name        = " where target.secret.name = /${var.secret_name_prefix}*/"
    ids         = " where any {${join(", ", [for id in var.secret_ids : "target.secret.id = '${id}'"])}}"
  }[var.select_secrets_by]

  # Vault calls the function as the secret. A matching rule knows no names, so `name` is as wide here as `compartment`.
  rule_of_secrets = {
    compartment = "ALL {${local.any_secret}}"
    tag         = "ALL {${local.any_secret}, tag.${local.tag}.value = '${var.secret_tag.value}'}"
    name        = "ALL {${local.any_secret}}"
    ids         = "ANY {${join(", ", [for id in var.secret_ids : "resource.id = '${id}'"])}}"
  }[var.select_secrets_by]

  rules = {
    function = "ALL {resource.type = 'fnfunc', resource.id = '${var.function_id}'}"
    secrets  = local.rule_of_secrets
  }

  of_rotation = [
    # ListSecrets has no single target, so no condition on a secret could ever be true for it.
    "Allow ${local.function} to inspect secrets ${local.there}",
    "Allow ${local.function} to {SECRET_READ, SECRET_UPDATE} ${local.there}${local.where_secret}",
    "Allow ${local.function} to {SECRET_VERSION_INSPECT, SECRET_VERSION_DELETE} ${local.there}${local.where_secret}",
    "Allow ${local.function} to {SECRET_BUNDLE_READ} ${local.there}${local.where_secret}",
    "Allow ${local.secrets} to read fn-function ${local.here}",
    "Allow ${local.secrets} to use fn-invocation ${local.here} where target.function.id = '${var.function_id}'",
  ]

  # One statement a compartment, however many secrets it names.
  own_secrets = { for secret in var.own_secrets : secret.compartment_ocid => secret.id... }
  of_own_secrets = [
    for compartment, ids in local.own_secrets :
    "Allow ${local.function} to {SECRET_BUNDLE_READ} in compartment id ${compartment} where any {${join(", ", [for id in ids : "target.secret.id = '${id}'"])}}"
  ]

  # Oracle documents this line for Resource Scheduler; the second condition narrows it to one function.
  of_schedules = [
    for id in var.schedule_ids :
    "Allow any-user to manage functions-family ${local.here} where all {${local.scheduler} = '${id}', target.function.id = '${var.function_id}'}"
  ]

  of_topic = var.topic == null ? [] : [
    "Allow ${local.function} to use ons-topics in compartment id ${var.topic.compartment_ocid} where all {request.permission = 'ONS_TOPIC_PUBLISH', target.resource.tag.${var.topic.tag.namespace}.${var.topic.tag.key} = '${var.topic.tag.value}'}",
  ]
  of_metrics = var.metric_namespace == "" ? [] : [
    "Allow ${local.function} to use metrics ${local.here} where target.metrics.namespace = '${var.metric_namespace}'",
  ]

  of_deployers = var.people.deployers == "" ? [] : [
    "Allow group ${var.people.deployers} to manage repos ${local.here} where target.repo.name = '${var.repository}'",
    "Allow group ${var.people.deployers} to {FN_FUNCTION_LIST, FN_FUNCTION_READ, FN_FUNCTION_UPDATE} ${local.here}",
    "Allow group ${var.people.deployers} to read fn-app ${local.here}",
  ]
  of_operators = var.people.operators == "" ? [] : [
    "Allow group ${var.people.operators} to {SECRET_INSPECT} ${local.there}",
    "Allow group ${var.people.operators} to {SECRET_READ, SECRET_UPDATE, SECRET_ROTATE} ${local.there}${local.where_secret}",
    "Allow group ${var.people.operators} to read secret-versions ${local.there}${local.where_secret}",
    "Allow group ${var.people.operators} to read work-requests ${local.there}",
    "Allow group ${var.people.operators} to read log-content ${local.here}",
  ]
  of_auditors = var.people.auditors == "" ? [] : [
    "Allow group ${var.people.auditors} to {SECRET_INSPECT, SECRET_READ} ${local.there}",
    "Allow group ${var.people.auditors} to {SECRET_VERSION_INSPECT, SECRET_VERSION_READ} ${local.there}",
    "Allow group ${var.people.auditors} to read audit-events ${local.there}",
    "Allow group ${var.people.auditors} to read log-content ${local.here}",
    "Allow group ${var.people.auditors} to read metrics ${local.here}",
  ]
  # This right also lets them register subscribers, since OCI knows one right for every event.
  of_invokers = var.people.invokers == "" ? [] : [
    "Allow group ${var.people.invokers} to use fn-invocation ${local.here} where target.function.id = '${var.function_id}'",
  ]
}

output "rules" {
  value       = local.rules
  description = "Matching rules of the two dynamic groups."

  # Whoever may write an authority's credential could make it speak for other clients.
  precondition {
    condition = alltrue([
      for secret in var.own_secrets : !{
        compartment = secret.compartment_ocid == var.secrets_compartment_ocid
        tag         = secret.compartment_ocid == var.secrets_compartment_ocid && secret.has_tag
        name        = secret.compartment_ocid == var.secrets_compartment_ocid && startswith(lower(secret.name), lower(var.secret_name_prefix))
        ids         = contains(var.secret_ids, secret.id)
      }[var.select_secrets_by]
    ])
    error_message = "A secret of own_secrets is among the rotated ones, so the function could write it. Keep it in another compartment, without the tag, or under another name."
  }
  precondition {
    condition     = var.select_secrets_by != "ids" || length(var.secret_ids) > 0
    error_message = "select_secrets_by is ids, and secret_ids is empty. Name at least one secret."
  }
}
output "rotation" {
  value       = tolist(local.of_rotation)
  description = "The six statements of the rotation itself."
}
output "function" {
  value       = tolist(concat(local.of_rotation, local.of_own_secrets, local.of_topic, local.of_metrics))
  description = "All statements of the function and of the secrets that call it."
}
output "schedules" {
  value       = tolist(local.of_schedules)
  description = "One statement for each schedule."
}
output "people" {
  value       = tolist(concat(local.of_deployers, local.of_operators, local.of_auditors, local.of_invokers))
  description = "Statements of the groups of people."
}
