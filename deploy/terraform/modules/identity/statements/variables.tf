variable "name" {
  type        = string
  description = "Begins the names of the two dynamic groups: NAME-function and NAME-secrets."
}
variable "function_id" {
  type        = string
  description = "OCID of the rotation function."
}
variable "schedule_ids" {
  type        = list(string)
  default     = []
  description = "OCIDs of the Resource Scheduler schedules that call the function."
}
variable "compartment_ocid" {
  type        = string
  description = "The compartment of the function, its repository, its logs and its alarms."
}
variable "secrets_compartment_ocid" {
  type        = string
  description = "The compartment of the rotated secrets. Compartments below it are included."
}
variable "select_secrets_by" {
  type        = string
  description = "Which secrets of that compartment the function may rotate: compartment (all), tag, name or ids."
  validation {
    condition     = contains(["compartment", "tag", "name", "ids"], var.select_secrets_by)
    error_message = "select_secrets_by is one of compartment, tag, name, ids."
  }
}
variable "secret_tag" {
  type        = object({ namespace = string, key = string, value = string })
  default     = { namespace = "rotation", key = "rotate", value = "yes" }
  description = "For tag: the defined tag that marks rotated secrets. Who may set it, decides what is rotated: guard `use tag-namespaces`."
  validation {
    condition     = alltrue([for part in [var.secret_tag.namespace, var.secret_tag.key] : can(regex("^[A-Za-z0-9_@:-]+$", part))]) && !can(regex("'", var.secret_tag.value))
    error_message = "Namespace and key of secret_tag consist of letters, digits and _ @ - :, since policies allow no others; the value has no quotation mark."
  }
}
variable "secret_name_prefix" {
  type        = string
  default     = "oauth-"
  description = "For name: how the names of rotated secrets begin. Policies compare names without regard to case."
  validation {
    condition     = can(regex("^[A-Za-z0-9._-]{1,200}$", var.secret_name_prefix))
    error_message = "secret_name_prefix consists of letters, digits, dots, hyphens and underscores."
  }
}
variable "secret_ids" {
  type        = list(string)
  default     = []
  description = "For ids: the OCIDs of the few. All stand in one statement."
  validation {
    condition     = alltrue([for id in var.secret_ids : can(regex("^ocid1\\.vaultsecret\\.[A-Za-z0-9._-]+$", id))])
    error_message = "Each of secret_ids is the OCID of a secret (ocid1.vaultsecret...)."
  }
}
variable "own_secrets" {
  type        = list(object({ id = string, name = string, compartment_ocid = string, has_tag = bool }))
  default     = []
  description = "Secrets that the function only reads: second authorities, the webhooks' signing key, mail, certificates. has_tag: the secret bears secret_tag."
}
variable "topic" {
  type        = object({ compartment_ocid = string, tag = object({ namespace = string, key = string, value = string }) })
  default     = null
  description = "The topic to which the function publishes (OROT_NOTIFY_TOPIC_ID): its compartment and a defined tag that only this topic bears. Null: none."
}
variable "metric_namespace" {
  type        = string
  default     = ""
  description = "The namespace in which the function posts metrics. Empty: it posts none."
  validation {
    condition     = var.metric_namespace == "" || (can(regex("^[a-z][a-z0-9_]{1,254}$", var.metric_namespace)) && !can(regex("^(oci|oracle)_", var.metric_namespace)))
    error_message = "metric_namespace consists of lower-case letters, digits and underscores, and does not begin with oci_ or oracle_, since OCI ingests no such metrics."
  }
}
variable "domain_name" {
  type        = string
  default     = ""
  description = "The identity domain of the dynamic groups. Empty: Default."
}
variable "people" {
  type        = object({ deployers = string, operators = string, auditors = string, invokers = string })
  default     = { deployers = "", operators = "", auditors = "", invokers = "" }
  description = "Groups of people, each as 'Domain'/'Group' or as `id OCID`. Empty: none."
}
variable "repository" {
  type        = string
  default     = "oci-rotate"
  description = "The repository to which deployers push."
}
