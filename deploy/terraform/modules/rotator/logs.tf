resource "oci_logging_log_group" "this" {
  compartment_id = var.compartment_ocid
  display_name   = var.name
}

resource "oci_logging_log" "invoke" {
  display_name       = "${var.name}-invoke"
  log_group_id       = oci_logging_log_group.this.id
  log_type           = "SERVICE"
  is_enabled         = true
  retention_duration = var.log_retention_days
  configuration {
    compartment_id = var.compartment_ocid
    source {
      source_type = "OCISERVICE"
      service     = "functions"
      resource    = oci_functions_application.this.id
      category    = "invoke"
    }
  }
}
