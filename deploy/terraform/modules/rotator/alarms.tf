locals {
  function_id = local.has_function ? oci_functions_function.rotator[0].id : ""
  # OCI's own metrics see what the function cannot say itself: crashes, time-outs, missing images.
  platform_alarms = {
    crashed = { severity = "CRITICAL", namespace = "oci_faas", query = "FunctionResponseCount[5m]{resourceId = \"${local.function_id}\", responseType =~ \"Error|Throttled\"}.grouping().sum() > 0" }
  }
  # The function names itself in each metric, so that two rotators may share a compartment and a namespace.
  mine = "resourceId = \"${local.function_id}\""
  # A heal that a person has sent must not hide a dead schedule. Bodies that do not say who sends them are heard as HEAL_ALL.
  named     = [for schedule in values(var.schedules) : schedule if try(jsondecode(schedule.body).action == "heal" && jsondecode(schedule.body).by == "schedule", false)]
  heartbeat = length(local.named) > 0 ? "HEAL_ALL_BY_SCHEDULE" : "HEAL_ALL"
  # A failed rotation answers 200 to the platform, so only these see it. An alarm has the function heal, and heals are hourly: what heals
  # report is looked at over three hours, or each heal would end the alarm and begin it again.
  own_alarms = { for name, alarm in {
    failed      = { severity = "ERROR", query = "Runs[5m]{${local.mine}, task = \"rotation\", result = \"failed\"}.grouping().sum() > 0" }
    locked-out  = { severity = "CRITICAL", query = "Runs[3h]{${local.mine}, outcome = \"LOCKED_OUT\"}.grouping().sum() > 0" }
    overdue     = { severity = "ERROR", query = "SecretsOverdue[3h]{${local.mine}}.grouping().min() > 0" }
    unhealthy   = { severity = "ERROR", query = "SecretsUnhealthy[3h]{${local.mine}}.grouping().min() > 0" }
    no-heal     = { severity = "CRITICAL", query = "Calls[3h]{${local.mine}, step = \"${local.heartbeat}\"}.grouping().absent(3d)" }
    slots       = { severity = "WARNING", query = "VersionSlotsLeft[3h]{${local.mine}}.grouping().min() < ${var.fewest_version_slots}" }
    undelivered = { severity = "WARNING", query = "NotificationsUndelivered[3h]{${local.mine}}.grouping().sum() > 0" }
  } : name => merge(alarm, { namespace = var.metric_namespace }) }
  alarms = local.has_function ? merge(local.platform_alarms, var.metric_namespace == "" ? {} : local.own_alarms) : {}
}

resource "oci_ons_notification_topic" "alarms" {
  compartment_id = var.compartment_ocid
  name           = "${var.name}-alarms"
}

resource "oci_ons_subscription" "mail" {
  for_each       = toset(var.alarm_emails)
  compartment_id = var.compartment_ocid
  topic_id       = oci_ons_notification_topic.alarms.id
  protocol       = "EMAIL"
  endpoint       = each.value
}

# An alarm calls the function too: any alarm means heal, so a missed schedule mends itself.
resource "oci_ons_subscription" "rotator" {
  count          = local.has_function ? 1 : 0
  compartment_id = var.compartment_ocid
  topic_id       = oci_ons_notification_topic.alarms.id
  protocol       = "ORACLE_FUNCTIONS"
  endpoint       = oci_functions_function.rotator[0].id
}

resource "oci_monitoring_alarm" "this" {
  for_each                     = local.alarms
  compartment_id               = var.compartment_ocid
  metric_compartment_id        = var.compartment_ocid
  display_name                 = "${var.name}-${each.key}"
  namespace                    = each.value.namespace
  query                        = each.value.query
  severity                     = each.value.severity
  is_enabled                   = true
  destinations                 = [oci_ons_notification_topic.alarms.id]
  message_format               = "RAW"
  pending_duration             = "PT1M"
  repeat_notification_duration = "PT4H"
}
