# Into what exists: secrets, network and function lie in compartments of their own, the groups in a domain of their own.
tenancy_ocid             = "ocid1.tenancy.oc1..example"
region                   = "eu-frankfurt-1"
compartment_ocid         = "ocid1.compartment.oc1..functions"
secrets_compartment_ocid = "ocid1.compartment.oc1..secrets"
policy_compartment_ocid  = "ocid1.compartment.oc1..above"
subnet_id                = "ocid1.subnet.oc1.eu-frankfurt-1.example"
image                    = "fra.ocir.io/namespace/oci-rotate:0.1.0-0a1b2c3"
create_repository        = false

domain = {
  name     = "Apps"
  endpoint = "https://idcs-fedcba9876543210fedcba9876543210.identity.oraclecloud.com"
}

select_secrets_by  = "name"
secret_name_prefix = "oauth-"

config = {
  OROT_ISSUER_ORIGINS       = "https://sso.example.org/realms/shop"
  OROT_AUTHORITY_SECRET_IDS = "ocid1.vaultsecret.oc1..authority"
}

# The second authority lies outside the rotated secrets, so the function can read it and cannot write it.
own_secrets = [{
  id               = "ocid1.vaultsecret.oc1..authority"
  name             = "authority-shop"
  compartment_ocid = "ocid1.compartment.oc1..authorities"
  has_tag          = false
}]

deployers = "'Default'/'rotation-deployers'"
operators = "'Default'/'rotation-operators'"
auditors  = "'Default'/'rotation-auditors'"

# A heal every hour, and a maintenance window: on Saturdays from two to four, what is due by the next one.
schedules = {
  heal     = { cron = "0 * * * *", body = "{\"action\":\"heal\",\"by\":\"schedule\"}" }
  saturday = { cron = "*/5 2-3 * * 6", body = "{\"action\":\"rotate-due\",\"within\":\"8d\"}" }
}
