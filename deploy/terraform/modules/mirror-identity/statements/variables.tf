variable "name" {
  type        = string
  description = "The name of the mirror's dynamic group."
}
variable "domain_name" {
  type        = string
  default     = ""
  description = "The identity domain of the dynamic group. Empty: Default."
}
variable "function_id" {
  type        = string
  description = "OCID of the mirror's function."
}
variable "schedule_id" {
  type        = string
  description = "OCID of the schedule that calls it."
}
variable "compartment_ocid" {
  type        = string
  description = "The compartment of the function."
}
variable "rotated_compartment_ocid" {
  type        = string
  description = "The compartment of the rotated secrets, in which the mirror must not be able to create any."
}
variable "mirror" {
  type = object({
    tenant_id                      = string
    client_secret_id               = string
    client_secret_compartment_ocid = string
    secrets_compartment_ocid       = string
    vault_id                       = string
    key_id                         = string
    vault_compartment_ocid         = string
  })
  description = "The mirror's places: its OAuth client's secret, the compartment of the mirrored secrets, their vault and key."
}
