variable "tenancy_ocid" {
  type        = string
  description = "The tenancy. Resource Manager fills it in."
}
variable "region" {
  type        = string
  description = "The region of function and vault, such as eu-frankfurt-1. Resource Manager fills it in."
}
variable "compartment_ocid" {
  type        = string
  description = "The compartment of the function, its repository, its logs and its alarms."
}
variable "secrets_compartment_ocid" {
  type        = string
  default     = ""
  description = "The compartment of the rotated secrets. Empty: compartment_ocid."
}
variable "policy_compartment_ocid" {
  type        = string
  default     = ""
  description = "Where policies are attached: a compartment above all the others. Empty: compartment_ocid, which suits secrets in it or below it."
}
variable "name" {
  type        = string
  default     = "oci-rotate"
  description = "Begins the name of everything that is made."
}
variable "image" {
  type        = string
  default     = ""
  description = "The pushed image, REGION.ocir.io/NAMESPACE/REPOSITORY:TAG. Leave it empty in the first apply, which makes the repository."
}
variable "image_digest" {
  type        = string
  default     = null
  description = "sha256:... of the pushed image."
}
variable "shape" {
  type        = string
  default     = "GENERIC_X86"
  description = "GENERIC_X86 or GENERIC_ARM."
}
variable "subnet_id" {
  type        = string
  default     = ""
  description = "An existing private subnet. Empty: a network is made."
}
variable "network_compartment_ocid" {
  type        = string
  default     = ""
  description = "The compartment of the network that is made. Empty: compartment_ocid."
}
variable "egress_ports" {
  type        = list(number)
  default     = [443]
  description = "TCP ports that the function may reach, where the network is made."
}
variable "create_repository" {
  type        = bool
  default     = true
  description = "Whether to make the image repository."
}
variable "config" {
  type        = map(string)
  default     = {}
  description = "Settings of the function (docs/reference.md)."
}
variable "schedules" {
  type        = map(object({ cron = string, body = string }))
  default     = { heal = { cron = "0 * * * *", body = "{\"action\":\"heal\",\"by\":\"schedule\"}" } }
  description = "What Resource Scheduler sends to the function, by name. A body of {\"action\":\"rotate-due\"} makes a maintenance window."
}
variable "select_secrets_by" {
  type        = string
  default     = "tag"
  description = "Which secrets the function may rotate: compartment, tag, name or ids."
}
variable "secret_tag" {
  type        = object({ namespace = string, key = string, value = string })
  default     = { namespace = "rotation", key = "rotate", value = "yes" }
  description = "For tag: the defined tag that marks rotated secrets. The namespace and the key must exist."
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
variable "domain" {
  type        = object({ name = string, endpoint = string })
  default     = null
  description = "An identity domain other than Default for the dynamic groups."
}
variable "deployers" {
  type        = string
  default     = ""
  description = "The group that may push images and deploy them, as 'Domain'/'Group' or `id OCID`. Empty: none."
}
variable "operators" {
  type        = string
  default     = ""
  description = "The group that may rotate and mend, without reading a credential. Empty: none."
}
variable "auditors" {
  type        = string
  default     = ""
  description = "The group that may see what happened, and change nothing. Empty: none."
}
variable "invokers" {
  type        = string
  default     = ""
  description = "The group that may call the function. It may also register subscribers. Empty: none."
}
variable "metric_namespace" {
  type        = string
  default     = ""
  description = "The namespace of the function's own metrics. Empty: none."
}
variable "alarm_emails" {
  type        = list(string)
  default     = []
  description = "Mail addresses that get the alarms."
}
variable "log_retention_days" {
  type        = number
  default     = 90
  description = "How long the function's log is kept."
}
variable "sample_secret" {
  type        = object({ vault_id = string, key_id = string, name = string, domain_url = string, app_id = string, client_id = string })
  default     = null
  description = "One secret to begin with. Null: none."
}
variable "signing_key_id" {
  type        = string
  default     = ""
  description = "The Vault key whose signature Functions demands of every image of the application (docs/deploying.md, Signed images). Empty: it demands none."
}
variable "mirror" {
  type = object({
    image                          = string
    image_digest                   = string
    ces_url                        = string
    tenant_id                      = string
    client_secret_id               = string
    client_secret_compartment_ocid = string
    secrets_compartment_ocid       = string
    vault_id                       = string
    key_id                         = string
    vault_compartment_ocid         = string
    cron                           = optional(string, "*/15 * * * *")
    callback_urls                  = optional(list(string), [])
    config                         = optional(map(string), {})
  })
  default     = null
  description = "The Retail credential mirror (docs/mirror.md). Null: none. image and image_digest are empty in the first apply, which makes its repository."
}
