output "has_function" {
  value       = local.has_function
  description = "Whether the function was made. Terraform knows it while it plans."
}
output "function_id" {
  value       = local.has_function ? oci_functions_function.rotator[0].id : null
  description = "The rotation function. Null until there is an image."
}
output "application_id" {
  value       = oci_functions_application.this.id
  description = "The application of the function."
}
output "repository" {
  value       = var.create_repository ? oci_artifacts_container_repository.this[0].display_name : null
  description = "The repository to push the image to."
}
output "schedule_ids" {
  value       = [for name in sort(keys(oci_resource_scheduler_schedule.this)) : oci_resource_scheduler_schedule.this[name].id]
  description = "The schedules that call the function."
}
output "alarm_topic_id" {
  value       = oci_ons_notification_topic.alarms.id
  description = "The topic of the alarms."
}
output "alarm_queries" {
  value       = { for name, alarm in local.alarms : name => alarm.query }
  description = "The alarms and their queries."
}
output "config" {
  value       = local.config
  description = "The function's settings."
}
