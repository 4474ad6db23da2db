variable "compartment_ocid" {
  type        = string
  description = "The compartment of the function's repository and schedule."
}
variable "application_id" {
  type        = string
  description = "The application in which the function is made."
}
variable "name" {
  type        = string
  default     = "oci-rotate-mirror"
  description = "The name of function, repository and schedule."
}
variable "create_repository" {
  type        = bool
  default     = true
  description = "Whether to make the image repository, in which no tag can be overwritten."
}
variable "mirror" {
  type = object({
    image                    = string
    image_digest             = string
    ces_url                  = string
    tenant_id                = string
    client_secret_id         = string
    secrets_compartment_ocid = string
    vault_id                 = string
    key_id                   = string
    cron                     = optional(string, "*/15 * * * *")
    callback_urls            = optional(list(string), [])
    config                   = optional(map(string), {})
  })
  description = "The image by name and digest (both empty: everything is made but the function and what needs it), and the settings (docs/mirror.md)."
  validation {
    condition     = var.mirror.image == "" || can(regex("^[a-z0-9-]+\\.ocir\\.io/[^/:@]+/[^:@]+:[^:@]+$", var.mirror.image))
    error_message = "image is a full name with a tag and without a digest, such as fra.ocir.io/namespace/oci-rotate-mirror:0.1.0-0a1b2c3."
  }
  validation {
    condition     = (var.mirror.image == "") == (var.mirror.image_digest == "") && (var.mirror.image_digest == "" || can(regex("^sha256:[0-9a-f]{64}$", var.mirror.image_digest)))
    error_message = "image_digest is sha256: and 64 hexadecimal digits, the digest of image. Without an image it is empty."
  }
  validation {
    condition     = can(regex("^https://[^?#@]+$", var.mirror.ces_url))
    error_message = "ces_url is the https address of the Credential Exchange Service up to, and not including, /api."
  }
  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,60}$", var.mirror.tenant_id))
    error_message = "tenant_id consists of letters, digits, hyphens and underscores, at most 60."
  }
  validation {
    condition     = length(var.mirror.callback_urls) <= 5 && length(jsonencode(var.mirror.config)) <= 2500
    error_message = "There are at most five callback_urls, and OCI allows 4 KB of settings in all."
  }
}
