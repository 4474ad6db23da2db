variable "compartment_ocid" {
  type        = string
  description = "The compartment of the secret."
}
variable "function_id" {
  type        = string
  description = "OCID of the rotation function."
}
variable "vault_id" {
  type        = string
  description = "The vault that keeps the secret."
}
variable "key_id" {
  type        = string
  description = "The key of that vault which encrypts the secret."
}
variable "secret_name" {
  type        = string
  default     = "oauth-sample"
  description = "The secret's name, unique in its vault. Selection by name needs the prefix of rotated secrets."
}
variable "rotation_interval" {
  type        = string
  default     = "P30D"
  description = "How often Vault calls the function: P1D to P360D."
  validation {
    condition     = can(regex("^P([1-9][0-9]?|[12][0-9]{2}|3[0-5][0-9]|360)D$", var.rotation_interval))
    error_message = "rotation_interval is P1D to P360D."
  }
}
variable "client" {
  type        = object({ domain_url = string, app_id = string, client_id = string })
  description = "The OAuth application: the identity domain's URL, the application's id and its client id. None of them is secret."
}
variable "defined_tags" {
  type        = map(string)
  default     = {}
  description = "Defined tags, such as { \"rotation.rotate\" = \"yes\" } for selection by tag."
}
