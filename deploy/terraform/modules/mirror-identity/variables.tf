variable "tenancy_ocid" {
  type        = string
  description = "The tenancy. A dynamic group of the Default domain is made in its root compartment."
}
variable "compartment_ocid" {
  type        = string
  description = "The compartment of the mirror's function."
}
variable "policy_compartment_ocid" {
  type        = string
  default     = ""
  description = "Where the policy is attached: a compartment above all that it names. Empty: compartment_ocid."
}
variable "rotated_compartment_ocid" {
  type        = string
  description = "The compartment of the rotated secrets."
}
variable "name" {
  type        = string
  default     = "oci-rotate-mirror"
  description = "The name of dynamic group and policy."
}
variable "has_function" {
  type        = bool
  description = "Whether there is a function already. Terraform must know this while it plans, when function_id is still unknown."
}
variable "function_id" {
  type        = string
  default     = null
  description = "OCID of the mirror's function."
}
variable "schedule_id" {
  type        = string
  default     = null
  description = "OCID of the schedule that calls it."
}
variable "domain" {
  type        = object({ name = string, endpoint = string })
  default     = null
  description = "An identity domain other than Default for the dynamic group: its name and its URL. Null: Default."
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
