output "function_id" {
  value       = module.rotator.function_id
  description = "The rotation function. Null until image is set."
}
output "repository" {
  value       = module.rotator.repository
  description = "The repository to push the image to."
}
output "secret_id" {
  value       = length(module.secret) == 0 ? null : module.secret[0].secret_id
  description = "The sample secret."
}
output "rotation_statements" {
  value       = module.identity.rotation_statements
  description = "The six statements of the rotation, however many secrets there are."
}
output "statements" {
  value       = module.identity.statements
  description = "All statements that were written."
}
output "mirror_function_id" {
  value       = length(module.mirror) == 0 ? null : module.mirror[0].function_id
  description = "The function of the Retail mirror. Null until mirror.image is set."
}
output "mirror_statements" {
  value       = length(module.mirror_identity) == 0 ? [] : module.mirror_identity[0].statements
  description = "The statements of the Retail mirror."
}
output "alarm_queries" {
  value       = module.rotator.alarm_queries
  description = "The alarms and their queries."
}
output "next" {
  value       = module.rotator.has_function ? "Store the client secret, then: oci-rotate doctor SECRET --function ${module.rotator.function_id}" : "Push the image to the repository ${coalesce(module.rotator.repository, var.name)}, set image, and apply again."
  description = "What to do next."
}
