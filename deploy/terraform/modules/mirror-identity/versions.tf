terraform {
  # Resource Manager runs Terraform 1.5: the modules use nothing newer.
  required_version = ">= 1.5.0"
  required_providers {
    oci = {
      source  = "oracle/oci"
      version = ">= 8.24.0"
    }
  }
}
