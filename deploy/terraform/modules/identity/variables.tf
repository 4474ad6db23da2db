variable "tenancy_ocid" {
  type        = string
  description = "The tenancy. Dynamic groups of the Default domain are made in its root compartment."
}
variable "compartment_ocid" {
  type        = string
  description = "The compartment of the function, its repository, its logs and its alarms."
}
variable "secrets_compartment_ocid" {
  type        = string
  description = "The compartment of the rotated secrets."
}
variable "name" {
  type        = string
  default     = "oci-rotate"
  description = "Begins the name of everything that is made."
}
variable "has_function" {
  type        = bool
  description = "Whether there is a function already. Terraform must know this while it plans, when function_id is still unknown."
}
variable "function_id" {
  type        = string
  default     = null
  description = "OCID of the rotation function."
}
variable "schedule_ids" {
  type        = list(string)
  default     = []
  description = "OCIDs of the schedules that call the function."
}
variable "domain" {
  type        = object({ name = string, endpoint = string })
  default     = null
  description = "An identity domain other than Default for the dynamic groups: its name and its URL. Null: Default."
}
variable "select_secrets_by" {
  type        = string
  default     = "tag"
  description = "compartment, tag, name or ids."
}
variable "secret_tag" {
  type        = object({ namespace = string, key = string, value = string })
  default     = { namespace = "rotation", key = "rotate", value = "yes" }
  description = "For tag: the defined tag that marks rotated secrets."
}
variable "secret_name_prefix" {
  type        = string
  default     = "oauth-"
  description = "For name: how the names of rotated secrets begin."
}
variable "secret_ids" {
  type        = list(string)
  default     = []
  description = "For ids: the OCIDs of the rotated secrets."
}
variable "own_secrets" {
  type        = list(object({ id = string, name = string, compartment_ocid = string, has_tag = bool }))
  default     = []
  description = "Secrets that the function only reads, such as second authorities. They must not be among the rotated ones."
}
variable "topic" {
  type        = object({ compartment_ocid = string, tag = object({ namespace = string, key = string, value = string }) })
  default     = null
  description = "The topic of notifications: its compartment and a defined tag that only this topic bears."
}
variable "metric_namespace" {
  type        = string
  default     = ""
  description = "The namespace in which the function posts metrics. Empty: it posts none."
}
variable "people" {
  type        = object({ deployers = string, operators = string, auditors = string, invokers = string })
  default     = { deployers = "", operators = "", auditors = "", invokers = "" }
  description = "Groups of people, each as 'Domain'/'Group' or as `id OCID`. Empty: none."
}
variable "policy_compartment_ocid" {
  type        = string
  default     = ""
  description = "Where the policies are attached: a compartment above all that they name. Empty: compartment_ocid, which suits secrets in it or below it."
}
