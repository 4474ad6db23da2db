# The rotator, and beside it the Retail credential mirror: a function, a group and a policy of its own.
tenancy_ocid     = "ocid1.tenancy.oc1..example"
region           = "eu-frankfurt-1"
compartment_ocid = "ocid1.compartment.oc1..example"
# Above the rotated secrets, the mirrored ones and the vault.
policy_compartment_ocid = "ocid1.compartment.oc1..above"
image                   = "fra.ocir.io/namespace/oci-rotate:0.1.0-0a1b2c3"

mirror = {
  image                          = "fra.ocir.io/namespace/oci-rotate-mirror:0.1.0-0a1b2c3"
  image_digest                   = "sha256:0000000000000000000000000000000000000000000000000000000000000000"
  ces_url                        = "https://home.retail.example.com/ords/rgbu-common"
  tenant_id                      = "abc123"
  client_secret_id               = "ocid1.vaultsecret.oc1..client"
  client_secret_compartment_ocid = "ocid1.compartment.oc1..example"
  secrets_compartment_ocid       = "ocid1.compartment.oc1..mirrored"
  vault_id                       = "ocid1.vault.oc1..example"
  key_id                         = "ocid1.key.oc1..example"
  vault_compartment_ocid         = "ocid1.compartment.oc1..example"
}
