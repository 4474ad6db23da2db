variable "compartment_ocid" {
  type        = string
  description = "The compartment of the function, its repository, its logs and its alarms."
}
variable "secrets_compartment_ocid" {
  type        = string
  description = "The compartment of the rotated secrets, which heals of many search."
}
variable "name" {
  type        = string
  default     = "oci-rotate"
  description = "Begins the name of everything that is made."
  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,30}$", var.name))
    error_message = "name consists of 2 to 31 lower-case letters, digits and hyphens, a letter first."
  }
}
variable "subnet_id" {
  type        = string
  description = "The function's subnet. It must lead to Vault and to the issuer on TCP 443."
}
variable "image" {
  type        = string
  default     = ""
  description = "REGION.ocir.io/NAMESPACE/REPOSITORY:TAG in the function's own region. Empty: everything is made but the function and what needs it."
  validation {
    condition     = var.image == "" || can(regex("^[a-z0-9-]+\\.ocir\\.io/[^/:@]+/[^:@]+:[^:@]+$", var.image))
    error_message = "image is a full name with a tag and without a digest, such as fra.ocir.io/namespace/oci-rotate:0.1.0-0a1b2c3. The digest goes into image_digest."
  }
}
variable "image_digest" {
  type        = string
  default     = null
  description = "sha256:... of the pushed image. Null: what the registry says of the tag when image changes."
  validation {
    condition     = var.image_digest == null || can(regex("^sha256:[0-9a-f]{64}$", var.image_digest))
    error_message = "image_digest is sha256: and 64 hexadecimal digits."
  }
}
variable "shape" {
  type        = string
  default     = "GENERIC_X86"
  description = "The processor for which the image is built: GENERIC_X86 or GENERIC_ARM. It cannot be changed later."
  validation {
    condition     = contains(["GENERIC_X86", "GENERIC_ARM", "GENERIC_X86_ARM"], var.shape)
    error_message = "shape is GENERIC_X86, GENERIC_ARM or GENERIC_X86_ARM."
  }
}
variable "memory_in_mbs" {
  type        = number
  default     = 256
  description = "The function's memory, in MB."
  validation {
    condition     = contains([128, 256, 512, 1024, 2048, 3072], var.memory_in_mbs)
    error_message = "memory_in_mbs is 128, 256, 512, 1024, 2048 or 3072."
  }
}
variable "create_repository" {
  type        = bool
  default     = true
  description = "Whether to make the image repository NAME, in which no tag can be overwritten."
}
variable "config" {
  type        = map(string)
  default     = {}
  description = "Settings of the function (docs/reference.md), such as OROT_ISSUER_ORIGINS. They hold no secrets."
  validation {
    condition     = alltrue([for name, value in var.config : can(regex("^[A-Za-z_][A-Za-z0-9_]*$", name))]) && length(jsonencode(var.config)) <= 3500
    error_message = "config maps names of settings to text. With what is set here OCI allows 4 KB in all."
  }
}
variable "schedules" {
  type        = map(object({ cron = string, body = string }))
  default     = { heal = { cron = "0 * * * *", body = "{\"action\":\"heal\",\"by\":\"schedule\"}" } }
  description = "What Resource Scheduler sends, by name: a UNIX cron expression (UTC) and a JSON event."
  validation {
    condition     = alltrue([for schedule in values(var.schedules) : can(jsondecode(schedule.body))])
    error_message = "The body of each schedule is JSON."
  }
}
variable "metric_namespace" {
  type        = string
  default     = ""
  description = "The namespace of the function's own metrics. Empty: it posts none, and only the alarms on OCI's own metrics are made."
}
variable "alarm_emails" {
  type        = list(string)
  default     = []
  description = "Mail addresses that get the alarms. Each must confirm once."
}
variable "log_retention_days" {
  type        = number
  default     = 90
  description = "How long the function's log is kept: 30 to 180 days in steps of 30."
  validation {
    condition     = contains([30, 60, 90, 120, 150, 180], var.log_retention_days)
    error_message = "log_retention_days is 30, 60, 90, 120, 150 or 180."
  }
}
variable "fewest_version_slots" {
  type        = number
  default     = 6
  description = "An alarm says so when a secret has fewer version slots left than this."
}
variable "signing_key_id" {
  type        = string
  default     = ""
  description = "The Vault key whose signature Functions demands of every image of the application. Empty: it demands none."
  validation {
    condition     = var.signing_key_id == "" || can(regex("^ocid1\\.key\\.[A-Za-z0-9._-]+$", var.signing_key_id))
    error_message = "signing_key_id is the OCID of a key (ocid1.key...), an RSA or ECDSA one."
  }
}
