# Everything new: network, repository, function, rights, alarms, and one secret to begin with, in one compartment.
tenancy_ocid     = "ocid1.tenancy.oc1..example"
region           = "eu-frankfurt-1"
compartment_ocid = "ocid1.compartment.oc1..example"

# Leave image out in the first apply. It makes the repository that the image is pushed to.
image        = "fra.ocir.io/namespace/oci-rotate:0.1.0-0a1b2c3"
image_digest = "sha256:0000000000000000000000000000000000000000000000000000000000000000"

alarm_emails = ["rotation@example.org"]

sample_secret = {
  vault_id   = "ocid1.vault.oc1..example"
  key_id     = "ocid1.key.oc1..example"
  name       = "oauth-sample"
  domain_url = "https://idcs-0123456789abcdef0123456789abcdef.identity.oraclecloud.com"
  app_id     = "0123456789abcdef0123456789abcdef"
  client_id  = "sample"
}
