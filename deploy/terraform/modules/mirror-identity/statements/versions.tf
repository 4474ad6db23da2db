terraform {
  # No provider: whoever has Terraform can evaluate and test the policy, also without a registry.
  required_version = ">= 1.5.0"
}
