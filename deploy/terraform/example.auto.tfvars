# Placeholders, so that this folder can be planned as it is. A file that is given with -var-file wins over them; copy one of examples/.
tenancy_ocid     = "ocid1.tenancy.oc1..example"
region           = "eu-frankfurt-1"
compartment_ocid = "ocid1.compartment.oc1..example"
