# One secret to begin with. Many are better brought in by the command line: Terraform keeps a secret's content in its state, in clear.
locals {
  # A value that no issuer accepts. The administrator stores the real one with the command in the output below.
  placeholder = {
    domainUrl = var.client.domain_url
    appId     = var.client.app_id
    clientId  = var.client.client_id
    appSecret = "not-stored-yet"
  }
}

resource "oci_vault_secret" "sample" {
  compartment_id = var.compartment_ocid
  vault_id       = var.vault_id
  key_id         = var.key_id
  secret_name    = var.secret_name
  defined_tags   = var.defined_tags
  secret_content {
    content_type = "BASE64"
    content      = base64encode(jsonencode(local.placeholder))
  }
  rotation_config {
    is_scheduled_rotation_enabled = true
    rotation_interval             = var.rotation_interval
    target_system_details {
      target_system_type = "FUNCTION"
      function_id        = var.function_id
    }
  }
  lifecycle {
    # Every update of the provider sends tags, metadata and rotation as last read. It would undo what a rotation has written since.
    ignore_changes = all
  }
}

output "secret_id" {
  value       = oci_vault_secret.sample.id
  description = "The secret. Its first content has no working value: store the real one before the first rotation (docs/deploying.md)."
}
